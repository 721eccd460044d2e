"""The `feedhub` command: start reading at `main.py`. One verb, or closely related verbs, a file."""
