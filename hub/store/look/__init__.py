"""All that people are shown of the store.

Every statement is filtered by who looks (`seen.visible`): what lies in a compartment that they have no role
for is not listed, not counted, and not told from what does not exist.
"""

from __future__ import annotations

from hub.store.look.alerts import SeenAlerts
from hub.store.look.figures import SeenFigures
from hub.store.look.history import SeenHistory
from hub.store.look.items import SeenItems
from hub.store.look.pauses import SeenPauses
from hub.store.look.records import SeenRecords
from hub.store.look.search import SeenSearch
from hub.store.look.seen import unknown
from hub.store.look.transfers import SeenTransfers
from hub.store.look.work import SeenWork

__all__ = ["Look", "unknown"]


class Look(
    SeenFigures,
    SeenSearch,
    SeenTransfers,
    SeenItems,
    SeenRecords,
    SeenWork,
    SeenHistory,
    SeenAlerts,
    SeenPauses,
):
    """One moment of the store, as one person may see it. Use `Hub.look()`."""
