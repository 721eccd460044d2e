"""Bytes to records and back: one module a kind of file. Knows no feed and does no I/O of its own."""
