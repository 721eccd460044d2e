"""When: the one injected clock (`now`), working days (`calendar`)."""
