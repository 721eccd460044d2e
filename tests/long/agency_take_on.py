"""The take-on of old debts: one file of placements, its acknowledgement, and an inventory of all of them.

    uv run python -m tests.long.agency_take_on [COUNT]

By default 20,000 accounts, the most that one file is expected to have (debt_agency.md, section 6.4). Prints
the seconds of processor that each step took and the most memory so far; ends with 1 where a step took more
than a minute, or not all debts are ACTIVE in the end.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

from hub.clock.now import SystemClock
from hub.config.load import load
from hub.door.manager import Door
from hub.engine.local import open_hub
from hub.rent.accounts import RENTACC
from hub.rent.exports.placements import FTAPLACE
from tests.bench.memory import peak
from tests.product import PLUGINS
from tests.unit.cli.council import Council

MOST = 60.0
AGENCY = "acme_dca"


def accounts(count: int) -> list[str]:
    return [f"7{number:09}" for number in range(1, count + 1)]


def tenancies(count: int, today: Any) -> Iterator[dict[str, Any]]:
    for account in accounts(count):
        yield {
            "payment_ref": account, "account_type": "MAIN", "rent_group": "HRA", "status": "ENDED",
            "start_date": today - timedelta(2000), "end_date": today - timedelta(90),
        }  # fmt: skip


def owed(count: int, today: Any) -> Iterator[dict[str, Any]]:
    for number, account in enumerate(accounts(count), start=1):
        yield {
            "placement_ref": f"PL{number}", "payment_ref": account, "agency": "ACME",
            "balance_placed": 100_00 + number, "debt_from": today - timedelta(400),
            "debt_to": today - timedelta(90), "debtor_surname": f"Pretender{number}",
            "last_known_address1": "1 Nowhere Lane", "last_known_postcode": "ZZ1 1AB",
        }  # fmt: skip


def answer(council: Council, kind: str, lines: Sequence[str], totals: str, now: datetime) -> None:
    """A file of the agency's."""
    hashed = sum(int(line.split(",")[1]) for line in lines)
    head = f"H,FHDA1.0,{kind},ACMEDCA,MIDBC,000001,{now.isoformat(timespec='seconds')},{now.date()},GBP,N,"
    text = "".join(f"{line}\r\n" for line in (head, *lines, f"T,{len(lines)},{len(lines)},{totals},{hashed}"))
    path = council.folder(AGENCY, "/out") / f"ACMEDCA_{kind}_MIDBC_{now:%Y%m%d}_000001.csv"
    path.write_bytes(text.encode())
    rested = now.timestamp() - 3600
    os.utime(path, (rested, rested))


def main(count: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        council, now = Council.in_folder(Path(folder)), SystemClock().now()
        door = Door.load(PLUGINS)
        config = load(council.config, door.catalogue())
        for place in ("/in", "/out/done"):
            council.folder(AGENCY, place)
        today, slow = now.date(), []

        def work(route: str) -> None:
            began = process_time()
            with open_hub(config, door) as hub:
                report = hub.run(route)
            took = process_time() - began
            states = {f"{one.state} {one.reason or ''}".strip() for one in report.transfers}
            sys.stdout.write(f"{route:36} {took:6.1f} s  {peak():5.0f} MB so far  {', '.join(states)}\n")
            sys.stdout.flush()
            slow.extend([route] if took > MOST else [])

        council.export(RENTACC, "/export/accounts", list(tenancies(count, today)))
        work("rent.accounts")
        council.export(FTAPLACE.csv, "/export/placements", list(owed(count, today)))
        work("rent.placements")
        work("debt_agency_acme.placements")
        (sent,) = council.folder(AGENCY, "/in").iterdir()
        placed = [
            (number, line.split(","))
            for number, line in enumerate(sent.read_text("utf-8").splitlines(), start=1)
            if line.startswith("A,")
        ]
        took = [f"K,{line[1]},PLC,1,{number},A,,AC-{number},{line[13]},{today}" for number, line in placed]
        answer(council, "ACK", took, "0.00,0.00", now)
        work("debt_agency_acme.acknowledgements")
        has = [
            f"V,{line[1]},AC-{number},{line[2]},{today},{line[13]},0.00,0.00,{line[13]},ACTIVE,,,"
            for number, line in placed
        ]
        total = sum(int(line[13].replace(".", "")) for _, line in placed)
        pounds = f"{total // 100}.{total % 100:02}"
        answer(council, "INV", has, f"{pounds},{pounds}", now)
        work("debt_agency_acme.inventory")
        with open_hub(config, door) as hub, hub.look() as look:
            records = look.records("placement", limit=count + 1)
            active = sum(one.state == "ACTIVE" for one in records)
        sys.stdout.write(f"{len(placed)} placed, {active} of them ACTIVE\n")
        return int(bool(slow) or active != count)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000))
