"""How people come in, stay in and are kept out."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from hub.engine import credentials
from hub.engine.credentials import code_at, weakness
from hub.engine.signing_in import SigningIn
from tests.serving import served

PASSWORD = "three quiet lanterns"
DEAR = credentials._HASHER


@pytest.fixture(autouse=True)
def cheap_hashing(monkeypatch):
    """As the real one, but quick: what it costs to guess is no matter here."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("hub.engine.credentials._HASHER", cheap)
    monkeypatch.setattr("hub.engine.credentials._NOBODYS", cheap.hash("nobody's"))


@pytest.fixture
def console(tmp_path):
    with served(tmp_path, fill=False) as made:
        yield made


@pytest.fixture
def acts(console):
    """What an administrator may do."""
    return SigningIn(console.acting("administrator").services)


def set_up(console, acts, login="clerk"):
    """Somebody who may sign in: the secret of their app, and codes to recover with."""
    token = acts.invite(login)
    _, secret = acts.invited(token)
    with console.client() as client:
        client.get(f"/set-up/{token}")
        code = code_at(secret, console.world.clock.now())
        answer = client.form(f"/set-up/{token}", password=PASSWORD, again=PASSWORD, code=code)
    assert answer.status_code == 200
    codes = [line.split("<")[0] for line in answer.text.split('<li class="code">')[1:]]
    console.world.clock.turn(minutes=2)
    return secret, codes


def sign_in(console, client, code, login="clerk", password=PASSWORD):
    client.get("/sign-in")
    return client.form("/sign-in", login=login, password=password, code=code, then="/worklist")


def app_code(console, secret):
    return code_at(secret, console.world.clock.now())


def test_a_link_sets_up_a_password_and_an_app_and_works_once(console, acts):
    token = acts.invite("clerk")
    _, secret = acts.invited(token)
    with console.client() as client:
        page = client.get(f"/set-up/{token}")
        assert "<svg role" in page.text
        assert secret[:4] in page.text
        wrong = client.form(f"/set-up/{token}", password=PASSWORD, again=PASSWORD, code="000000")
        assert (wrong.status_code, "your app shows" in wrong.text) == (400, True)
        short = client.form(
            f"/set-up/{token}", password="short", again="short", code=app_code(console, secret)
        )
        assert "at least 12 characters" in short.text
        code = app_code(console, secret)
        right = client.form(f"/set-up/{token}", password=PASSWORD, again=PASSWORD, code=code)
        assert right.text.count('<li class="code">') == 10
        assert "is used, or too old" in client.get(f"/set-up/{token}").text


def test_a_link_is_too_old_after_three_days(console, acts):
    token = acts.invite("clerk")
    console.world.clock.turn(days=3, seconds=1)
    with console.client() as client:
        assert client.get(f"/set-up/{token}").status_code == 400


def test_password_and_code_let_in_and_lead_to_where_one_wanted(console, acts):
    secret, _ = set_up(console, acts)
    with console.client() as client:
        answer = sign_in(console, client, app_code(console, secret))
        assert (answer.status_code, answer.headers["location"]) == (303, "/worklist")
        assert client.get("/worklist").status_code == 200
    with console.hub.look() as look:
        assert "signed_in" in [event.kind for event in look.events("person", "clerk")]


@pytest.mark.parametrize(
    ("login", "password", "right_code"),
    [("clerk", "wrong password!", True), ("clerk", PASSWORD, False), ("nobody", PASSWORD, True)],
)
def test_whatever_is_wrong_the_page_says_the_same(console, acts, login, password, right_code):
    secret, _ = set_up(console, acts)
    with console.client() as client:
        code = app_code(console, secret) if right_code else "000000"
        answer = sign_in(console, client, code, login, password)
        assert answer.status_code == 400
        assert "The user name, password or code is not right" in answer.text
        assert client.get("/").status_code == 303


def test_a_code_is_good_once(console, acts):
    secret, _ = set_up(console, acts)
    code = app_code(console, secret)
    with console.client() as client, console.client() as other:
        assert sign_in(console, client, code).status_code == 303
        assert sign_in(console, other, code).status_code == 400


def test_a_code_to_recover_with_stands_once_for_the_app(console, acts):
    _, codes = set_up(console, acts)
    with console.client() as client, console.client() as other:
        assert sign_in(console, client, codes[3].upper()).status_code == 303
        assert sign_in(console, other, codes[3]).status_code == 400


def test_after_five_wrong_attempts_even_the_right_one_waits(console, acts):
    secret, _ = set_up(console, acts)
    with console.client() as client:
        for _ in range(5):
            sign_in(console, client, "000000")
        assert "too many attempts" in sign_in(console, client, app_code(console, secret)).text
        console.world.clock.turn(seconds=31)
        assert sign_in(console, client, app_code(console, secret)).status_code == 303


def test_an_address_that_tries_many_accounts_waits(console, monkeypatch):
    monkeypatch.setattr("hub.console.attempts.MOST", 4)
    with console.client() as client:
        for number in range(4):
            sign_in(console, client, "000000", login=f"nobody{number}")
        assert "too many attempts" in sign_in(console, client, "000000", login="viewer").text


def test_who_is_idle_or_in_for_long_signs_in_again(console):
    with console.client("clerk") as client:
        console.world.clock.turn(minutes=29)
        assert client.get("/account").status_code == 200
        console.world.clock.turn(minutes=31)
        assert client.get("/account").status_code == 303
    with console.client("clerk") as client:
        for _ in range(21):
            assert client.get("/account").status_code == 200
            console.world.clock.turn(minutes=29)
        assert client.get("/account").status_code == 303


def test_signing_out_everywhere_ends_every_session(console):
    with console.client("clerk") as here, console.client("clerk") as there:
        here.form("/account/sign-out-everywhere")
        assert [here.get("/account").status_code, there.get("/account").status_code] == [303, 303]


def test_who_is_closed_out_is_out_at_once_and_stays_out(console, acts):
    secret, _ = set_up(console, acts)
    with console.client("clerk") as client:
        acts.close("clerk", "left the council")
        assert client.get("/account").status_code == 303
        assert sign_in(console, client, app_code(console, secret)).status_code == 400


def test_who_is_taken_out_of_the_configuration_is_out_at_once(console):
    with console.client("clerk") as client:
        config = console.hub.services.config
        named = tuple(one for one in config.hub.people if one.login != "clerk")
        object.__setattr__(config, "hub", config.hub.model_copy(update={"people": named}))
        assert client.get("/account").status_code == 303


def test_over_tls_cookies_belong_to_this_host_alone(tmp_path):
    with served(tmp_path, fill=False, proxies=("127.0.0.1",)) as made, made.client() as client:
        answer = client.get("/sign-in", headers={"x-forwarded-proto": "https"})
        cookie = answer.headers["set-cookie"]
        assert cookie.startswith("__Host-feedhub_visit=")
        assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"))
        assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_passwords_are_kept_as_argon2id_with_what_rfc_9106_asks_at_least():
    assert DEAR.hash(PASSWORD).startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_a_password_is_neither_short_nor_ones_own_name():
    assert weakness("short", "clerk")
    assert weakness("my-clerk-password", "clerk")
    assert weakness("aaaaaaaaaaaaaa", "clerk")
    assert weakness(PASSWORD, "clerk") is None


def test_an_invitation_ends_what_was_there_and_nobody_invites_without_the_right(console, acts):
    from hub.errors import NotAllowed

    set_up(console, acts)
    with console.client("clerk") as client:
        acts.invite("clerk")
        assert client.get("/account").status_code == 303
    with pytest.raises(NotAllowed):
        SigningIn(console.acting("clerk").services).invite("viewer")


def test_what_somebody_hands_in_says_from_which_address(console):
    with console.client("clerk") as client:
        answer = client.form("/routes/little.payments/upload", file=("address.txt", b"ABC001+0000600\n"))
        id = answer.headers["location"].partition("?")[0].rpartition("/")[2]
    with console.acting("clerk").look() as look:
        put = look.transfer_events(id)[0]
    assert (put.kind, put.who, put.data["at"]) == ("put", "clerk", "127.0.0.1")
