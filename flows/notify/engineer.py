"""Writes what the engineer must know: runs that went wrong or did not happen, and what is in danger."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flows import words
from flows.books.contacts import Contacts
from flows.collect.folder import look_through
from flows.collect.sources.memory import read_memory
from flows.mend.health import check_health, find_unowned_folders
from flows.mend.result import count_damages
from flows.notify.owed import count_late
from flows.notify.parts import Part, make_list
from flows.notify.runs import Runs, tell_runs
from flows.notify.told import ToldBefore, make_key
from flows.notify.view import ReleaseView
from flows.root import Root, read_own_settings
from schemas.notices import LISTED, ROLES_OF_UNITS, SILENT
from schemas.units import Commune


@dataclass(frozen=True, slots=True)
class Concern:
    """Something that stays until somebody sees to it; told once, and once more when it is over.

    `about` names it in a letter that says that it is over.
    """

    key: str
    about: str
    text: str


def list_concerns(
    root: Root, commune: Commune, contacts: Contacts, view: ReleaseView | None, day: date
) -> list[Concern]:
    """What is in danger in the root, who sends nothing, and who can't be told."""
    silent = [] if view is None else _list_silent(view)
    return [
        *_look_at_root(root, commune),
        *_look_at_sources(root),
        *silent,
        *_look_at_contacts(contacts, commune, day),
    ]


def make_concern(about: str, text: str, *key: object) -> Concern:
    """A concern that is the same as long as its `key` is, without one as long as it says the same."""
    return Concern(make_key("lo", about, *(key or (text,))), about, text)


def _look_at_root(root: Root, commune: Commune) -> Iterator[Concern]:
    """What `doctor` finds, without the names of files, which may name people."""
    for good, sentence in check_health(root):
        if not good:
            yield make_concern("Thư mục của xã", f"{sentence}.", re.sub(r"\d+", "", sentence))
    if found := count_damages(root):
        text = f"{words.number(found)} chỗ hỏng. Xem: dulieuxa status; sửa: dulieuxa doctor --fix."
        yield make_concern("Những gì đã lưu", text, found)
    if obstacles := len(look_through(root.inbox)[1]):
        text = f"{words.number(obstacles)} tệp ở raw/inbox không nhận được. Xem: dulieuxa doctor."
        yield make_concern("Tệp không nhận được", text, obstacles)
    if strange := len([*find_unowned_folders(root, frozenset(unit.name for unit in commune.units))]):
        text = f"{words.number(strange)} thư mục ở raw/inbox không của đơn vị nào. Xem: dulieuxa doctor."
        yield make_concern("Thư mục lạ", text, strange)


def _look_at_sources(root: Root) -> Iterator[Concern]:
    """Sources that failed last, and how many files lie there that were not taken; names may name people."""
    for each in read_own_settings(root).sources:
        memory, about = read_memory(root, each.name), f"Nguồn {each.title}"
        if memory.trouble:
            yield make_concern(about, f"{about}: {memory.trouble}. Xem: dulieuxa doctor.", memory.trouble)
        if count := len(memory.untaken):
            text = f"{about}: {words.number(count)} tệp hoặc thư không lấy được. Xem: dulieuxa doctor."
            yield make_concern(f"Tệp ở {each.title}", text, *memory.untaken)


def _list_silent(view: ReleaseView) -> Iterator[Concern]:
    """Units that owe something and sent no file for long: perhaps their way of sending is broken."""
    since = view.as_of - SILENT
    silent = []
    for unit in view.names.commune.units:
        came = view.unit(unit.name).came
        last = max((datetime.fromisoformat(row["received"]).date() for row in came), default=None)
        if count_late(view, unit.name, view.as_of) and (last is None or last < since):
            silent.append(unit.name)
    if silent:
        said = f"{len(silent)} đơn vị còn thiếu báo cáo và không gửi tệp nào trong {SILENT.days} ngày"
        text = f"{said}: {_name(silent)}."
        yield make_concern("Nguồn im lặng", text, *silent)


def _look_at_contacts(contacts: Contacts, commune: Commune, day: date) -> Iterator[Concern]:
    for fault in contacts.faults:
        yield make_concern("Danh sách liên hệ", fault, fault)
    reached = {one.unit for one in contacts.on(day) if one.role in ROLES_OF_UNITS}
    if alone := [unit.name for unit in commune.units if unit.name not in reached]:
        text = f"{len(alone)} đơn vị chưa có người liên hệ nên không được nhắc: {_name(alone)}."
        yield make_concern("Đơn vị chưa có người liên hệ", text, *alone)


def _name(units: Sequence[str]) -> str:
    rest = len(units) - LISTED
    return f"{', '.join(units[:LISTED])}{f' và {rest} đơn vị nữa' if rest > 0 else ''}"


def write_alarm(runs: Runs, concerns: Sequence[Concern], told: ToldBefore, day: date) -> Part | None:
    """What the engineer was not told yet; None if there is nothing."""
    known: dict[str, str] = told.memory.get("", {}).get("concerns", {})
    now = {one.key: one.about for one in concerns}
    new_runs = [(key, text) for key, text in tell_runs(runs, told) if key not in told.keys]
    new = [one for one in concerns if one.key not in known]
    over = sorted({*known.values()} - {*now.values()})
    if not new_runs and not new and not over:
        return None
    lines = [
        *make_list("LƯỢT CHẠY", [text for _, text in new_runs], "lượt chạy"),
        *make_list("CẦN XEM", [one.text for one in new], "việc"),
        *make_list("ĐÃ HẾT", [f"{about}: không còn như đã báo." for about in over], "việc"),
    ]
    subject = new_runs[-1][1].split(":")[0] if new_runs else f"{len(new)} việc cần xem" if new else "đã ổn"
    title = f"Gửi kỹ sư của xã, ngày {words.day(day)}:"
    return Part(title, subject, lines, [key for key, _ in new_runs], {"": {"concerns": now}})
