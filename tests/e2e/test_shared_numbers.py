"""A number that two outputs of one transfer share is drawn once; one that they do not share, twice."""

from __future__ import annotations

import pytest

from hub.api import Number, Output, Rendered
from tests.little import little
from tests.world import World

TARGETS = "to: [{output: list, endpoint: out}, {output: money, endpoint: out}]"


def numbered(name, shared):
    def write(carried, ctx):
        return Rendered(f"{name}-{ctx.moment.transfer_id}", str(ctx.moment.numbers["serial"]).encode())

    serial = Number("serial", scope=lambda carried, ctx: "little.serial", policy="no_gap", shared=shared)
    return Output(name, ("PAYMENT",), write=write, numbers=(serial,))


@pytest.mark.parametrize(("shared", "drawn"), [(True, ["1", "1", "2", "2"]), (False, ["1", "2", "3", "4"])])
def test_outputs_of_one_transfer_draw_what_they_share_once(tmp_path, shared, drawn):
    world = World(tmp_path, feeds=[little(outputs=(numbered("list", shared), numbered("money", shared)))])
    routes = (tmp_path / "config/routes/little.yaml").read_text()
    world.write(
        "config/routes/little.yaml",
        routes.replace('to: [{output: payments, endpoint: out, folder: ""}]', TARGETS),
    )
    with world.hub() as hub:
        for name in ("a.txt", "b.txt"):
            world.arrive(name, b"ABC001+0001000\n" if name == "a.txt" else b"ABC001+0002000\n")
            hub.run("payments")
    assert sorted(content.decode() for content in world.delivered().values()) == drawn
