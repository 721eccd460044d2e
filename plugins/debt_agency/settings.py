"""What routes set for the feeds of a debt agency."""

from __future__ import annotations

from typing import ClassVar

from hub.api import Options


class AgencyOptions(Options):
    """Of every feed of one agency. Its partner file sets them once and uses them again.

    council_id:  what files call the council; agency_id: what they call the agency
    agency:      what the rent system calls it; blank = as files do
    client_code: the agency's code for this council and stream of debts
    test:        whether files are tests: they are written so, and only such are taken
    """

    a_route_sets: ClassVar[tuple[str, ...]] = ("council_id", "agency_id")

    council_id: str = ""
    agency_id: str = ""
    agency: str = ""
    client_code: str = ""
    test: bool = False

    @property
    def called(self) -> str:
        """What the rent system and the placements' records call the agency."""
        return self.agency or self.agency_id
