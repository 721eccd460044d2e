"""What the administrator wrote: read once, checked whole, refused whole, with file and line."""
