"""Each way in which a Standard 18 file can be wrong is told under its own code, and stops the file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from io import BytesIO

import pytest

from hub.model import History, LastTransfer, Mandate, Severity, Verdict
from hub.transfer.examine import examine
from plugins.bacs.feeds import SUBMISSION
from tests.unit.bacs.bacs_files import (
    DAILY,
    FACTS,
    INSTRUCTIONS,
    MULTI,
    REFUND,
    joined,
    lines,
    put,
    register,
    submission,
    with_line,
)

ENTRY = date(2026, 12, 1)  # the tenants of the daily file are debited on this day
ENDED, LAST_DAY = {"end_date": ENTRY - timedelta(days=1)}, {"end_date": ENTRY}
NOT_BEGUN, FIRST_DAY = {"start_date": ENTRY + timedelta(days=1)}, {"start_date": ENTRY}
VOL1, HDR1, HDR2, UHL1, FIRST, SECOND, THIRD, CONTRA, EOF1, EOF2, UTL1 = range(1, 12)


def both(start: int, text: str) -> bytes:
    """HDR1 and EOF1 changed alike."""
    return with_line(with_line(DAILY, HDR1, put(start, text)), EOF1, put(start, text))


def without(number: int) -> bytes:
    return joined([line for at, line in enumerate(lines(DAILY), start=1) if at != number])


def twice(number: int) -> bytes:
    records = lines(DAILY)
    return joined([*records[:number], *records[number - 1 :]])


def moved(number: int, to: int) -> bytes:
    records = lines(DAILY)
    records.insert(to - 1, records.pop(number - 1))
    return joined(records)


def copied(number: int, to: int) -> bytes:
    records = lines(DAILY)
    records.insert(to - 1, records[number - 1])
    return joined(records)


def line(number: int, start: int, text: str) -> bytes:
    return with_line(DAILY, number, put(start, text))


WRONG: list[tuple[str, bytes, str, int | None]] = [
    ("UTL1 missing", without(UTL1), "S18-001", EOF2),
    ("cut after a payment", joined(lines(DAILY)[:SECOND]), "S18-001", SECOND),
    ("two UHL1", twice(UHL1), "S18-001", UHL1 + 1),
    ("something after UTL1", DAILY + (lines(DAILY)[0] + "\r\n").encode(), "S18-001", UTL1 + 1),
    ("no payments", joined(lines(DAILY)[:4] + lines(DAILY)[8:]), "S18-001", 5),
    ("a data line of 99", with_line(DAILY, SECOND, lambda record: record[:99]), "S18-002", SECOND),
    ("Bacs's own output", with_line(DAILY, SECOND, lambda record: record + " " * 20), "S18-002", SECOND),
    ("106 in a one-day file", with_line(MULTI, UHL1, put(29, "1 DAILY  ")), "S18-002", UHL1),
    ("an accent", line(THIRD, 83, "REN\xc9E"), "S18-003", THIRD),
    ("lower case", line(THIRD, 83, "c tenant"), "S18-003", THIRD),
    ("serial all zero", line(VOL1, 5, "000000"), "S18-004", VOL1),
    ("another sender", line(VOL1, 42, "999999"), "S18-005", VOL1),
    ("another service user", both(6, "999999"), "S18-005", HDR1),
    ("another second service user", both(16, "999999"), "S18-005", HDR1),
    ("EOF1 of another day", line(EOF1, 42, " 26327"), "S18-006", EOF1),
    ("EOF2 of another length", line(EOF2, 11, "00106"), "S18-006", EOF2),
    ("expires when it is made", both(48, " 26328"), "S18-007", HDR1),
    ("expires on the processing day", both(48, " 26334"), "S18-007", HDR1),
    ("day 366 of an ordinary year", both(48, " 26366"), "S18-007", HDR1),
    ("made in the future", both(42, " 26329"), "S18-007", HDR1),
    ("made 32 days ago", both(42, " 26296"), "S18-007", HDR1),
    ("a Sunday", line(UHL1, 5, " 26333"), "S18-008", UHL1),
    ("yesterday", line(UHL1, 5, " 26327"), "S18-008", UHL1),
    ("a day with letters", line(UHL1, 5, " 26A34"), "S18-008", UHL1),
    ("one-day file without a day", line(UHL1, 5, "      "), "S18-009", UHL1),
    ("several-day file of 100", line(UHL1, 29, "4 MULTI  "), "S18-009", UHL1),
    ("record without a day", with_line(MULTI, FIRST, put(101, "      ")), "S18-009", FIRST),
    ("sort code all zero", line(FIRST, 1, "000000"), "S18-010", FIRST),
    ("sort code with hyphens", line(FIRST, 1, "00-2-9"), "S18-010", FIRST),
    ("account all zero", line(FIRST, 7, "00000000"), "S18-010", FIRST),
    ("account of spaces", line(FIRST, 7, "        "), "S18-010", FIRST),
    ("a code outside the table", line(FIRST, 16, "97"), "S18-011", FIRST),
    ("a final collection", line(FIRST, 16, "19"), "S18-011", FIRST),
    ("another origin", line(FIRST, 24, "20000016"), "S18-012", FIRST),
    ("a collection of nothing", line(FIRST, 36, "0" * 11), "S18-013", FIRST),
    ("an amount with a sign", line(FIRST, 36, "-0000052148"), "S18-013", FIRST),
    ("an instruction with money", with_line(INSTRUCTIONS, 5, put(36, "00000010000")), "S18-013", 5),
    ("a contra a penny off", line(CONTRA, 36, "00000112204"), "S18-014", CONTRA),
    ("no contra", without(CONTRA), "S18-014", THIRD),
    ("a contra that is a collection", line(CONTRA, 16, "01"), "S18-014", CONTRA),
    ("a debit total a penny off", line(UTL1, 5, "0000000112204"), "S18-015", UTL1),
    ("a count without the contra", line(UTL1, 38, "0000000"), "S18-015", UTL1),
    ("instructions not counted", with_line(INSTRUCTIONS, 9, put(53, "       ")), "S18-016", 9),
    ("a reference of a claim", line(FIRST, 65, "DDIC1230000000"), "S18-017", FIRST),
    ("a reference of one letter", line(FIRST, 65, "AAAAAA        "), "S18-017", FIRST),
    ("a short reference", line(FIRST, 65, "RENT1         "), "S18-017", FIRST),
    ("a reference of four letters", line(FIRST, 65, "A.B.C.D       "), "S18-017", FIRST),
    ("a payer without a name", line(FIRST, 83, " " * 18), "S18-021", FIRST),
    ("no service user name", line(FIRST, 47, " " * 18), "S18-021", FIRST),
    ("a contra before its payments", moved(CONTRA, FIRST), "S18-001", FIRST),
    ("one more payment after its contra", copied(FIRST, CONTRA + 1), "S18-001", CONTRA),
    ("a payment after its contra", moved(THIRD, CONTRA), "S18-001", CONTRA - 1),
    ("another receiver", line(UHL1, 11, "123456"), "S18-001", UHL1),
    ("no receiver", line(UHL1, 11, "      "), "S18-001", UHL1),
    ("another currency", line(UHL1, 21, "01"), "S18-001", UHL1),
    ("another country", line(UHL1, 23, "000044"), "S18-001", UHL1),
    ("file number 000", line(UHL1, 38, "000"), "S18-024", UHL1),
]


@pytest.mark.parametrize(
    ("data", "check", "where"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG]
)
def test_a_wrong_file_is_refused_with_its_code_and_line(data: bytes, check: str, where: int | None) -> None:
    outcome = submission(data)
    assert outcome.verdict is Verdict.REJECTED
    assert (check, where) in outcome.told


def test_a_file_is_told_everything_at_once() -> None:
    data = with_line(line(FIRST, 16, "97"), UTL1, put(5, "0000000000001"))
    data = with_line(data, THIRD, put(36, "0" * 11))
    assert {"S18-011", "S18-013", "S18-014", "S18-015"} <= submission(data).checks


def test_messages_hold_no_name_and_no_payers_account() -> None:
    data = with_line(line(FIRST, 83, "a tenant"), SECOND, put(7, "0485988X"))
    told = submission(data).messages
    assert not any(secret in told for secret in ("tenant", "TENANT", "0485988", "000299", "40154823"))


STRAY = "A TENANT 40154823"


@pytest.mark.parametrize(
    "data",
    [
        line(VOL1, 12, STRAY),
        line(HDR2, 16, STRAY),
        line(EOF2, 16, STRAY),
        line(VOL1, 42, STRAY[:6]),
        both(16, STRAY[:6]),
        both(22, STRAY[:6]),
        line(EOF1, 61, STRAY[:13]),
        line(HDR2, 11, STRAY[:5]),
        line(FIRST, 16, "A "),
        line(FIRST, 65, f"DDIC {STRAY}"[:18]),
        with_line(line(FIRST, 18, "00029940154823"), UTL1, put(5, "0000000000001")),
    ],
)
def test_no_text_and_no_account_of_a_file_is_repeated_in_a_message(data: bytes) -> None:
    outcome = submission(data)
    told = outcome.messages + "".join(str(finding.expected) for finding in outcome.findings)
    assert outcome.findings
    assert not any(part in told for part in ("A TEN", "“A ”", "4015", "4823", "000299"))


def test_a_day_of_several_contras_passes_when_the_last_one_comes_last() -> None:
    records = lines(DAILY)
    first, second = (put(36, pence)(records[CONTRA - 1]) for pence in ("00000101953", "00000010250"))
    data = joined([*records[:6], first, records[6], second, *records[8:-1], put(38, "0000002")(records[-1])])
    assert submission(data, FACTS).told == []


def test_collections_and_refunds_of_one_account_have_a_contra_each() -> None:
    records, refund = lines(DAILY), lines(REFUND)[4:6]
    total = f"{112203 + 7500:013}"
    utl1 = put(5, f"{total}{total}{4:07}{2:07}")(records[-1])
    data = joined([*records[:7], *refund, *records[7:-1], utl1])
    assert submission(data).told == []


def test_bacs_own_output_is_called_by_its_name() -> None:
    assert (
        "output to banks" in submission(with_line(DAILY, SECOND, lambda record: record + " " * 20)).messages
    )


LENIENT: list[tuple[str, bytes, str | None]] = [
    ("LF line ends", DAILY.replace(b"\r\n", b"\n"), None),
    ("an end-of-file character", DAILY + b"\x1a", None),
    ("1 in position 15", both(15, "1"), None),
    ("blank second service user", both(16, " " * 6), None),
    ("blank block count", both(55, " " * 6), None),
    ("the service user as receiver", line(UHL1, 11, "654321"), None),
    ("an audit print identifier", line(UHL1, 48, "AUD5020"), None),
    ("accessibility 0", line(VOL1, 11, "0"), None),
    ("a bank's own mark in VOL1", line(VOL1, 32, "HSBC  "), None),
    ("a label without its spaces", with_line(DAILY, UTL1, str.rstrip), "S18-002"),
    ("another block length", with_line(line(HDR2, 6, "01060"), EOF2, put(6, "01060")), None),
    ("another record length", with_line(line(HDR2, 11, "00106"), EOF2, put(11, "00106")), "S18-002"),
    ("a second file number", both(32, "0002"), "S18-001"),
    ("the day in a several-day UHL1", with_line(MULTI, UHL1, put(5, " 26334")), None),
    ("an instruction count of blanks", DAILY, None),
    ("a block count", both(55, "000012"), None),
    ("a block count with letters", both(55, "12 x 4"), "S18-001"),
    ("another file section", both(28, "0002"), "S18-001"),
    ("another serial in HDR1", both(22, "000999"), "S18-001"),
    ("a system code", both(61, "RENTS 4.2    "), None),
    ("text in reserved places of VOL1", line(VOL1, 12, "A TENANT"), "S18-001"),
    ("text in reserved places of HDR1", both(74, "TEXT"), "S18-001"),
    ("text in reserved places of UHL1", line(UHL1, 41, "TEXT"), "S18-001"),
    ("text in reserved places of UTL1", line(UTL1, 45, "TEXT"), "S18-001"),
    ("text for the service user", line(UTL1, 60, "RENTS"), None),
    ("another type of account", line(SECOND, 15, "5"), "S18-010"),
]


@pytest.mark.parametrize(("data", "warned"), [row[1:] for row in LENIENT], ids=[row[0] for row in LENIENT])
def test_what_writers_do_differently_is_read(data: bytes, warned: str | None) -> None:
    outcome = submission(data)
    assert outcome.verdict is Verdict.ACCEPTED
    assert [finding.check for finding in outcome.findings] == ([warned] if warned else [])
    assert all(finding.severity is Severity.WARNING for finding in outcome.findings)


def test_a_bureau_may_be_the_sender() -> None:
    data = line(VOL1, 42, "B12345")
    assert submission(data, bureau_number="B12345").told == []
    assert "S18-005" in submission(data).checks


def test_a_final_collection_leaves_only_where_that_is_set() -> None:
    assert submission(line(FIRST, 16, "19"), allow_final=True).verdict is Verdict.ACCEPTED


def test_a_tenants_reference_may_be_the_word_contra() -> None:
    data = line(FIRST, 65, "CONTRA        ")
    assert submission(data).taken[0].item.reference == "CONTRA"


def test_long_records_in_a_one_day_file_pass_where_that_is_set_and_all_have_its_day() -> None:
    daily = with_line(with_line(MULTI, UHL1, put(29, "1 DAILY  ")), UHL1, put(5, " 26334"))
    assert submission(daily, accept_multi_in_daily=True).verdict is Verdict.REJECTED
    records = [record[:100] + " 26334" if len(record) == 106 else record for record in lines(daily)]
    outcome = submission(joined(records), accept_multi_in_daily=True)
    assert [f.severity for f in outcome.findings if f.check == "S18-002"] == [Severity.WARNING]


def two_files() -> bytes:
    """A volume with the collections and, as its second file, the refunds."""
    second = [record.replace("00012700010001", "00012400010002") for record in lines(REFUND)[1:]]
    return joined([*lines(DAILY), *second])


def test_a_volume_may_hold_several_files_each_with_its_own_totals() -> None:
    outcome = submission(two_files())
    assert (outcome.verdict, outcome.told) == (Verdict.ACCEPTED, [])
    assert [one.item.kind for one in outcome.taken] == ["COLLECTION"] * 3 + ["REFUND"]
    wrong = with_line(two_files(), 19, put(5, "0000000007501"))
    assert submission(wrong).told == [("S18-015", 19)]


def test_the_same_payment_twice_is_a_doubled_run_unless_tenants_do_pay_twice() -> None:
    records = lines(DAILY)
    records.insert(FIRST, records[FIRST - 1])
    assert ("S18-018", FIRST + 1) in submission(joined(records)).told
    warned = submission(joined(records), same_payment_twice="warn")
    assert [f.severity for f in warned.findings if f.check == "S18-018"] == [Severity.WARNING]


def test_the_same_payment_on_two_days_is_two_payments() -> None:
    assert "S18-018" not in submission(with_line(MULTI, 8, put(36, "00000052148"))).checks


@pytest.mark.parametrize(("limit", "refused"), [("1122.03", False), ("1122.02", True)])
def test_a_file_above_the_sponsors_limit_is_refused(limit: str, refused: bool) -> None:
    assert ("S18-020" in submission(DAILY, file_limit=limit).checks) is refused


@pytest.mark.parametrize(("limit", "refused"), [("521.48", False), ("521.47", True)])
def test_a_payment_above_the_item_limit_is_refused(limit: str, refused: bool) -> None:
    assert (("S18-013", FIRST) in submission(DAILY, item_limit=limit).told) is refused


def history(**values: object) -> History:
    return replace(History(), **values)  # type: ignore[arg-type]


def test_a_serial_that_was_used_before_refuses_the_file() -> None:
    used = {"bacs.serial:654321": frozenset({"000124"})}
    assert submission(DAILY, replace(FACTS, history=history(used=used))).told == [("S18-004", VOL1)]


def test_a_file_number_used_before_for_the_same_day_waits_for_a_person() -> None:
    used = {"bacs.file_number:654321:2026-11-30": frozenset({"001"})}
    outcome = submission(DAILY, replace(FACTS, history=history(used=used)))
    assert (outcome.verdict, outcome.told) == (Verdict.HELD, [("S18-024", UHL1)])


def test_what_a_file_uses_up_is_what_the_next_is_compared_with() -> None:
    assert submission(MULTI).examined.tally.used() == {
        "bacs.serial:654321": {"000125"},
        "bacs.file_number:654321:2026-11-30": {"002"},
        "bacs.file_number:654321:2026-12-07": {"002"},
    }


@pytest.mark.parametrize(("allowed", "verdict"), [(1, Verdict.ACCEPTED), (0, Verdict.HELD)])
def test_payments_that_an_earlier_file_carries_are_told_and_many_wait(allowed: int, verdict: Verdict) -> None:
    again = history(posted=frozenset({"RENT0010000123/17/2026-11-30/52148"}))
    outcome = submission(DAILY, replace(FACTS, history=again), repeats_allowed=allowed)
    assert (outcome.verdict, outcome.told) == (verdict, [("S18-018", None)])


def test_a_payment_has_one_key_whichever_format_it_came_in() -> None:
    assert SUBMISSION.item_key(submission(DAILY).taken[0].item) == "RENT0010000123/17/2026-11-30/52148"
    assert SUBMISSION.item_key(submission(INSTRUCTIONS).taken[0].item) is None


@pytest.mark.parametrize(
    ("value", "records", "warned"), [(112203, 3, 0), (89762, 3, 1), (89763, 3, 0), (89762, 2, 2)]
)
def test_a_file_unlike_the_last_is_warned_about(value: int, records: int, warned: int) -> None:
    last = LastTransfer("t0", date(2026, 11, 2), records, value, {})
    outcome = submission(DAILY, replace(FACTS, history=history(last=last)))
    assert outcome.verdict is Verdict.ACCEPTED
    assert [f.check for f in outcome.findings] == ["S18-020"] * warned


@pytest.mark.parametrize(("days", "late"), [(3, False), (4, True), (6, True)])
def test_a_processing_day_whose_input_day_is_over_refuses_the_file(days: int, late: bool) -> None:
    today = date(2026, 11, 24) + timedelta(days=days)  # Friday the 27th is the last input day for Monday
    outcome = submission(DAILY, replace(FACTS, today=today))
    assert (("S18-008", FIRST) in outcome.told) is late


def test_a_file_too_early_is_refused() -> None:
    assert ("S18-008", FIRST) in submission(DAILY, max_days_ahead=5).told


def test_a_file_that_goes_on_as_it_came_is_refused_for_a_cancelled_mandate() -> None:
    cancelled = Mandate("RENT0010000456", "1900000029", "B", "000100", "04859888", "CANCELLED")
    facts = replace(FACTS, register=register(cancelled))
    assert submission(DAILY, facts).told == [("S18-023", SECOND)]


def test_a_first_collection_too_soon_after_its_instruction_is_refused() -> None:
    second = [record.replace("00012600010001", "00012400010002") for record in lines(INSTRUCTIONS)[1:]]
    both_files = joined([*lines(DAILY), *second])
    assert submission(both_files).told == [("S18-023", SECOND)]
    assert submission(both_files, lead_time=2).told == []


@pytest.mark.parametrize(
    ("today", "told"),
    [
        (date(2026, 11, 27), []),
        (date(2026, 11, 28), [("S18-008", FIRST)]),
        (date(2026, 12, 2), [("S18-008", FIRST)]),
    ],
)
def test_a_day_out_of_reach_is_found_without_a_register(today: date, told: list[tuple[str, int]]) -> None:
    ctx = replace(submission(DAILY).ctx, facts=replace(FACTS, today=today, register=None))
    reading = examine(SUBMISSION, BytesIO(DAILY), ctx).reading
    reading.history(ctx)  # all that can be done where nobody knows what leaves
    assert [(finding.check, finding.line) for finding in reading.findings.kept] == told
    assert submission(DAILY, replace(FACTS, today=today)).told == told  # and once where there is one


def test_a_file_of_an_ended_mandate_is_refused_that_came_ready_made() -> None:
    for dates, refused in ((ENDED, True), (LAST_DAY, False), (FIRST_DAY, False), (NOT_BEGUN, True)):
        mandate = Mandate("RENT0010000456", "1900000029", "B", "000100", "04859888", **dates)  # type: ignore[arg-type]
        told = submission(DAILY, replace(FACTS, register=register(mandate))).told
        assert told == ([("S18-023", SECOND)] if refused else [])


MISSING: list[tuple[str, Callable[[], object], set[str]]] = [
    ("today", lambda: replace(FACTS, today=None), {"S18-007", "S18-008"}),
    ("history", lambda: replace(FACTS, history=None), {"S18-004", "S18-018", "S18-020", "S18-024"}),
    ("register", lambda: replace(FACTS, register=None), {"S18-023"}),
]


@pytest.mark.parametrize(("facts", "listed"), [row[1:] for row in MISSING], ids=[row[0] for row in MISSING])
def test_what_cannot_be_checked_here_is_listed(facts: Callable[[], object], listed: set[str]) -> None:
    outcome = submission(DAILY, facts())  # type: ignore[arg-type]
    assert outcome.verdict is Verdict.ACCEPTED
    assert listed <= outcome.examined.reading.not_checked.keys()


def test_without_options_whose_file_it_is_is_not_checked() -> None:
    outcome = submission(DAILY, service_user_number=None, originating_accounts=())
    assert {"S18-005", "S18-012"} <= outcome.examined.reading.not_checked.keys()
