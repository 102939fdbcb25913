"""Puts together what one person is told: one letter an address, with a part for each unit and role."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from hashlib import blake2b

from flows.books.contacts import Contact
from flows.notify.chairman import write_week
from flows.notify.engineer import Concern, write_alarm
from flows.notify.owed import escalate
from flows.notify.parts import Part
from flows.notify.runs import Runs
from flows.notify.told import Letter, Memory, ToldBefore
from flows.notify.unit import write_digest
from flows.notify.view import ReleaseView
from schemas.notices import ROLES_AT_ANY_HOUR, SUBJECT, WHOLE, NoticeTimes, Role
from schemas.periods import is_working
from schemas.units import Commune


@dataclass(frozen=True, slots=True)
class News:
    """Everything that there is to tell on one day. `view` is the release of that day, None without one."""

    day: date
    commune: Commune
    view: ReleaseView | None
    runs: Runs
    concerns: Sequence[Concern]
    times: NoticeTimes


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address, and the contacts that have it."""

    address: str = field(repr=False)
    contacts: Sequence[Contact]

    def units(self, role: Role) -> list[str]:
        """The units in which this person has `role`."""
        return [one.unit for one in self.contacts if one.role == role]

    @property
    def roles(self) -> frozenset[Role]:
        """Everything that this person is."""
        return frozenset(one.role for one in self.contacts)


def list_recipients(contacts: Iterable[Contact]) -> list[Recipient]:
    """The contacts by address, in their order; capital letters don't matter."""
    by_address: dict[str, list[Contact]] = {}
    for one in contacts:
        by_address.setdefault(one.address.lower(), []).append(one)
    return [Recipient(same[0].address, same) for same in by_address.values()]


def may_tell(role: Role, now: datetime, times: NoticeTimes, commune: Commune) -> bool:
    """Whether `role` may be written to at this moment."""
    if role in ROLES_AT_ANY_HOUR:
        return True
    return times.begin <= now.time() < times.end and is_working(now.date(), commune.moved)


def write_letter(
    news: News, who: Recipient, roles: Iterable[Role], alone: frozenset[str], told: ToldBefore, token: str
) -> Letter | None:
    """The letter to one person in these of his roles; None if nothing changed for him.

    Args:
        news: What there is to tell.
        who: The person.
        roles: The roles in which he may be told now.
        alone: Units without a contact that hands in: their heads get the digest.
        told: What he was told before.
        token: Stands for him in the book.
    """
    parts = [part for part in _list_parts(news, who, frozenset(roles), alone, told) if part is not None]
    if not parts:
        return None
    taken = _take(parts)
    keys = sorted({key for part in taken for key in part.keys})
    memory = {unit: said for part in taken for unit, said in part.memory.items()}
    day = news.day.isoformat()
    name = _make_id(token, day, keys, memory)
    rest = len(parts) - len(taken)
    text = "\n".join(
        [
            *(
                "\n".join([part.title, *part.lines, ""] if part.title else [*part.lines[1:], ""])
                for part in taken
            ),
            *([f"Còn {rest} phần nữa, ở thư sau.", ""] if rest else []),
            "--",
            f"Thư tự động từ dữ liệu của {news.commune.name}; không có dữ liệu cá nhân.",
            f"Mã thư: {name}. Hai thư cùng mã là một thư được gửi lại.",
            "",
        ]
    )
    return Letter(name, token, day, _make_subject(news.commune, taken), text, keys, memory)


def _list_parts(
    news: News, who: Recipient, roles: frozenset[Role], alone: frozenset[str], told: ToldBefore
) -> Iterator[Part | None]:
    if "ky_su" in roles:
        yield write_alarm(news.runs, news.concerns, told, news.day)
    view = news.view
    if view is None:
        return
    if "chu_tich" in roles:
        yield write_week(view, told, news.times)
        yield escalate(view, [unit.name for unit in news.commune.units], "chu_tich", told)
    heads = who.units("truong") if "truong" in roles else []
    own = [*(who.units("nguoi_nop") if "nguoi_nop" in roles else []), *(one for one in heads if one in alone)]
    yield escalate(view, [unit for unit in heads if unit not in own], "truong", told)
    for unit in dict.fromkeys(own):
        yield write_digest(view, unit, told)


def _take(parts: Sequence[Part]) -> Sequence[Part]:
    """The first parts, as many as a letter may hold, at least one. The others are not told yet."""
    size = 0
    for at, part in enumerate(parts):
        size += sum(map(len, part.lines)) + len(part.title)
        if size > WHOLE and at:
            return parts[:at]
    return parts


def _make_subject(commune: Commune, parts: Sequence[Part]) -> str:
    rest = f" và {len(parts) - 1} phần nữa" if len(parts) > 1 else ""
    head = f"[{commune.name}] "
    subject = f"{head}{parts[0].subject[: SUBJECT - len(head) - len(rest)]}{rest}"
    # A name in `xa.toml` may hold the end of a line, which would begin another header.
    return " ".join(subject.split())


def _make_id(token: str, day: str, keys: Sequence[str], memory: Mapping[str, Memory]) -> str:
    said = json.dumps([token, day, keys, memory], sort_keys=True)
    return blake2b(said.encode(), digest_size=8).hexdigest()
