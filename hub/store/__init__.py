"""The hub's own memory: database, stored bytes, keys and history."""

from __future__ import annotations

from hub.store.blobs import Blobs
from hub.store.db import Store
from hub.store.keys import Keys
from hub.store.rows import BlobRef

__all__ = ["BlobRef", "Blobs", "Keys", "Store"]
