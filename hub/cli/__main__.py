"""`python -m hub.cli`, where the command `feedhub` is not on the path."""

from hub.cli.main import main

main()
