"""What support staff come for, done in a browser as they would: with JavaScript and without."""

from __future__ import annotations

import pytest

from tests.browsing import PHONE, browsing, violations
from tests.serving import served


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def script(request):
    return request.param


@pytest.fixture
def fresh(tmp_path):
    """A console of its own, for what changes things."""
    with served(tmp_path) as made:
        yield made


def test_a_transfer_is_found_by_its_name_and_explains_itself(browser, console, script):
    with browsing(browser, console, "viewer", java_script_enabled=script) as page:
        page.goto("/transfers")
        page.get_by_label("File name, hash or reference").fill("held")
        page.get_by_role("button", name="Search").click()
        assert "held" not in page.url
        page.get_by_role("link", name="held.txt").click()
        assert "It waits for a person" in page.inner_text("main")
        assert "What you can do" not in page.inner_text("main")


def test_what_is_held_is_released_with_the_totals_that_were_agreed(browser, fresh, script):
    with browsing(browser, fresh, "approver", java_script_enabled=script) as page:
        page.goto("/worklist")
        page.get_by_role("link", name="held.txt is held").click()
        page.locator("#release summary").click()
        page.locator("#release-count").fill("2")
        page.locator("#release-value").fill("20.00")
        page.locator("#release-reason").fill("agreed by telephone")
        page.locator("#release button").click()
        assert "There is a problem" in page.inner_text("main")
        assert "You agreed to 2 records" in page.inner_text("main")
        assert page.locator("#release-reason").input_value() == "agreed by telephone"
        page.locator("#release-count").fill("1")
        page.locator("#release button").click()
        assert "held.txt: Sent" in page.inner_text(".banner")
    assert b"ABC003+0002000\n" in fresh.world.delivered().values()


def test_suspended_money_is_proposed_by_one_and_cleared_by_another(browser, fresh):
    with browsing(browser, fresh, "clerk") as page:
        page.goto("/suspense")
        page.get_by_role("link", name="NOA002").click()
        page.locator("#propose-other").fill("ABC001")
        page.locator("#propose-reason").fill("the payer rang")
        page.get_by_role("button", name="Propose it").click()
        assert "knows no rent account ABC001" in page.inner_text("main")  # nobody has exported a register
        assert page.locator("#propose-other").input_value() == "ABC001"


def test_personal_values_are_masked_until_somebody_says_what_for(browser, fresh, script):
    about = f"/transfers/{fresh.made['small']}"
    with browsing(browser, fresh, "clerk", java_script_enabled=script) as page:
        page.goto(about)
        assert "NAME OF" not in page.content()
        assert "xxx000" in page.goto(f"{about}/files").text()
        page.goto(about)
        page.locator("#unmask summary").click()
        page.locator("#unmask-reason").fill("the tenant asks where the payment is")
        page.locator("#unmask button").click()
        assert "NAME OF ABC001" in page.content()
        assert "ABC001" in page.goto(f"{about}/files").text()
    fresh.world.clock.turn(minutes=11)
    with browsing(browser, fresh, "clerk", java_script_enabled=script) as page:
        page.goto(about)
        assert "NAME OF" not in page.content()
        assert "the tenant asks where the payment is" in page.inner_text("#main")


def test_a_question_to_the_partner_is_open_until_its_answer_is_written_down(browser, fresh):
    with browsing(browser, fresh, "clerk") as page:
        page.goto(f"/transfers/{fresh.made['refused']}")
        page.locator("#query summary").click()
        page.locator("#query-text").fill("Which of the two totals is right?")
        page.locator("#query button").click()
        assert "No answer yet" in page.inner_text("main")
        page.get_by_role("link", name="Write the answer down").click()
        page.locator("#answer-answer").fill("the second; they send it again")
        page.get_by_role("button", name="Write it down").click()
        page.goto(f"/transfers/{fresh.made['refused']}")
        assert "Answer: the second; they send it again" in page.inner_text("main")


def test_a_file_is_handed_in_and_one_is_handed_over(browser, fresh, script, tmp_path):
    file = tmp_path / "by_hand.txt"
    file.write_bytes(b"ABC005+0000600\n")
    with browsing(browser, fresh, "clerk", java_script_enabled=script) as page:
        page.goto("/routes/little.payments")
        page.locator("#upload summary").click()
        page.set_input_files("#upload-file", file)
        page.locator("#upload button").click()
        assert "by_hand.txt" in page.inner_text("h1")
        page.goto("/worklist")
        page.get_by_role("link", name="upload it to the portal").click()
        page.get_by_role("button", name="Take it").click()
        with page.expect_download() as download:
            page.get_by_role("link", name="Download").click()
        assert download.value.path().read_bytes() == b"ABC009+0000600\n"
        page.locator("#handed-over summary").click()
        page.locator("#handed-over-reference").fill("R-1")
        page.locator("#handed-over button").click()
        assert "It is handed over" in page.inner_text(".banner")


def test_find_keeps_what_it_was_asked_out_of_the_address(browser, console, script):
    with browsing(browser, console, "viewer", java_script_enabled=script) as page:
        page.goto("/find")
        page.get_by_label("Reference", exact=True).fill("ABC001")
        page.get_by_role("button", name="Find", exact=True).click()
        assert "1 item" in page.inner_text("main")
        assert "ABC001" not in page.url


def test_the_board_renews_itself_while_somebody_wants_it_so(browser, console):
    with browsing(browser, console, "viewer", java_script_enabled=False) as page:
        assert "refresh" not in page.goto("/").headers
        page.get_by_role("link", name="Renew it by itself").click()
        assert page.goto(page.url).headers["refresh"] == "60"
        assert page.locator("svg.day .mark").count() > 2
        page.get_by_role("link", name="Stop that").click()
        assert "renews itself" not in page.inner_text("main")


def test_on_a_telephone_the_menu_unfolds(browser, console, script):
    with browsing(browser, console, "dwp", PHONE, java_script_enabled=script) as page:
        page.goto("/")
        transfers = page.get_by_role("link", name="Transfers", exact=True)
        assert not transfers.is_visible()
        page.get_by_text("Menu", exact=True).click()
        assert not script or violations(page) == []
        transfers.click()
        assert page.get_by_role("heading", level=1).inner_text() == "Transfers"
