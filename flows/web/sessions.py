"""Remembers who is logged in, and slows down who guesses passwords; all of it in memory."""

from __future__ import annotations

import hmac
import secrets
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from flows.web.accounts import Account, AccountBook

#: Seconds without a request after which a session ends, and after which it ends in any case.
IDLE, WHOLE = 60 * 60.0, 12 * 60 * 60.0
#: Wrong passwords for one account before it is closed for a while, and seconds for which it is.
MOST_WRONG, CLOSED = 5, 15 * 60.0
#: Wrong passwords from one address within `CLOSED` seconds, and attempts of all together within a minute.
MOST_FROM, MOST_AT_ONCE = 30, 120

Clock = Callable[[], float]


@dataclass(slots=True)
class Session:
    """One login: whose, with which hash of a password, its CSRF token, when it began and was last used."""

    name: str
    hash: str
    csrf: str
    began: float
    used: float


class SessionBook:
    """The sessions of this process; a token is only known by its hash."""

    def __init__(self, accounts: AccountBook, clock: Clock = time.monotonic) -> None:
        self._accounts = accounts
        self._clock = clock
        self._sessions: dict[str, Session] = {}

    def start(self, account: Account) -> str:
        """Log an account in; returns the token of the new session."""
        now = self._clock()
        self._sweep(now)
        token = secrets.token_urlsafe(32)
        self._sessions[_hash(token)] = Session(
            account.name, account.hash, secrets.token_urlsafe(32), now, now
        )
        return token

    def find(self, token: str | None) -> tuple[Session, Account] | None:
        """The session and its account; None if it ended, or the account changed or is gone."""
        key = _hash(token or "")
        session = self._sessions.get(key)
        if session is None:
            return None
        now, account = self._clock(), self._accounts.find(session.name)
        over = now - session.used > IDLE or now - session.began > WHOLE
        if over or account is None or account.hash != session.hash:
            del self._sessions[key]
            return None
        session.used = now
        return session, account

    def end(self, token: str | None) -> None:
        """End a session."""
        self._sessions.pop(_hash(token or ""), None)

    def _sweep(self, now: float) -> None:
        over = [
            key for key, one in self._sessions.items() if now - one.used > IDLE or now - one.began > WHOLE
        ]
        for key in over:
            del self._sessions[key]


@dataclass(slots=True)
class LoginGuard:
    """Counts wrong passwords by account and by address, and all attempts together."""

    clock: Clock = time.monotonic
    _wrong: dict[str, deque[float]] = field(default_factory=dict)
    _from: dict[str, deque[float]] = field(default_factory=dict)
    _all: deque[float] = field(default_factory=deque)

    def wait(self, name: str, address: str) -> float:
        """Seconds until this account may be tried from this address; 0 if now."""
        now = self.clock()
        waits = [
            _wait(self._wrong.get(name), MOST_WRONG, CLOSED, now),
            _wait(self._from.get(address), MOST_FROM, CLOSED, now),
            _wait(self._all, MOST_AT_ONCE, 60.0, now),
        ]
        return max(waits)

    def note_attempt(self) -> None:
        """Note that somebody tries."""
        now = self.clock()
        self._sweep(now)
        self._all.append(now)

    def note_wrong(self, name: str, address: str) -> None:
        """Note that the password was wrong. A whole office may have one address: it may err more often."""
        now = self.clock()
        self._wrong.setdefault(name, deque(maxlen=MOST_WRONG)).append(now)
        self._from.setdefault(address, deque(maxlen=MOST_FROM)).append(now)

    def note_right(self, name: str) -> None:
        """Note that the password was right: the count begins anew."""
        self._wrong.pop(name, None)

    def _sweep(self, now: float) -> None:
        while self._all and now - self._all[0] > 60.0:
            self._all.popleft()
        for book in (self._wrong, self._from):
            for key in [key for key, times in book.items() if now - times[-1] > CLOSED]:
                del book[key]


def _wait(times: deque[float] | None, most: int, within: float, now: float) -> float:
    if times is None or len(times) < most:
        return 0.0
    return max(0.0, times[-most] + within - now)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Whether two secrets are the same; takes as long either way."""
    return hmac.compare_digest(one.encode(), other.encode())
