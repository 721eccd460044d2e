"""Layouts of a site's own, as data: `config/settings/agresso/layouts/NAME.yaml` says where each field stands.

No official layout of LG04 or CS15 is public, and newer versions have wider fields. Source: formats page
agresso.md, sections 4.1, 4.4 and 5.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from hub.api import CannotRender, Context, Options

Fields = tuple[tuple[str, int, int], ...]
Of = Literal["lg04", "cs15"]
LayoutName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
"""One that is shipped, or one of `settings: {agresso: {layouts: …}}`."""

Position = Annotated[int, Field(ge=1, le=10_000)]
FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class SiteLayout(Options):
    """Where each field stands in a record, as the site's own specification prints it; gaps are blank.

    of:     what is written by it: orders (lg04) or customers (cs15); the names of fields are theirs
    fields: by name, the first and the last position
    width:  of the whole record, where it is longer than its last field
    """

    of: Of
    fields: Mapping[FieldName, tuple[Position, Position]] = Field(min_length=1)
    width: int | None = Field(default=None, ge=1, le=10_000)

    @model_validator(mode="after")
    def _do_not_overlap(self) -> Self:
        for name, (first, last) in self.fields.items():
            if last < first:
                raise ValueError(f"fields: {name} ends at {last}, before it begins at {first}")
        for (name, _, last), (other, first, _) in pairwise(self.placed):
            if first <= last:
                raise ValueError(f"fields: {other} begins at {first}, before {name} ends at {last}")
        if self.width is not None and self.width < self.placed[-1][2]:
            raise ValueError(f"width: {self.placed[-1][0]} ends at {self.placed[-1][2]}, beyond {self.width}")
        return self

    @property
    def placed(self) -> Fields:
        """In the order of the record."""
        return tuple(sorted(((name, *at) for name, at in self.fields.items()), key=lambda one: one[1]))


class AgressoSettings(Options):
    """`settings: {agresso: …}` of hub.yaml.

    layouts: by name, those of the site's own; a route names the one that it writes
    """

    layouts: Mapping[LayoutName, SiteLayout] = Field(default_factory=dict)


def site_layout(name: str, of: Of, ctx: Context[Any]) -> SiteLayout:
    """Raises CannotRender when the site has none of that name."""
    settings = ctx.facts.settings if isinstance(ctx.facts.settings, AgressoSettings) else AgressoSettings()
    found = settings.layouts.get(name)
    if found is None or found.of != of:
        raise CannotRender(
            f"there is no layout {name} for {of}: expected config/settings/agresso/layouts/{name}.yaml"
        )
    return found
