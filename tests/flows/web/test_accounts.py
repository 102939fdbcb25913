"""Accounts: who may be one, first passwords, what ends a session, and how guessing is slowed down."""

from __future__ import annotations

import asyncio
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from typer.testing import CliRunner

from flows.cli.main import build_app
from flows.root import Root
from flows.web import accounts
from flows.web.accounts import AccountBook, AccountError, make_password, refuse_easy
from flows.web.app import build_web, open_desk
from flows.web.desk import is_our_path
from flows.web.sessions import CLOSED, IDLE, MOST_FROM, MOST_WRONG, WHOLE, LoginGuard, SessionBook

GOOD = "ba con meo tam the 77"


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AccountBook:
    monkeypatch.setattr(accounts, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    return AccountBook(Root(tmp_path))


class Time:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_first_password_works_until_the_owner_chose_one(book: AccountBook) -> None:
    first = book.add("lan.t01", "don_vi", "T01")
    assert book.check_password("lan.t01", first)
    assert not book.check_password("lan.t01", first + "x")
    assert not book.check_password("nobody", first)
    assert book.all()["lan.t01"].must_change
    changed = book.change_password("lan.t01", first, GOOD)
    assert not changed.must_change
    assert not book.check_password("lan.t01", first)
    again = book.reset("lan.t01")
    assert again != first
    assert book.all()["lan.t01"].must_change
    assert GOOD not in book.path.read_text()
    assert first not in book.path.read_text()
    assert book.path.stat().st_mode & 0o77 == 0


def test_what_cannot_be_an_account_is_refused(book: AccountBook) -> None:
    for name, role, unit in (
        ("Lan", "don_vi", "T01"),
        ("a", "ky_su", None),
        ("../a", "ky_su", None),
        ("lan", "quan_tri", None),
        ("lan", "don_vi", None),
        ("lan", "ky_su", "T01"),
    ):
        with pytest.raises(AccountError):
            book.add(name, role, unit)
    book.add("lan", "ky_su", None)
    with pytest.raises(AccountError):
        book.add("lan", "ky_su", None)
    for act in (book.reset, book.remove):
        with pytest.raises(AccountError):
            act("nobody")


def test_easy_passwords_are_refused() -> None:
    known = ("aaaaaaaaaaaa", "lan.t01-lan.t01", "12345678901", "MatKhau2026!", "old one 99")
    for easy in ("short", "x" * 200, *known):
        with pytest.raises(AccountError):
            refuse_easy(easy, "lan.t01", "old one 99")
    refuse_easy(GOOD, "lan.t01", "old one 99")
    assert len({make_password() for _ in range(200)}) == 200


def test_another_process_sees_a_change_at_once(book: AccountBook) -> None:
    book.add("lan", "ky_su", None)
    other = AccountBook(Root(book.path.parents[1]))
    assert other.find("lan")
    book.remove("lan")
    assert other.find("lan") is None


def test_a_session_ends_by_time_by_logout_and_by_a_change(book: AccountBook) -> None:
    book.add("lan", "ky_su", None)
    clock = Time()
    sessions = SessionBook(book, clock)
    account = book.all()["lan"]
    token = sessions.start(account)
    assert sessions.find(token)
    assert sessions.find(token + "x") is None
    assert sessions.find(None) is None
    clock.now += IDLE + 1
    assert sessions.find(token) is None
    token, began = sessions.start(account), clock.now
    while clock.now - began + IDLE / 2 <= WHOLE:
        clock.now += IDLE / 2
        assert sessions.find(token)
    clock.now += IDLE / 2
    assert sessions.find(token) is None
    token = sessions.start(account)
    sessions.end(token)
    assert sessions.find(token) is None
    token = sessions.start(account)
    book.reset("lan")
    assert sessions.find(token) is None


def test_guessing_closes_an_account_and_an_address_for_a_while() -> None:
    clock = Time()
    guard = LoginGuard(clock)
    for _ in range(MOST_WRONG):
        assert guard.wait("lan", "10.0.0.1") == 0
        guard.note_attempt()
        guard.note_wrong("lan", "10.0.0.1")
    assert guard.wait("lan", "10.0.0.2") > 0
    assert guard.wait("binh", "10.0.0.1") == 0
    for at in range(MOST_FROM):
        guard.note_wrong(f"name{at}", "10.0.0.1")
    assert guard.wait("binh", "10.0.0.1") > 0
    assert guard.wait("binh", "10.0.0.2") == 0
    clock.now += CLOSED + 1
    guard.note_attempt()
    assert guard.wait("lan", "10.0.0.1") == 0


@pytest.mark.parametrize(
    ("path", "ours"),
    [
        ("/", True),
        ("/nop/abc", True),
        ("//evil.example", False),
        ("/\\evil.example", False),
        ("https://evil.example", False),
        ("javascript:alert(1)", False),
        ("/\n/evil.example", False),
        ("", False),
        ("nop", False),
    ],
)
def test_only_paths_of_ours_are_followed(path: str, ours: bool) -> None:
    assert is_our_path(path) is ours


def test_the_command_makes_and_removes_accounts(tmp_path: Path) -> None:
    def user(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(build_app(), ["user", *words, "--root", str(tmp_path)])
        return done.exit_code, done.output

    code, said = user("add", "lan.t01", "--unit", "T01")
    assert code == 0
    assert AccountBook(Root(tmp_path)).check_password("lan.t01", said.split(": ")[-1].strip())
    assert "T01" in user("list")[1]
    assert user("add", "x", "--unit", "T99")[0] == 2
    assert user("add", "khong", "--role", "vua")[0] == 2
    assert user("reset", "khong_co")[0] == 2
    assert user("remove", "lan.t01")[0] == 0
    assert not AccountBook(Root(tmp_path)).all()


def test_cookies_stay_on_encrypted_lines(tmp_path: Path) -> None:
    page = build_web(open_desk(Root(tmp_path), secure=True))

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(page)
        async with httpx.AsyncClient(transport=transport, base_url="https://xa.example") as client:
            return await client.get("/vao")

    answer = asyncio.run(ask())
    assert answer.status_code == 200
    assert "Secure" in answer.headers["set-cookie"]
    assert answer.headers["strict-transport-security"]
    assert open_desk(Root(tmp_path), secure=True).cookie.startswith("__Host-")


def test_passwords_never_go_bare_over_the_network(tmp_path: Path) -> None:
    done = CliRunner().invoke(build_app(), ["web", "--host", "0.0.0.0", "--root", str(tmp_path)])
    assert done.exit_code == 2
    assert "--cert" in done.output
