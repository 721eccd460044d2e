"""`feedhub demo`, played once; then everything that it promises, added up again from the files themselves.

The arithmetic is this page's own: slices, splits and one regular expression, nothing of the hub's formats.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import date, timedelta

import pytest

from hub.demo.council import tenants
from plugins.dwp_cis.demo import ASKED
from tests.played import csv_rows, discretionary, hb_rows, pence
from tests.scanning import everything

EXPORTS = ("20261103_000001", "20261103_000002", "20261203_000003", "20261203_000004")
DOUBLE = "RENT0000000008"
"""Two debits of the same pence on one day: a home and a garage."""
LATE = "RENT0000000021"
"""The debits of two months come back in one report."""
STRANGER = "RENT9999999999"
DECEASED = "RENT0000000061"
"""The tenant whose account was on hold when December's submission was to leave."""


def to_be_sent(export):
    """The rows of an export but that of the tenant who died before December's was sent."""
    return [row for row in csv_rows(export) if row[2] != DECEASED or "20261203" not in export.name]


def debits_and_contra(path):
    """The 100-byte lines of a collection file: the debits, and the one contra."""
    lines = [line for line in path.read_text("ascii").splitlines() if line[:1].isdigit()]
    contras = [line for line in lines if line[64:70] == "CONTRA" and line[:14] == line[17:31]]
    (contra,) = contras
    return [line for line in lines if line != contra], contra


def label(path, name):
    (line,) = (line for line in path.read_text("ascii").splitlines() if line.startswith(name))
    return line


@pytest.fixture(params=EXPORTS)
def pair(request, demo, view):
    """A Direct Debit export, and the collection file that lies at the bureau for it."""
    (delivery,) = (one for one in view(request.param)["deliveries"] if one["state"] != "WITHDRAWN")
    return demo.export(request.param), demo.one("bureau", "inbound/dd_collections", delivery["name"])


def test_a_collection_file_holds_each_debit_of_its_export_once(pair):
    export, collection = pair
    debits, _ = debits_and_contra(collection)
    asked = Counter((row[2], pence(row[5])) for row in to_be_sent(export))
    assert Counter((line[64:82].strip(), int(line[35:46])) for line in debits) == asked


def test_contra_totals_and_counts_are_exact(pair):
    export, collection = pair
    total, count = sum(pence(row[5]) for row in to_be_sent(export)), len(to_be_sent(export))
    _, contra = debits_and_contra(collection)
    assert (contra[15:17], int(contra[35:46])) == ("99", total)
    utl1 = label(collection, "UTL1")
    sums_and_counts = utl1[4:17], utl1[17:30], utl1[30:37], utl1[37:44]
    assert [int(one) for one in sums_and_counts] == [total, total, count, 1]


def test_each_debit_names_the_account_of_its_mandate(demo, pair):
    mandates = {row[2]: row[5] + row[6] for row in csv_rows(demo.one("rent", "export/mandates", "20261102"))}
    debits, _ = debits_and_contra(pair[1])
    assert all(line[:14] == mandates[line[64:82].strip()] for line in debits)


def test_a_collection_is_processed_the_working_day_before_it_is_due(pair):
    export, collection = pair
    due = date.fromisoformat(csv_rows(export)[0][4])
    assert label(collection, "UHL1")[4:10] == f" {due - timedelta(days=1):%y%j}"


def test_records_have_their_widths_and_line_ends(pair):
    lines = pair[1].read_bytes().split(b"\r\n")
    assert lines.pop() == b""
    assert {(line[:1].isdigit(), len(line)) for line in lines} == {(True, 100), (False, 80)}


def test_no_serial_is_used_twice(demo):
    serials = [label(path, "VOL1")[4:10] for path in demo.at("bureau", "inbound/dd_collections")]
    assert len(set(serials)) == len(serials) == len(EXPORTS) + 1


def test_the_rent_systems_own_file_went_on_byte_for_byte(demo):
    made = demo.one("rent", "export/standard18/done", "901").read_bytes()
    assert demo.one("bureau", "inbound/dd_collections", "000901").read_bytes() == made


def unpaid(demo, part="090001"):
    """The unpaid items of the bureau's report: reference, pence, original processing date."""
    text = demo.one("bureau", "outbound/reports/archive", part).read_text("utf-8")
    found = re.findall(
        r'<ReturnedDebitItem ref="(\w+)".*?originalProcessingDate="(.*?)" valueOf="(.*?)"', text
    )
    return [(reference, pence(pounds), day) for reference, day, pounds in found]


def input_errors(demo, part):
    """What Bacs's report says of single debits: reference, pence and what became of it."""
    text = demo.one("bureau", "outbound/reports/archive", part).read_text("utf-8")
    found = re.findall(r'<ErrorMessage type="(\w+)".*?<ErrorItem reference="(\w+)" valueOf="(.*?)"', text)
    said = {"REJECTED": "refused", "AMENDED": "amended"}
    return [(reference, pence(pounds), said[kind]) for kind, reference, pounds in found]


def that_left(shown):
    return [item for item in shown["items"] if item["state"] != "HELD"]


def test_each_submission_was_confirmed_and_each_of_its_debits_answered(demo, view):
    for part in (*EXPORTS, "rents_dd_901"):
        shown = view(part)
        told = shown["answered"]
        assert (shown["state"], told["unanswered"]) == ("CONFIRMED", 0)
        assert told["of"] == told["answered"] == len(that_left(shown))
        assert told["accepted"] + told["amended"] + told["refused"] == told["of"]


def test_what_bacs_refused_or_amended_is_told_with_its_reason_and_report(demo, view):
    shown = view("20261203_000003")
    told = [one for one in shown["objections"] if one["by_name"].startswith("INPUT")]
    found = [(one["reference"], pence(one["amount"]), one["said"]) for one in told]
    assert found == input_errors(demo, "INPUT081226000001")
    assert sorted(one["said"] for one in told) == ["amended", "refused"]
    assert all(one["reason"] for one in told)


def test_what_came_back_unpaid_later_counts_as_refused_though_bacs_had_accepted_it(demo, view):
    shown = view("20261203_000003")
    unpaid_later = {one[0] for one in unpaid(demo) if one[2] == "2026-12-09" and one[0] != STRANGER}
    by_bacs = {one[0] for one in input_errors(demo, "INPUT081226000001") if one[2] == "refused"}
    refused = [one["reference"] for one in shown["objections"] if one["said"] == "refused"]
    assert Counter(refused) == Counter(unpaid_later | by_bacs)
    assert shown["answered"]["refused"] == len(refused)


def test_show_tells_both_sides_of_an_answer(feedhub, view):
    sent, report = view("20261203_000003"), view("INPUT081226000001")
    told = sent["answered"]
    text = feedhub("transfers", "show", sent["id"])
    counts = f"{told['accepted']} accepted, 1 amended, {told['refused']} refused"
    assert f"answered {told['of']} of {told['of']}: {counts}\n" in text
    for one in sent["objections"]:
        assert all(fact in text for fact in (one["reference"], one["reason"], one["by"]))
    assert f"answers {sent['name']} ({sent['id']})" in feedhub("transfers", "show", report["id"])


def test_an_input_report_names_the_submission_that_it_answers(demo, view):
    (answers,) = view("INPUT081226000001")["answers"]
    shown = view("20261203_000003")
    assert (answers["transfer"], answers["items"]) == (shown["id"], len(that_left(shown)))


@pytest.fixture
def answered(view):
    """The items of the report, each with the item of a collection file that it answers."""
    sent = {item["id"]: (part, item) for part in EXPORTS for item in view(part)["items"]}
    return [(item, sent.get(item["answers"], (None, None))) for item in view("ARUDD161226090001")["items"]]


def test_every_unpaid_item_answers_the_collection_it_was(demo, answered):
    matched = [(item, by) for item, (_, by) in answered if by is not None]
    facts = [(item["reference"], pence(item["amount"]), item["date"]) for item, _ in matched]
    assert Counter(facts) == Counter(unpaid(demo)) - Counter([(STRANGER, 4321, "2026-12-09")])
    assert facts == [(by["reference"], pence(by["amount"]), by["date"]) for _, by in matched]
    assert {by["state"] for _, by in matched} == {"ANSWERED"}


def test_equal_debits_a_month_apart_are_not_mixed_up(answered):
    found = {item["date"]: part for item, (part, _) in answered if item["reference"] == LATE}
    assert found == {"2026-11-09": "20261103_000001", "2026-12-09": "20261203_000003"}


def test_two_equal_debits_on_one_day_are_answered_each_once(answered):
    found = [part for item, (part, _) in answered if item["reference"] == DOUBLE]
    assert sorted(found) == ["20261203_000003", "20261203_000004"]


def test_a_debit_that_nobody_sent_waits_for_a_person_and_is_not_posted(demo, answered):
    (stranger,) = (item for item, (_, by) in answered if by is None)
    assert (stranger["reference"], stranger["state"]) == (STRANGER, "HELD")
    assert STRANGER[4:] not in demo.one("rent", "import/transactions", "20261214").read_text()


def reversals(demo):
    """What must be reversed: payment reference and pence that are owed again."""
    found = [(reference, owed) for reference, owed, _ in unpaid(demo) if reference != STRANGER]
    return Counter((f"19{reference[6:]}", owed) for reference, owed in found)


def test_the_reversals_are_55_byte_cash_lines_with_money_taken_back(demo):
    (path,) = demo.at("rent", "import/receipts")
    lines = path.read_bytes().decode("cp1252").split("\n")
    assert lines.pop() == ""
    assert {len(line) for line in lines} == {55}
    assert Counter((line[:10].strip(), -pence(line[33:43])) for line in lines) == reversals(demo)


def test_the_reversals_are_also_rent_transactions_that_are_owed_again(demo):
    rows = csv_rows(demo.one("rent", "import/transactions", "20261214"))
    assert Counter((row[2], pence(row[9])) for row in rows) == reversals(demo)
    assert {row[4] for row in rows} == {"REVERSAL"}


def test_every_reversal_says_which_collection_it_takes_back(demo, answered):
    rows = csv_rows(demo.one("rent", "import/transactions", "20261214"))
    assert sorted(row[13] for row in rows) == sorted(by["id"] for _, (_, by) in answered if by)


def benefit(demo):
    """The posting file that is good."""
    return hb_rows(demo.one("benefits", "outgoing/done", "000041").read_text("latin-1"))


def test_what_came_from_benefits_is_posted_to_the_penny(demo, view):
    """What was suspended at first is, too: the next page tells how."""
    money = view("rentpost_000041")["money"]
    came_in = len(benefit(demo)), sum(owed for _, owed in benefit(demo))
    assert {state: (sums["count"], -pence(sums["value"])) for state, sums in money.items()} == {
        "POSTED": came_in
    }


def test_what_is_posted_lies_at_the_rent_system(demo):
    rows = csv_rows(demo.one("rent", "import/transactions", "000001"))
    posted = Counter((tenancy, -owed) for tenancy, owed in benefit(demo) if tenancy[:4] != "FAKE")
    assert Counter((row[3], pence(row[9])) for row in rows) == posted


REFUSED = {
    "rents_dd_902.txt": {(30, "amount"), (33, "credit_value")},
    "DDCALL_FAKESHIRE_20261203_000005.csv": {(2, "amount"), (4, "transaction_code")},
    "rentpost_000042.dat": {(4, "posting_date"), (6, "posted"), (9, None), (12, "posted")},
    "ARUDD161226090003.xml": {(1, "original_day")},
}  # fmt: skip
"""The line and field of what the story did to each file."""


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_file_is_refused_with_all_that_is_wrong_and_nothing_of_it_goes_on(demo, view, name):
    refused = view(name)
    assert refused["state"] == "REJECTED"
    found = {(finding["line"], finding["field"]) for finding in refused["findings"]}
    assert found >= REFUSED[name]
    assert (refused["items"], refused["deliveries"], refused["money"]) == ([], [], {})
    assert all(finding["message"] in demo.said for finding in refused["findings"])


def test_only_what_was_accepted_lies_at_the_partners(demo):
    """Four exports and the good file of the rent system; one posting file and what was cleared of it; one
    report, in two profiles; what a debt agency collected."""
    assert len(demo.at("bureau", "inbound/dd_collections")) == len(EXPORTS) + 1
    assert len(demo.at("rent", "import/transactions")) == 4
    assert len(demo.at("rent", "import/receipts")) == 1


def test_what_the_agency_collected_is_posted_gross_once_the_bank_shows_the_net(demo, view):
    """The net at the bank, commission and its tax are what the two receipts come to."""
    remitted = view("ACMEDCA_PAY")
    assert (remitted["state"], remitted["money"]["POSTED"]["value"]) == ("SENT", "-85.00")
    rows = csv_rows(demo.one("rent", "import/transactions", "20261215"))
    assert sorted(pence(row[9]) for row in rows) == [-6000, -2500]
    assert any((item["reason"] or "").startswith("LATE_AFTER_CLOSE") for item in remitted["items"])


def test_the_agencys_invoice_and_the_journal_that_clears_its_account_reach_finance(demo, feedhub, view):
    """7.50 and 3.13 of commission with 1.50 and 0.63 of tax; 85.00 leaves the agency's control account."""
    invoice = view("batch-SUPPLIER_INVOICE")
    assert (invoice["state"], [item["amount"] for item in invoice["items"]]) == ("SENT", ["12.76"])
    sent = [
        one
        for one in json.loads(feedhub("transfers", "list", "--limit", "500", "--json"))
        if "JOURNAL" in one["name"]
    ]
    newest = json.loads(feedhub("transfers", "show", max(one["id"] for one in sent), "--json"))
    amounts = [pence(item["amount"]) for item in newest["items"]]
    assert (newest["state"], sum(amounts), max(amounts)) == ("SENT", 0, 7224)


def test_an_advice_from_a_bank_becomes_a_change_of_a_mandate(demo, view):
    assert view("ADDACS")["state"] == "SENT"
    (advice,) = advices(demo)
    (row,) = csv_rows(demo.one("rent", "import/dd", "MANDATE"))
    assert row[2] == advice


def advices(demo):
    """The mandate references in the bureau's advice."""
    text = demo.one("bureau", "outbound/reports/archive", "ADDACS").read_text("utf-8")
    return re.findall(r'<MessagingAdvice .*?reference="(\w+)"', text)


def debts(demo):
    """What is placed with the agency, what it answers (of a receipt the money), and the bank's line."""
    placed = csv_rows(demo.one("rent", "export/placements/done", "FTAPLACE"))
    answers = [
        line.split(",")
        for path in demo.at("acme_dca", "out/done")
        for line in path.read_text("utf-8").splitlines()
        if line[0] not in "HT"
    ]
    (statement,) = demo.at("bank", "statements/done")
    (credit,) = re.findall(r"C([0-9]+),([0-9]{2})NTRF", statement.read_text("ascii"))
    told = [-pence(row[9]) if row[0] == "Y" else 0 for row in answers]
    return [pence(row[5]) for row in placed] + told + [-int("".join(credit)), 0]


def journals(demo):
    """The journals' lines, and what the ledger says of lines, in files and in answers to the last journal."""
    exported = [[pence(row[7]) for row in csv_rows(path)] for path in demo.at("rent", "export/journals/done")]
    told = [
        pence(row.split(",")[15])
        for path in demo.at("finance", "export/done")
        if "posted" in path.name
        for row in path.read_text("utf-8").splitlines()[1:-1]
    ]
    lines = [amount for journal in exported for amount in journal]
    return [*lines, *told, *exported[-1]]


def told_benefits(demo):
    """Rents that are exported for benefits, and what it makes of them: no money moves."""
    folders = (("rent", "export/benefit_rents/done"), ("benefits", "outgoing_replies/done"))
    files = [path for place in folders for path in demo.at(*place)]
    replies = [
        row for path in files for row in path.read_text("utf-8").splitlines() if row[:2] in ("D,", "R0")
    ]
    return [0 for _ in replies]


def test_the_demo_says_what_came_in(demo):
    collected = [pence(row[5]) for part in EXPORTS for row in csv_rows(demo.export(part))]
    for folder, part in (("standard18", "901"), ("garages", "950")):
        own, _ = debits_and_contra(demo.one("rent", f"export/{folder}/done", part))
        collected += [int(line[35:46]) for line in own]
    benefits = [-owed for _, owed in benefit(demo) + discretionary(demo)]
    errors = [owed for _, owed, _ in input_errors(demo, "INPUT081226000001")]
    amounts = collected + benefits + errors + [owed for _, owed, _ in unpaid(demo)]
    amounts += [0 for _ in advices(demo)]
    amounts += journals(demo) + debts(demo) + told_benefits(demo)
    said = next(line for line in demo.said.splitlines() if "came in" in line)
    count, pounds = re.findall(r"-?[\d,]+\.?\d*", said)
    assert (int(count.replace(",", "")), pence(pounds)) == (len(amounts), sum(amounts))


def test_show_tells_the_story_of_a_transfer(feedhub, view):
    shown = view("ARUDD161226090001")
    text = feedhub("transfers", "show", shown["id"])
    names = [delivery["name"] for delivery in shown["deliveries"]]
    for fact in ("bacs.reports_in", "ARUDD161226090001.xml", "SENT", "816.24", "43.21", STRANGER, *names):
        assert fact in text
    told = [event["event"] for event in shown["events"]]
    steps = ["found", "staged", "numbered", "accepted", "sending", "sent", "tidied"]
    assert [step for step in dict.fromkeys(told) if step in steps] == steps


def test_show_tells_why_a_file_was_refused(feedhub, view):
    shown = view("rentpost_000042")
    text = feedhub("transfers", "show", shown["id"])
    assert all(finding["check"] in text for finding in shown["findings"])
    assert "REJECTED" in text


NAMES_AND_NUMBERS = {
    written.encode()
    for tenant in tenants(400)
    for written in (
        tenant.account_name,
        tenant.account_number,
        tenant.sort_code,
        "-".join(re.findall("..", tenant.sort_code)),
        tenant.sort_code + tenant.account_number,
    )
}
SHORTEST = 5
"""Letters of a name that does not stand by chance in a few megabytes of bytes that mean nothing."""
PEOPLE = {text.encode() for row in ASKED for text in row.split(",")[7:10] if len(text) >= SHORTEST}
"""Numbers and names of those about whom the demo asks DWP."""
PERSONAL = NAMES_AND_NUMBERS | PEOPLE
NAME = re.compile(rb"TENANT [0-9]{4}|(?<![A-Z])[A-Z]{5,}(?![A-Z])")
NINO = re.compile(rb"(?=([A-Z]{2}[0-9]{6}[A-D]))")
APART = re.compile(rb"(?<![0-9A-Za-z])([0-9]{8}|[0-9]{2}-[0-9]{2}-[0-9]{2})(?![0-9A-Za-z])")
TOGETHER = re.compile(rb"(?=([0-9]{14}))")
SORT_CODE = re.compile(rb"(?<![0-9A-Za-z])(?<!:[0-9]{2}\.)([0-9]{6})(?![0-9A-Za-z])")
"""Of single values only: in a page of the database a time may be followed by the year of the next, as in
08:55:002031-12-31."""


def personal_in(content):
    found = {one for shape in (NAME, NINO, APART, TOGETHER) for one in shape.findall(content)}
    return sorted(found & PERSONAL)


def personal_in_value(content):
    return sorted({*personal_in(content), *PERSONAL.intersection(SORT_CODE.findall(content))})


def test_the_search_for_personal_data_finds_it(demo):
    """Else the next tests would pass on anything: a collection file holds it, the call for it does not."""
    collection = demo.one("bureau", "inbound/dd_collections", "_000003").read_bytes()
    assert len(personal_in(collection)) == 2 * (len(tenants(400)) - 1)
    assert personal_in(demo.export("000003").read_bytes()) == []
    files = (demo.folder / "desks/demo-officer").glob("enquiries*.csv")
    assert {one for path in files for one in personal_in(path.read_bytes())} == PEOPLE


def test_no_file_that_the_hub_keeps_holds_personal_data_in_clear(demo):
    """Nor what it left among the temporary files; as it is, in UTF-16, in base64, inside zips."""
    kept = {**everything(demo.state), **everything(demo.temporary)}
    assert {"feedhub.db", "feedhub.log"} <= {path.name for path in kept}
    found = {
        (path.name, one) for path, contents in kept.items() for each in contents for one in personal_in(each)
    }
    assert found == set()


def test_no_row_holds_personal_data_in_clear(demo):
    """Value by value, so that nothing hides between its neighbours in a page of the database."""
    values = list(database_values(demo.state / "feedhub.db"))
    assert {table for table, _ in values} >= {"event", "finding", "item", "transfer", "record", "record_move"}
    assert [(table, found) for table, value in values if (found := personal_in_value(value))] == []


def database_values(path):
    """Each text or blob of each table, with the table's name."""
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            for row in connection.execute(f'SELECT * FROM "{table}"'):
                for value in row:
                    if isinstance(value, str | bytes):
                        yield table, value.encode() if isinstance(value, str) else value


def test_nothing_personal_is_printed(demo):
    assert personal_in(demo.said.encode()) == []
