"""The steps of a transfer, one module each: `fetch`, `work`, `deliver`, `tidy`.

A step does its outside work first or after an intent, and commits what it did in one transaction. It is
handed the services and the row as last committed, and returns the row as it committed it; LostRace means that
somebody else moved the transfer, and there is nothing to undo.
"""
