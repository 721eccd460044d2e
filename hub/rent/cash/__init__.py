"""`rent.cash`: money received at counters, by card, telephone and online, on its way to rent accounts."""
