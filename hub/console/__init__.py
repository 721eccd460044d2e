"""The web console: what support staff see, search, explain and do. Start reading at `pages/__init__.py`."""
