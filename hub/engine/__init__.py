"""Who works: `local` (threads in one process over SQLite), what a person may do to a transfer (`acts`)."""
