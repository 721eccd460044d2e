"""The bank's side: what statements say, and how money at the bank and the files about it find each other."""
