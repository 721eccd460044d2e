"""When: the one injected clock (`now`), working days (`calendar`), schedules in words (`words`, `due`)."""
