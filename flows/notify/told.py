"""Keeps what was said to whom, so that each change is told once, also after a crash.

The book `var/bao_tin.jsonl` has a line for each letter that a mail server took. It names no address: a person
is a token made with the root's key. Just before a letter is sent it is laid into `var/thu_dang_gui.json`. A
run that is killed in between leaves it there: nobody knows if the server took it, so the next run sends the
same letter again, under the same id. Telling twice is a nuisance, telling never is a silence.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any

from flows.books.book import tellings_of
from flows.books.seal import to_text, unseal
from flows.files import write_private
from flows.root import HERE, Root
from schemas.notices import OLDEST, RECENT

#: What is remembered of one unit, or of the commune under the empty name, to see next time what changed.
Memory = dict[str, Any]

# Every key stands for something that is told for `OLDEST` at most.
_KEPT = OLDEST + timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one person.

    Attributes:
        id: Names what it says to whom on which day; the same letter sent again has the same one.
        person: The token of the address.
        day: The day that it tells of, as ISO text.
        subject: Its subject.
        text: What it says.
        keys: What it tells once for all.
        memory: What it tells about each unit, to be compared with next time.
    """

    id: str
    person: str
    day: str
    subject: str
    text: str
    keys: Sequence[str]
    memory: Mapping[str, Memory]


@dataclass(frozen=True, slots=True)
class ToldBefore:
    """What one person was told: keys, the last memory of each unit and the day on which it was told."""

    keys: frozenset[str] = frozenset()
    memory: Mapping[str, Memory] = field(default_factory=dict)
    days: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BadDay:
    """A day whose run failed or was refused: `what` is `hong` or `tu_choi`, `why` a Vietnamese sentence."""

    day: date
    what: str
    why: str
    at: str


def make_key(*parts: object) -> str:
    """A short name for something to tell, always the same for the same `parts`."""
    return blake2b("\0".join(map(str, parts)).encode(), digest_size=6).hexdigest()


@dataclass(frozen=True, slots=True)
class Told:
    """The book of a root, read once."""

    lines: Sequence[Mapping[str, Any]]

    def to(self, person: str) -> ToldBefore:
        """What this person was told."""
        keys: set[str] = set()
        memory: dict[str, Memory] = {}
        days: dict[str, date] = {}
        for line in self.lines:
            if line.get("person") == person:
                keys.update(line["keys"])
                memory.update(line["memory"])
                days.update(dict.fromkeys(line["memory"], date.fromisoformat(line["day"])))
        return ToldBefore(frozenset(keys), memory, days)

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all letters that were sent."""
        return frozenset(line["id"] for line in self.lines if "id" in line)

    @property
    def bad_days(self) -> list[BadDay]:
        """The days that went wrong, oldest first."""
        return [
            BadDay(date.fromisoformat(line["day"]), line["bad"], line["why"], line["at"])
            for line in self.lines
            if "bad" in line
        ]

    @property
    def pinged(self) -> frozenset[str]:
        """The days after which the watching address was called."""
        return frozenset(line["day"] for line in self.lines if "ping" in line)

    def count_since(self, moment: datetime) -> int:
        """How many letters were sent since then."""
        since = moment.isoformat(timespec="seconds")
        return sum("id" in line and line["at"] >= since for line in self.lines)

    @property
    def last(self) -> str | None:
        """When the last letter was sent, as ISO text."""
        return max((line["at"] for line in self.lines if "id" in line), default=None)


def read_told(root: Root) -> Told:
    """The book of the root."""
    return Told(tellings_of(root).read())


def note_sent(root: Root, letter: Letter, now: datetime) -> None:
    """Note that a mail server took the letter; its text is not kept. Old lines are left out."""
    said = {name: value for name, value in asdict(letter).items() if name not in ("subject", "text")}
    _add(root, said, now)


def note_bad_day(root: Root, day: date, what: str, why: str, now: datetime) -> None:
    """Note once that the run of `day` failed or was refused, and why."""
    known = [(bad.day, bad.what, bad.why) for bad in read_told(root).bad_days]
    if (day, what, why) not in known:
        _add(root, {"bad": what, "day": day.isoformat(), "why": why}, now)


def note_ping(root: Root, day: date, now: datetime) -> None:
    """Note that the watching address was called after the good day."""
    _add(root, {"ping": True, "day": day.isoformat()}, now)


def _add(root: Root, said: Mapping[str, Any], now: datetime) -> None:
    book, oldest = tellings_of(root), (now.date() - _KEPT).isoformat()
    kept = [line for line in book.read() if line.get("day", oldest) >= oldest]
    book.write([*kept, {**said, "at": now.isoformat(timespec="seconds")}])


def _in_flight(root: Root) -> Path:
    return root.state / "thu_dang_gui.json"


def lay_out(root: Root, letter: Letter) -> None:
    """Keep a letter that is about to be sent."""
    write_private(_in_flight(root), to_text(asdict(letter)).encode())


def clear_away(root: Root) -> None:
    """Forget the letter that was about to be sent: the server took it, or surely did not."""
    _in_flight(root).unlink(missing_ok=True)


def find_uncertain(root: Root, today: date) -> Letter | None:
    """The letter of the last days that a killed run may have sent or not; None if there is none."""
    try:
        said = unseal(json.loads(_in_flight(root).read_bytes()), must=True)
    except (OSError, ValueError, AttributeError):
        return None
    if said is None or date.fromisoformat(said["day"]) < today - RECENT:
        return None
    return Letter(**said)


def _trouble_file(root: Root) -> Path:
    return root.state / "bao_tin_hong.json"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What went wrong when people were told last, in sentences that name nobody.

    Attributes:
        since: When it began, as ISO text; empty if nothing is wrong.
        what: What kept everybody from being told.
        undelivered: The letters that the server did not take, by the token of the person.
        ping: Why the watching address could not be called.
    """

    since: str = ""
    what: Sequence[str] = ()
    undelivered: Mapping[str, str] = field(default_factory=dict)
    ping: str | None = None

    @property
    def sentences(self) -> tuple[str, ...]:
        """Everything that went wrong."""
        return (*self.what, *self.undelivered.values(), *([self.ping] if self.ping else []))


def note_trouble(root: Root, trouble: Trouble, now: datetime) -> None:
    """Keep what went wrong, and since when; nothing wrong removes the file."""
    if not trouble.sentences:
        _trouble_file(root).unlink(missing_ok=True)
        return
    since = read_trouble(root).since or now.isoformat(timespec="seconds")
    said = asdict(replace(trouble, since=since))
    write_private(_trouble_file(root), to_text(said, indent=1).encode())


def read_trouble(root: Root) -> Trouble:
    """What went wrong when people were told last."""
    try:
        said = unseal(json.loads(_trouble_file(root).read_bytes()), must=True)
    except (OSError, ValueError, AttributeError):
        return Trouble()
    return Trouble(**said) if said else Trouble()


def now_here() -> datetime:
    """The moment, in Vietnam's time zone."""
    return datetime.now(HERE)
