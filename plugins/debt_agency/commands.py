"""`feedhub debt_agency layout`: what own layouts of agencies cannot carry (debt_agency.md, section 4)."""

from __future__ import annotations

from typing import IO, Any

import click
import yaml
from pydantic import ValidationError

from plugins.debt_agency.mapping import lossy
from plugins.debt_agency.mapping_spec import AgencyLayout
from plugins.debt_agency.mapping_versions import versions
from plugins.debt_agency.presets import PRESETS


@click.command()
@click.argument("partner", type=click.File(encoding="utf-8"), required=False)
def layout(partner: IO[str] | None) -> None:
    """What the layouts in a PARTNER file (config/routes/…) cannot carry; without one, what ready ones cannot.

    Whatever is not named here is read back, before a file leaves, as it was meant."""
    named: dict[str, Any] = _declared(partner) if partner is not None else {name: name for name in PRESETS}
    if not named:
        click.echo("No route of this file has a layout of its own: canonical files carry everything.")
    for name, told in named.items():
        for spec in _versions(name, told):
            lost = list(lossy(spec)) or ["nothing is lost"]
            click.echo(f"{name}: {spec.layout} ({spec.kind}){_span(spec)}")
            for sentence in lost:
                click.echo(f"  {sentence}")


def _declared(partner: IO[str]) -> dict[str, Any]:
    """By route, the layout that its options hold."""
    try:
        told = yaml.load(partner, yaml.BaseLoader)  # noqa: S506 - every value as the text that is written
    except yaml.YAMLError:
        raise click.ClickException("This is no YAML; `feedhub check` says where.") from None
    routes = told.get("routes", {}) if isinstance(told, dict) else {}
    options = {name: (route or {}).get("options") or {} for name, route in routes.items()}
    return {name: one["layout"] for name, one in options.items() if "layout" in one}


def _versions(name: str, told: Any) -> list[AgencyLayout]:
    try:
        return [
            one if isinstance(one, AgencyLayout) else AgencyLayout.model_validate(one)
            for one in versions(told)
        ]
    except (ValidationError, ValueError):
        raise click.ClickException(
            f"The layout of {name} cannot be used; `feedhub check` says what is wrong."
        ) from None


def _span(spec: AgencyLayout) -> str:
    days = (("from", spec.valid_from), ("until", spec.valid_to))
    return "".join(f" {word} {day}" for word, day in days if day)
