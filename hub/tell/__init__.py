"""What people are told: the log (`logs`)."""
