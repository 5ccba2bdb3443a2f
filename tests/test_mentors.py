"""A mentor's login: entries, cookies, throttle, CSRF; and /mentor without one."""

import base64
import hashlib
import io
import json
import re
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import gradio as gr
import gradio.oauth
import pytest
from argon2 import PasswordHasher
from fastapi import Request
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import TimestampSigner

from interviewer.__main__ import main
from interviewer.content import Content
from interviewer.desk import Desk
from interviewer.errors import AccessError, InputError
from interviewer.mentors import is_right, new_entry, parse_mentors
from interviewer.store import Store
from interviewer.throttle import Throttle
from interviewer.ui.app import build_app
from interviewer.ui.login import WRONG
from interviewer.ui.mentors import COOKIE, HOURS_12, Mentors, same_site
from tests.session_fakes import PhraseGrader, PhraseRunner

BANK = Content(Path(__file__).parent / "small_bank")
CHEAP = PasswordHasher(time_cost=1, memory_cost=64)  # the cost is read from the hash
ENTRIES = {"ann": CHEAP.hash("right horse"), "bob": CHEAP.hash("other horse")}
RIGHT = {"name": "ann", "password": "right horse"}
BROWSER = {"origin": "http://testserver", "accept": "text/html"}


def client_of(
    entries: Mapping[str, str] = ENTRIES, url: str = "http://testserver", **how: Any
) -> TestClient:
    desk = Desk(Store(), BANK, PhraseGrader(), PhraseRunner())
    return TestClient(build_app(desk, "secret", entries, **how), url, follow_redirects=False)


@pytest.fixture
def client() -> Iterator[TestClient]:
    with client_of() as client:
        yield client


def form_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))


def asked_by(cookie: str | None = None, **headers: str) -> gr.Request:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    sent |= {"cookie": f"{COOKIE}={cookie}"} if cookie else {}
    raw = [(name.encode(), value.encode()) for name, value in sent.items()]
    return gr.Request(Request({"type": "http", "headers": raw}))


def test_an_entry_goes_in_and_its_password_is_right() -> None:
    made = new_entry("ann", "right horse"), new_entry("bob.x", "other horse")
    found = parse_mentors(",".join(made))
    assert set(found) == {"ann", "bob.x"}
    assert is_right(found, "bob.x", "other horse")
    assert is_right(ENTRIES, "ann", "right horse")
    assert not is_right(ENTRIES, "ann", "other horse")
    assert not is_right(ENTRIES, "eve", "right horse")
    assert not is_right(ENTRIES, "ann", "right horse\ud800")


@given(st.lists(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,20}", fullmatch=True), unique=True))
def test_any_names_come_back_from_a_joined_list(names: list[str]) -> None:
    names = [name for name in names if name != "hf"]
    hashed = ENTRIES["ann"]
    joined = ",".join(f"{name}:{hashed}" for name in names)
    assert parse_mentors(joined) == dict.fromkeys(names, hashed)


def test_an_account_of_hugging_face_has_no_password() -> None:
    found = parse_mentors(f"hf:some-one, ann:{ENTRIES['ann']},")
    assert found == {"hf:some-one": "", "ann": ENTRIES["ann"]}
    assert not is_right(found, "hf:some-one", "")
    assert not is_right(found, "hf:some-one", "nobody has this password")


@pytest.mark.parametrize(
    "text", ["ann", "ann:", "ann:plain password", "ann:$argon2id$broken", ":x", "a b:x", "hf:a b"]
)
def test_an_entry_of_another_form_is_refused_untold(text: str) -> None:
    with pytest.raises(InputError, match="INTERVIEWER_MENTORS: found entry 1") as caught:
        parse_mentors(text)
    assert "plain password" not in str(caught.value)


def test_a_name_twice_is_refused() -> None:
    with pytest.raises(InputError, match="'ann' twice"):
        parse_mentors(f"ann:{ENTRIES['ann']},ann:{ENTRIES['bob']}")


def test_the_command_prints_an_entry_for_the_password_on_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("a long password\nnot this\n"))
    assert main(["mentor", "add", "carl"]) == 0
    entry = capsys.readouterr().out
    assert is_right(parse_mentors(entry), "carl", "a long password")


@pytest.mark.parametrize(
    ("name", "password"), [("carl", "short"), ("a:b", "long enough"), ("hf", "long enough")]
)
def test_the_command_refuses_a_bad_name_or_password(
    name: str, password: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(password))
    assert main(["mentor", "add", name]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert password not in told.err


def test_a_throttle_lets_go_of_old_tries_and_of_good_ones() -> None:
    now = [0.0]
    throttle = Throttle(2, 10.0, lambda: now[0])
    assert [throttle.take("a"), throttle.take("a"), throttle.take("b")] == [0, 0, 0]
    now[0] = 4.0
    assert throttle.take("a") == 6.0
    throttle.give_back("a")
    assert throttle.take("a") == 0
    now[0] = 10.5
    assert throttle.take("a") == 0


def test_a_cookie_ends_with_time_logout_password_and_name() -> None:
    now = [1e9]
    mentors = Mentors("secret", ENTRIES, lambda: now[0])
    cookie, other = mentors.new_cookie("ann"), mentors.new_cookie("ann")
    assert mentors.from_cookie(cookie) == "ann"
    assert Mentors("another", ENTRIES).from_cookie(cookie) is None
    changed = {"ann": ENTRIES["bob"]}
    for entries in (changed, {"bob": ENTRIES["bob"]}):
        assert Mentors("secret", entries, lambda: now[0]).from_cookie(cookie) is None
    mentors.end(cookie)
    assert (mentors.from_cookie(cookie), mentors.from_cookie(other)) == (None, "ann")
    now[0] += HOURS_12 + 1
    assert mentors.from_cookie(other) is None
    assert mentors.from_cookie("x") is mentors.from_cookie(None) is None


def test_a_handler_asks_for_the_cookie_and_where_the_call_comes_from() -> None:
    mentors = Mentors("secret", ENTRIES)
    cookie = mentors.new_cookie("ann")
    assert mentors.of(asked_by(cookie)) == "ann"
    assert mentors.of(asked_by(cookie, sec_fetch_site="same-origin")) == "ann"
    with pytest.raises(AccessError, match="for mentors"):
        mentors.of(asked_by())
    with pytest.raises(AccessError, match="another site"):
        mentors.of(asked_by(cookie, sec_fetch_site="cross-site"))
    with pytest.raises(AccessError, match="another site"):
        mentors.of(asked_by(cookie, origin="https://evil.example", host="us.example"))


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({}, True),
        ({"origin": "https://us.example", "host": "us.example"}, True),
        ({"origin": "https://us.example", "host": "inner", "x-forwarded-host": "us.example"}, True),
        ({"origin": "null", "host": "us.example"}, False),
        (
            {"sec-fetch-site": "same-site", "origin": "https://us.example", "host": "us.example"},
            False,
        ),
    ],
)
def test_where_a_call_comes_from(headers: dict[str, str], ours: bool) -> None:
    assert same_site(headers) is ours


def test_a_program_logs_in_and_out(client: TestClient) -> None:
    assert client.get("/mentor").status_code == 401
    told = client.post("/login", json=RIGHT)
    assert (told.status_code, told.json()["name"]) == (200, "ann")
    assert "HttpOnly" in told.headers["set-cookie"]
    assert client.get("/mentor").status_code == 303
    assert client.post("/logout").status_code == 403
    cookie = client.cookies[COOKIE]
    assert client.post("/logout", headers={"x-csrf-token": told.json()["csrf"]}).status_code == 303
    assert COOKIE not in client.cookies
    client.cookies.set(COOKIE, cookie)
    assert client.get("/mentor").status_code == 401, "a cookie kept after logging out"


def test_a_person_logs_in_and_out(client: TestClient) -> None:
    page = client.get("/mentor/review?session=abc", headers=BROWSER)
    assert page.status_code == 401
    fields = form_of(page.text)
    assert fields["next"] == "/mentor/review?session=abc"
    done = client.post("/login", data={**RIGHT, **fields}, headers=BROWSER)
    assert (done.status_code, done.headers["location"]) == (303, "/mentor/review?session=abc")
    page = client.get("/login", headers=BROWSER)
    assert "logged in as" in page.text
    done = client.post("/logout", data=form_of(page.text), headers=BROWSER)
    assert (done.status_code, done.headers["location"]) == (303, "/login")
    assert client.get("/mentor").status_code == 401


def test_a_form_of_another_page_does_not_log_in(client: TestClient) -> None:
    for headers in (BROWSER, {"sec-fetch-site": "cross-site"}, {"origin": "http://evil.example"}):
        assert client.post("/login", data=RIGHT, headers=headers).status_code == 403
    crossing = {"content-type": "application/json", "origin": "http://evil.example"}
    assert client.post("/login", json=RIGHT, headers=crossing).status_code == 403
    fields = form_of(client.get("/login").text)
    client.cookies.clear()  # the token of one browser in another
    assert client.post("/login", data={**RIGHT, **fields}, headers=BROWSER).status_code == 403


def test_a_token_of_any_text_is_refused_quietly(client: TestClient) -> None:
    fields = {**form_of(client.get("/login").text), "csrf": "é"}
    assert client.post("/login", data={**RIGHT, **fields}, headers=BROWSER).status_code == 403
    mentors = Mentors("secret", ENTRIES)
    assert not any(mentors.is_token("x", token) for token in ("é", "\ud800"))
    assert mentors.is_token("x", mentors.token("x"))


def test_a_wrong_password_and_an_unknown_name_look_alike(client: TestClient) -> None:
    answers = [
        client.post("/login", json={**RIGHT, **wrong})
        for wrong in ({"password": "wrong"}, {"name": "eve"}, {"name": ""})
    ]
    assert [a.status_code for a in answers] == [401] * 3
    assert {a.text for a in answers} == {'{"detail":"' + WRONG + '"}'}
    assert all("set-cookie" not in a.headers for a in answers)
    page = client.post("/login", data={"name": "<b>", "password": "x"})
    assert (page.status_code, WRONG in page.text) == (401, True)


@pytest.mark.parametrize("body", [b"[]", b"\xff", b"{" * 5000, b"x" * 20_000])
def test_a_body_that_is_no_login_is_refused(client: TestClient, body: bytes) -> None:
    headers = {"content-type": "application/json"}
    assert client.post("/login", content=body, headers=headers).status_code == 422


def test_too_many_wrong_tries_wait_and_good_ones_do_not(client: TestClient) -> None:
    for _ in range(12):
        assert client.post("/login", json=RIGHT).status_code == 200
    codes = [client.post("/login", json={**RIGHT, "password": "x"}).status_code for _ in range(11)]
    assert codes == [401] * 10 + [429]
    refused = client.post("/login", json=RIGHT)
    assert refused.status_code == 429
    assert 0 < int(refused.headers["retry-after"]) <= 300


def test_one_name_is_throttled_over_many_clients() -> None:
    with client_of(in_space=True) as client:
        codes = [
            client.post(
                "/login",
                json={**RIGHT, "password": "x"},
                headers={"x-forwarded-for": f"9.9.9.9, 10.0.0.{n}"},
            ).status_code
            for n in range(31)
        ]
    assert codes == [401] * 30 + [429]


def test_an_unknown_name_takes_as_long_as_a_known_one() -> None:
    entries = parse_mentors(new_entry("ann", "right horse"))

    def seconds(name: str) -> float:
        best = []
        for _ in range(3):
            start = time.perf_counter()
            is_right(entries, name, "wrong horse")
            best.append(time.perf_counter() - start)
        return min(best)

    seconds("warm")
    assert 0.4 < seconds("ann") / seconds("eve") < 2.5


@pytest.mark.parametrize(
    ("url", "in_space", "due"),
    [
        ("http://testserver", False, "SameSite=Lax"),
        ("https://testserver", False, "Secure; SameSite=Lax"),
        ("https://testserver", True, "Secure; SameSite=None; Partitioned"),
    ],
)
def test_the_cookie_fits_where_the_page_is_shown(url: str, in_space: bool, due: str) -> None:
    with client_of(url=url, in_space=in_space) as client:
        cookie = client.post("/login", json=RIGHT).headers["set-cookie"]
    assert cookie.endswith(f"Path=/; HttpOnly; Max-Age={HOURS_12}; {due}")


def test_after_a_login_nobody_is_sent_elsewhere(client: TestClient) -> None:
    for wanted in (
        "https://evil.example",
        "//evil.example",
        "/mentor//evil",
        "/\\evil",
        "/mentor/../x",
    ):
        done = client.post("/login", data={**RIGHT, "next": wanted})
        assert done.headers["location"] == "/mentor/review"


def test_everything_under_mentor_is_refused_before_a_login(client: TestClient) -> None:
    for path in ("", "/", "/review", "/review/config", "/studio", "/x/y", "/review/theme.css"):
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
            assert client.request(method, f"/mentor{path}").status_code == 401, (method, path)
    page = client.get("/mentor/review", headers=BROWSER).text
    assert 'id="login"' in page


def test_without_mentors_logins_are_off() -> None:
    with client_of({}) as client:
        page = client.get("/mentor/review", headers=BROWSER)
        assert (page.status_code, "logins are off" in page.text) == (401, True)
        assert "mentor add NAME" in client.get("/login").text
        assert client.post("/login", json=RIGHT).status_code == 401
        assert client.get("/").status_code == 200


def test_another_sites_page_does_not_reach_a_mentors_handlers(client: TestClient) -> None:
    client.post("/login", json=RIGHT)
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "http://evil.example"}):
        found = client.post("/mentor/review/gradio_api/queue/join", json={}, headers=headers)
        assert found.status_code == 403


def test_another_sites_page_does_not_act_as_a_candidate(client: TestClient) -> None:
    client.get("/")  # sets the owner's cookie
    call = {"data": [["dropout"], "practice"]}
    found = client.post(
        "/gradio_api/run/start", json=call, headers={"sec-fetch-site": "cross-site"}
    )
    assert found.status_code == 403
    assert client.post("/gradio_api/run/start", json=call).status_code == 200


# --- in a Space: only what does not need Hugging Face is tried, no login there has been made ----


def space(monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("SYSTEM", "spaces")
    monkeypatch.setenv("SPACE_ID", "someone/interviewer")
    for name in ("CLIENT_ID", "CLIENT_SECRET", "SCOPES"):
        monkeypatch.setattr(gradio.oauth, f"OAUTH_{name}", "a value of tests")
    monkeypatch.setattr(gradio.oauth, "OPENID_PROVIDER_URL", "https://huggingface.example")
    mentors = {**ENTRIES, "hf:some-one": ""}
    return client_of(mentors, "https://testserver", in_space=True, oauth=True)


def came_back_as(user: str, seconds: float = 100.0) -> dict[str, str]:
    """The cookie in which Gradio keeps who has logged in at Hugging Face."""
    info = {"userinfo": {"preferred_username": user}, "expires_at": time.time() + seconds}
    key = hashlib.sha256(b"a value of tests-v4").hexdigest()
    kept = base64.b64encode(json.dumps({"oauth_info": info}).encode())
    return {"cookie": f"session={TimestampSigner(key).sign(kept).decode()}"}


def test_a_space_offers_its_own_login(monkeypatch: pytest.MonkeyPatch) -> None:
    with space(monkeypatch) as client:
        assert "/login/huggingface?_target_url=/login/space" in client.get("/login").text
        done = client.get("/login/space", headers=came_back_as("some-one"))
        assert (done.status_code, done.headers["location"]) == (303, "/mentor/review")
        assert "SameSite=None; Partitioned" in done.headers["set-cookie"]
        assert client.get("/mentor").status_code == 303


def test_a_space_refuses_who_is_not_in_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    with space(monkeypatch) as client:
        for headers in ({}, came_back_as("ann"), came_back_as("some-one", -1.0), came_back_as("")):
            assert client.get("/login/space", headers=headers).status_code == 403
        forged = came_back_as("some-one")["cookie"].replace("session=", "session=A")
        assert client.get("/login/space", headers={"cookie": forged}).status_code == 403
        assert client.get("/mentor").status_code == 401


@pytest.mark.parametrize("asked_for", [False, True])
def test_elsewhere_there_is_no_such_login(asked_for: bool) -> None:
    with client_of(oauth=asked_for) as client:
        assert client.get("/login/space").status_code == 404
        assert client.get("/login/huggingface").status_code == 404
        assert "huggingface" not in client.get("/login").text
