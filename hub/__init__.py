"""Feed hub: files and facts between a council's housing rent system and everybody it trades with.

Start reading at `hub/docs/architecture.md`; plug-in authors need `hub.api` only.
"""
