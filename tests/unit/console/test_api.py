"""Programs see and do what the person whom they act for may, each act once, and are told plainly why not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.engine.tokens import revoke_token
from hub.store import schema
from tests.calling import Calling, calling
from tests.world import World

GOOD = b"ABC001+0001000\nABC002+0000200\n"


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World(tmp_path)
    world.change_route("hold: {first_file: true}")
    world.arrive("held_one.txt", GOOD)
    return world


@pytest.fixture
def api(world: World) -> Iterator[Calling]:
    """One file came in and is held."""
    with calling(world) as api:
        api.hub.run("little.payments")
        yield api


def held(api: Calling) -> str:
    return str(api.get("/transfers").json()["data"][0]["id"])


def test_a_transfer_is_found_and_seen_whole_without_personal_values(api: Calling) -> None:
    page = api.post("/transfers/search", "vera", name="LD_ON", state="HELD").json()
    (row,) = page["data"]
    assert (row["route"], row["state"], row["records"], page["next"]) == ("little.payments", "HELD", 2, None)
    assert api.get("/transfers/count", check="NONE-01").json() == {"number": 0, "more": False}
    whole = api.get(f"/transfers/{row['id']}").json()
    assert sum(one["items"] for one in whole["money"]) == 2
    items = api.get(f"/transfers/{row['id']}/items", limit=1).json()
    rest = api.get(f"/transfers/{row['id']}/items", cursor=items["next"]).json()
    assert [one["line"] for one in (*items["data"], *rest["data"])] == [1, 2]
    assert not {"personal", "data"} & set(items["data"][0])
    assert api.get(f"/transfers/{row['id']}/events").json()[0]["kind"] == "found"
    found = [api.post("/items/search", "vera", reference=one, limit=1).json() for one in ("ABC001", "XYZ")]
    assert ([one["line"] for one in found[0]["data"]], found[1]["data"]) == ([1], [])


def test_what_somebody_looks_for_is_no_part_of_an_address(api: Calling) -> None:
    for name in ("text", "name", "said", "reference"):
        assert api.get("/transfers", **{name: "ABC001"}).status_code == 422
    assert api.get("/items", reference="ABC001").status_code == 404


def test_the_worklist_is_read_page_by_page(api: Calling, world: World) -> None:
    for number in range(3):
        world.arrive(f"held_{number}.txt", GOOD.replace(b"ABC001", b"ABC10%d" % number))
    api.hub.run("little.payments")
    found, cursor = [], {}
    while cursor is not None:
        page = api.get("/worklist", limit=1, **cursor).json()
        found += [one["id"] for one in page["data"]]
        cursor = {"cursor": page["next"]} if page["next"] else None
    with api.hub.look() as look:
        assert found == [one.id for one in look.worklist(limit=None)]
    assert len(found) == len(set(found)) > 1


def test_an_act_is_done_once_and_answered_again(api: Calling) -> None:
    id = held(api)
    agreed = {"reason": "agreed by phone", "count": 2, "pence": 1200}
    first = api.post(f"/transfers/{id}/release", "paul", key="release-0001", **agreed)
    again = api.post(f"/transfers/{id}/release", "paul", key="release-0001", **agreed)
    assert (first.status_code, first.json()["state"], first.json()["approved_by"]) == (200, "SENT", "paul")
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    other = api.post(f"/transfers/{id}/release", "paul", key="release-0001", **agreed | {"count": 3})
    assert other.status_code == 409
    assert "Something else" in other.json()["detail"]
    kinds = [one["kind"] for one in api.get(f"/transfers/{id}/events").json()]
    assert kinds.count("released") == 1


def test_what_was_refused_may_be_asked_again_and_what_was_cut_off_may_not(api: Calling) -> None:
    id = held(api)
    wrong = api.post(f"/transfers/{id}/release", "paul", key="same-key-1", reason="x", count=9, pence=1200)
    assert wrong.status_code == 409
    assert wrong.headers["content-type"] == "application/problem+json"
    assert api.post(f"/transfers/{id}/retry", "paul", key="same-key-1", reason="x").status_code == 403
    right = api.post(f"/transfers/{id}/release", "paul", key="same-key-1", reason="x", count=2, pence=1200)
    assert right.status_code == 200
    api.hub.store.write(lambda conn: conn.execute(schema.api_answer.update().values(status=None)))
    cut = api.post(f"/transfers/{id}/release", "paul", key="same-key-1", reason="x", count=2, pence=1200)
    assert cut.status_code == 409
    assert "cut off" in cut.json()["detail"]


def test_a_token_may_do_no_more_than_its_scopes_and_its_person(api: Calling) -> None:
    id = held(api)
    narrow = {"Authorization": f"Bearer {api.token('otto', 'run')}", "Idempotency-Key": "narrow-01"}
    refused = api.client.post(f"/api/v1/transfers/{id}/retry", json={"reason": "x"}, headers=narrow)
    assert (refused.status_code, "scope “settle”" in refused.json()["detail"]) == (403, True)
    assert api.post(f"/transfers/{id}/retry", "vera", reason="x").status_code == 403
    ran = api.client.post("/api/v1/routes/little.payments/run", json={}, headers=narrow)
    assert (ran.status_code, ran.json()["under_way"]) == (200, False)


def test_a_token_is_kept_as_a_hash_and_is_no_good_once_revoked_or_over(api: Calling, world: World) -> None:
    token = api.token("vera")
    with api.hub.store.read() as conn:
        (row,) = conn.execute(select(schema.api_token)).all()
        assert token not in repr(row)
    assert api.get("/transfers").status_code == 200
    world.clock.turn(days=31)
    assert api.get("/transfers").status_code == 401
    world.clock.turn(days=-31)
    revoke_token(api.hub.services, row.id)
    refused = api.get("/transfers")
    assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert token not in json.dumps(refused.json())


def test_nobody_is_let_in_without_a_token_and_guessing_is_slowed(api: Calling) -> None:
    assert api.client.get("/api/v1/transfers").status_code == 401
    told = [
        api.client.get("/api/v1/routes", headers={"Authorization": f"Bearer fh_{n}"}).status_code
        for n in range(25)
    ]
    assert set(told) == {401, 429}
    assert api.get("/routes").status_code == 200


def test_a_token_that_asks_too_often_is_told_how_long_to_wait(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.console.api.A_MINUTE", 3)
    with calling(world) as api:
        answers = [api.get("/transfers/count") for _ in range(4)]
        assert [one.status_code for one in answers] == [200, 200, 200, 429]
        assert int(answers[-1].headers["Retry-After"]) == 60
        assert api.get("/transfers/count", "otto").status_code == 200
        world.clock.turn(seconds=61)
        assert api.get("/transfers/count").status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/transfers/nothing", 404),
        ("GET", "/items/nothing", 404),
        ("GET", "/records/hold/nothing", 404),
        ("GET", "/routes/nothing", 404),
        ("GET", "/worklist/nothing", 404),
        ("DELETE", "/transfers", 405),
        ("GET", "/transfers?state=LOST", 422),
        ("GET", "/transfers?stat=HELD", 422),
        ("GET", "/transfers?first=yesterday", 422),
    ],
)
def test_whatever_is_wrong_is_a_problem(api: Calling, method: str, path: str, status: int) -> None:
    answer = api.client.request(method, f"/api/v1{path}", headers=api.headers("vera"))
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    told = answer.json()
    assert told["status"] == status
    assert told["detail"]


def test_a_fault_of_the_hub_is_a_number_and_no_traceback(
    api: Calling, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("MS A EXAMPLE")

    monkeypatch.setattr("hub.store.look.Look.search", broken)
    answer = api.get("/transfers")
    assert (answer.status_code, answer.headers["content-type"]) == (500, "application/problem+json")
    assert "EXAMPLE" not in answer.text
    assert "Traceback" not in answer.text
