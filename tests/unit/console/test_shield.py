"""What keeps other sites and other people's browsers out."""

from __future__ import annotations


def test_a_form_that_is_not_from_our_pages_does_nothing(console):
    about = f"/transfers/{console.made['held']}"
    with console.client("operator") as client:
        assert client.post(f"{about}/withdraw", data={"reason": "x"}).status_code == 403
        foreign = client.form(f"{about}/withdraw", reason="x", form_token="0" * 64)
        assert foreign.status_code == 403
        other_site = client.post(
            f"{about}/withdraw", data={"reason": "x"}, headers={"sec-fetch-site": "cross-site"}
        )
        assert other_site.status_code == 403
    with console.hub.look() as look:
        assert look.transfer_row(console.made["held"]).state == "HELD"


def test_answers_are_kept_by_no_browser_and_framed_by_no_page(console):
    with console.client("viewer") as client:
        for path in ("/", "/sign-in", f"/transfers/{console.made['small']}", "/no-such-page"):
            headers = client.get(path).headers
            assert headers["cache-control"] == "no-store"
            assert headers["x-frame-options"] == "DENY"
            assert "'unsafe" not in headers["content-security-policy"]
            assert "strict-transport-security" not in headers  # it is served in the clear, on loopback


def test_a_fault_of_ours_is_a_page_with_a_number_and_never_a_traceback(console, monkeypatch):
    somebody = " ".join(("MS", "A", "EXAMPLE"))  # so that no line of a trace has it

    def breaks(*_args, **_named):
        raise RuntimeError(somebody)

    monkeypatch.setattr("hub.console.pages.routes.routes_of", breaks)
    with console.client("viewer") as client:
        answer = client.get("/routes")
    assert answer.status_code == 500
    assert "Tell whoever looks after it this number" in answer.text
    assert "MS A EXAMPLE" not in answer.text
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    log = (console.world.folder / "config" / "hub.log").read_text("utf-8")
    assert "RuntimeError" in log
    assert "MS A EXAMPLE" not in log


def test_a_password_that_would_not_do_is_kept_nowhere(console):
    with console.client("viewer") as client:
        client.form("/account/password", old="not-my-password", new="one lantern", again="another lantern")
        with console.hub.store.read() as conn:
            kept = conn.exec_driver_sql("SELECT told FROM signed_in").fetchall()
        assert "are not the same" in str(kept)
        assert "lantern" not in str(kept)
        assert "not-my-password" not in str(kept)
