"""Invoices and credit notes: they leave once their customer and their invoice have a number, and feedback
says what became of each."""

from __future__ import annotations

import os
from datetime import date

import pytest

from hub.rent.exports.documents import CREDITNOTE, INVOICE
from tests.e2e import test_records
from tests.e2e.test_agresso_journal import at_finance, exported, finance, lines
from tests.e2e.test_records import TENANTS

town = test_records.town  # the fixture
__all__ = ["finance", "town"]

DAY = date(2026, 11, 2)
HEAD = "batch_id,client,interface,voucher_type,source_voucher_no,source_line,trans_type,ext_ref,ext_inv_ref,"
HEAD += "apar_id,status,agresso_voucher_no,agresso_sequence_no,period,voucher_date,amount,error_code,"
HEAD += "error_text,run_at"
MASTER = "client,kind,value,status,ext_ref,first,last,rule,as_at"


@pytest.fixture(autouse=True)
def back(town):
    town.council.folder("finance", "/export/done")


def arrive(town, name, text):
    """A file that finance finished an hour ago, worked."""
    path = town.council.folder("finance", "/export") / name
    path.write_bytes(text.replace("\n", "\r\n").encode())
    earlier = town.clock.at.timestamp() - 3600
    os.utime(path, (earlier, earlier))
    return town.run("agresso.back")


def master(town, *rows, name="master.csv"):
    body = "\n".join([MASTER, *rows, f"TRL,{len(rows)},0.00"]) + "\n"
    return arrive(town, name, body)


def customer(town, status="N"):
    return master(town, f"ZZ,CUSTOMER,900017,{status},RL0004471,,,,2026-11-02")


def invoice_row(text, account, net, vat=0, tax="OUTSIDE", number="LSC2600000017"):
    return {
        "invoice_no": number, "customer_ref": "RL0004471", "invoice_date": DAY, "text": text,
        "account": account,
        "cost_centre": "LEASE", "property": "BLK0042", "tax": tax, "net": net, "vat": vat, "gross": net + vat,
    }  # fmt: skip


SERVICE_CHARGE = (
    invoice_row("Service charge Q1", "I3100", 104911),
    invoice_row("Buildings insurance Q1", "I3110", 18525),
    invoice_row("Lock change", "I3300", 14550, 2910, "STANDARD"),
)
GROSS = 104911 + 18525 + 14550 + 2910


def invoice(town, rows=SERVICE_CHARGE):
    town.export(INVOICE.csv, "/export/invoices", list(rows))
    return town.run("rent.invoices")


def credit(town, number, net, vat=0, tax="OUTSIDE"):
    row = {
        "credit_note_no": number, "invoice_no": "LSC2600000017", "customer_ref": "RL0004471",
        "credit_date": DAY,
        "reason_code": "ERROR", "text": "Too much", "account": "I3100", "tax": tax, "net": net, "vat": vat,
        "gross": net + vat,
    }  # fmt: skip
    town.export(CREDITNOTE.csv, "/export/credit_notes", [row])
    return town.run("rent.credit_notes")


def feedback(town, *rows, name="post.csv"):
    total = sum(round(float(row[15]) * 100) for row in rows)
    body = "\n".join([HEAD, *(",".join(row) for row in rows), f"TRL,{len(rows)},{total / 100:.2f}"]) + "\n"
    return arrive(town, name, body)


def row(line, batch, status, amount=None, voucher="", error="", **changes):
    """What finance says of a line of a ledger file that it was sent."""
    told = {
        "batch": batch, "client": "ZZ", "interface": "BI", "type": "LI", "source": line["voucher"],
        "place": "",
        "trans": line["type"], "key": line["key"], "document": line["document"], "party": line["party"],
        "status": status, "number": voucher, "sequence": "1" if voucher else "", "period": line["period"],
        "date": "2026-11-02", "amount": amount or f"{int(line['pence']) / 100:.2f}", "code": error,
        "text": "no" if error else "", "run": "2026-11-02T19:02:11Z",
    }  # fmt: skip
    return list({**told, **changes}.values())


def sent_invoice(town):
    """The invoice as finance has it."""
    customer(town)
    invoice(town)
    town.run("agresso.invoices")
    (path,) = at_finance(town)
    return path.stem, lines(path)


def posted_invoice(town):
    batch, found = sent_invoice(town)
    feedback(town, *(row(line, batch, "POSTED", voucher="26004411") for line in found))
    return batch


def outcomes(town):
    said = town.command("reports", "show", "agresso.totals", "--json", "--from", "2026-01-01")
    return {(one["kind"], one["outcome"]): one for one in said.json}


def test_an_invoice_is_a_voucher_of_party_ledger_and_tax(town):
    _, found = sent_invoice(town)
    told = [
        (line["type"], line["account"], line["tax"], int(line["pence"]), line["side"], line["party"])
        for line in found
    ]
    assert told == [
        ("AR", "", "0", GROSS, "R", "900017"),
        ("GL", "I3100", "SO", -104911, "", ""),
        ("GL", "I3110", "SO", -18525, "", ""),
        ("GL", "I3300", "S1", -14550, "", ""),
        ("TX", "B8900", "S1", -2910, "", ""),
    ]
    assert (found[4]["account2"], found[4]["base"]) == ("I3300", "-14550")
    assert {line["document"] for line in found} == {"LSC2600000017"}


def test_an_invoice_waits_until_its_customer_has_a_number(town):
    invoice(town)
    town.run("agresso.invoices")
    assert at_finance(town) == []
    customer(town)
    town.run("agresso.invoices")
    assert len(at_finance(town)) == 1


def test_a_wrong_tax_keeps_the_one_invoice_back(town):
    customer(town)
    wrong = invoice_row("Lock change", "I3300", 14550, 2850, "STANDARD", number="RCH2600000005")
    invoice(town, (*SERVICE_CHARGE, wrong))
    town.run("agresso.invoices")
    (path,) = at_finance(town)
    assert {line["document"] for line in lines(path)} == {"LSC2600000017"}


def test_a_credit_note_waits_for_the_number_of_its_invoice(town):
    batch, found = sent_invoice(town)
    credit(town, "LSC2600000018", 30000)
    assert town.command("run", "agresso.credit_notes", "--json").json["transfers"] == []
    feedback(town, *(row(line, batch, "POSTED", voucher="26004411") for line in found))
    town.run("agresso.credit_notes")
    (note,) = (path for path in at_finance(town) if path.stem != batch)
    party, ledger = lines(note)
    assert (party["pence"], party["original"], party["document"]) == ("-30000", "26004411", "LSC2600000018")
    assert ledger["pence"] == "30000"


def test_a_credit_note_that_waits_for_days_is_told(town):
    """Its invoice never came into the ledger; once it has, nobody is told any more."""
    credit(town, "LSC2600000018", 10000)
    for days in (5, 1):
        told = town.command("overdue").out
        assert "LSC2600000018" not in told
        town.clock.turn(days=days)
        town.command("run", "agresso.credit_notes")
    assert (
        "LSC2600000018: it has waited for days for the number of its invoice" in town.command("overdue").out
    )
    customer(town)
    known_there(town)
    town.run("agresso.credit_notes")
    assert town.record("finance_document", "LSC2600000018")["state"] == "SENT"


def test_a_credit_of_what_was_paid_is_looked_at_for_a_refund(town):
    customer(town)
    known_there(town, rest="40.00", status="PART")
    credit(town, "LSC2600000018", 10000)
    town.run("agresso.credit_notes")
    (note,) = at_finance(town)
    assert "refund" not in town.command("worklist", "list").out
    feedback(town, *(row(line, note.stem, "POSTED", voucher="26004412") for line in lines(note)))
    told = town.command("worklist", "list").out
    assert "of LSC2600000017 only 40.00 was open, 100.00 is credited" in told


def test_two_credits_of_one_night_cannot_both_pass(town):
    batch = posted_invoice(town)
    credit(town, "LSC2600000018", 90000)
    credit(town, "LSC2600000019", 90000)
    town.run("agresso.credit_notes")
    town.run("agresso.credit_notes")
    (note,) = (path for path in at_finance(town) if path.stem != batch)
    assert [line["document"] for line in lines(note) if line["type"] == "AR"] == ["LSC2600000018"]


OPEN_ITEMS = "client,apar_type,apar_id,voucher_type,voucher_no,sequence_no,ext_inv_ref,ext_ref,order_id,"
OPEN_ITEMS += "voucher_date,due_date,currency,amount,rest_amount,status,last_payment_date,reminder_level,"
OPEN_ITEMS += "dispute_code,as_at"


def known_there(town, party="900017", rest="500.00", status="OPEN"):
    """An invoice of 500.00 that the hub did not send."""
    number, dates = "LI,26004411,1,LSC2600000017", "2026-11-02,2026-11-30"
    row = f"ZZ,R,{party},{number},,,{dates},GBP,500.00,{rest},{status},,,,2026-11-02"
    return arrive(town, f"open{rest}.csv", f"{OPEN_ITEMS}\n{row}\nTRL,1,500.00\n")


@pytest.mark.parametrize(("party", "sent"), [("0900017", 1), ("800451", 0)])
def test_an_invoice_of_another_ledger_customer_is_not_credited(town, party, sent):
    """The hub did not send the invoice: only the ledger says whose it is."""
    customer(town)
    known_there(town, party)
    credit(town, "LSC2600000018", 10000)
    note = town.run("agresso.credit_notes")
    assert len(at_finance(town)) == sent
    findings = town.command("transfers", "show", note["id"], "--json").json["findings"]
    told = [(one["check"], one["message"]) for one in findings if one["check"] == "AGR15"]
    assert told == ([] if sent else [("AGR15", "LSC2600000018: LSC2600000017 is another customer's")])


def test_a_credit_that_finance_refused_gives_back_what_it_reserved(town):
    posted_invoice(town)
    credit(town, "LSC2600000018", 90000)
    town.run("agresso.credit_notes")
    note = at_finance(town)[-1]
    refused = (row(line, note.stem, "REJECTED", error="APAR07") for line in lines(note))
    feedback(town, *refused, name="post2.csv")
    assert town.record("finance_document", "LSC2600000018")["state"] == "REFUSED"
    credit(town, "LSC2600000019", 90000)
    town.run("agresso.credit_notes")
    assert len(at_finance(town)) == 3


def test_no_more_tax_is_credited_than_was_charged(town):
    batch = posted_invoice(town)
    credit(town, "LSC2600000018", 20000, 4000, "STANDARD")
    town.run("agresso.credit_notes")
    assert [path.stem for path in at_finance(town)] == [batch]


def test_feedback_answers_the_invoice_and_names_it(town):
    posted_invoice(town)
    told = town.record("finance_document", "LSC2600000017")
    assert (told["state"], told["data"]["number"]) == ("POSTED", "26004411")
    assert "LSC2600000017" in town.command("items", "find", "26004411").out


def test_a_line_without_feedback_is_unknown_not_refused(town):
    """Nor is it reconciled: after a day its owner is told."""
    sent_invoice(town)
    told = outcomes(town)
    assert list(told) == [("INVOICE", "UNKNOWN")]
    town.clock.turn(hours=25)
    town.command("run", "agresso.back")
    assert "agresso.feedback" in (overdue := town.command("overdue").out)
    assert "feedhub run agresso.back" in overdue  # not by the route by calls, which is off
    (voucher, total) = town.command(
        "reports", "show", "agresso.vouchers", "--json", "--from", "2026-11-01", "--to", "2026-11-30"
    ).json
    assert (voucher["reference"], voucher["outcome"]) == ("LSC2600000017", "UNRECONCILED")
    assert (total["kind"], total["sent"], total["unknown"]) == ("TOTAL", f"{GROSS / 100:.2f}", "1")
    assert told["INVOICE", "UNKNOWN"]["sent"] == f"{GROSS / 100:.2f}"


def test_lines_sent_are_posted_rejected_staged_or_unknown_and_edits_are_shown(town):
    town.accounts(**{f"_{ref}": {"balance": 15005} for ref in TENANTS[:2]})
    exported(town)
    town.run("agresso.journal")
    (path,) = at_finance(town)
    first, second, third, fourth, *_ = lines(path)
    answer = feedback(
        town,
        row(first, path.stem, "POSTED", voucher="1", type="RJ"),
        row(second, path.stem, "POSTED", amount="-596104.40", voucher="1", key="", type="RJ", place="2"),
        row(third, path.stem, "REJECTED", error="GL01"),
        row(fourth, path.stem, "STAGED"),
        row({**first, "key": "somebody-elses"}, path.stem, "POSTED", voucher="2", source="77"),
    )
    told = {outcome: one["lines"] for (_, outcome), one in outcomes(town).items()}
    assert told == {"POSTED": "1", "AMENDED": "1", "REJECTED": "1", "STAGED": "1", "UNKNOWN": "2"}
    assert outcomes(town)["JOURNAL", "AMENDED"]["difference"] == "0.05"
    findings = town.command("transfers", "show", answer["id"], "--json").json["findings"]
    assert {one["check"] for one in findings} == {"AMENDED", "UNKNOWN_LINE"}
    assert rent_control(town) == {
        "OPENING": ("", ""),
        "CHARGES": ("613198.57", "596104.40"),
        "RENT_LEDGER": ("300.10", ""),
    }


def rent_control(town):
    """What the month's end says moved the rent debtors, as far as something did: sent, and posted."""
    days = ("--from", "2026-11-01", "--to", "2026-11-30")
    told = town.command("reports", "show", "agresso.rent_control", "--json", *days).json
    moved = {one["what"]: (one["sent"], one["posted"]) for one in told}
    return {what: pounds for what, pounds in moved.items() if "0.00" not in pounds and what != "CLOSING"}


def test_feedback_that_was_cut_short_is_refused(town):
    batch, found = sent_invoice(town)
    body = "\n".join([HEAD, ",".join(row(found[0], batch, "POSTED", voucher="1"))]) + "\n"
    assert arrive(town, "post.csv", body)["state"] == "REJECTED"


def test_a_closed_period_holds_and_never_moves(town):
    master(town, "ZZ,PERIOD,202608,C,,2026-11-01,2026-11-30,,2026-11-02")
    exported(town)
    held = town.run("agresso.journal")
    assert (held["state"], at_finance(town)) == ("HELD", [])
    assert "period 202608 is closed" in held["reason"]


def test_an_account_that_the_ledger_does_not_know_is_held(town):
    master(town, "ZZ,ACCOUNT,I3100,N,,,,MMOOOOO,2026-11-02")
    invoice(town)
    master(town, "ZZ,CUSTOMER,900017,N,RL0004471,,,,2026-11-02", name="master2.csv")
    held = town.run("agresso.invoices")
    shown = town.command("transfers", "show", held["id"], "--json").json["findings"]
    assert {one["check"] for one in shown} == {"AGR09"}
    assert "no active account I3110" in " ".join(one["message"] for one in shown)
    assert at_finance(town) == []
