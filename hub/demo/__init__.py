"""`feedhub demo`: a pretend council in a folder, its partners on loopback, the real routes."""
