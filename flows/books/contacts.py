"""Reads who is to be told: the contacts that a root lists in `lien_he.csv`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from schemas.declared import lines
from schemas.notices import ROLES, ROLES_OF_UNITS, Role
from schemas.units import Commune

#: The columns of the file.
COLUMNS = ("don_vi", "ten", "dia_chi", "vai_tro", "tu_ngay")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_DATES = ("%Y-%m-%d", "%d/%m/%Y")
_ROLE_OF: Mapping[str, Role] = {
    said.casefold(): role for role, title in ROLES.items() for said in (role, title)
}


@dataclass(frozen=True, slots=True)
class Contact:
    """One line of the list: who has a `role` in a `unit` (empty: the whole commune) from `since` on."""

    line: str
    unit: str
    name: str = field(repr=False)
    address: str = field(repr=False)
    role: Role
    since: date


@dataclass(frozen=True, slots=True)
class Contacts:
    """The contacts of a root, and a Vietnamese sentence for each line that can't be used."""

    lines: Sequence[Contact] = ()
    faults: Sequence[str] = ()

    def on(self, day: date) -> list[Contact]:
        """Those of `day`: of a unit's role the line that began last, or the lines that began on that day."""
        begun = [one for one in self.lines if one.since <= day]
        last: dict[tuple[str, Role], date] = {}
        for one in begun:
            last[one.unit, one.role] = max(one.since, last.get((one.unit, one.role), one.since))
        return [one for one in begun if one.since == last[one.unit, one.role]]

    def list_senders(self, day: date) -> dict[str, set[str]]:
        """The units for which each address may hand in on `day`, by the address in lower case."""
        senders: dict[str, set[str]] = {}
        for one in self.on(day):
            if one.role in ROLES_OF_UNITS:
                senders.setdefault(one.address.lower(), set()).add(one.unit)
        return senders


def read_contacts(path: Path, commune: Commune) -> Contacts:
    """The contacts in the file at `path`; none without it. Lines that can't be used leave the others usable.

    Raises:
        DeclarationError: the file is not CSV in UTF-8, is empty, or lacks a column.
    """
    if not path.exists():
        return Contacts()
    found: list[Contact] = []
    faults: list[str] = []
    for where, row in lines(path.name, path.read_bytes(), COLUMNS):
        one = _read_line(where, row, commune)
        if isinstance(one, str):
            faults.append(f"{where}: {one}")
        elif twin := _find_twin(one, found):
            faults.append(f"{where}: trùng với {twin.line}.")
        else:
            found.append(one)
    return Contacts(found, faults)


def _find_twin(one: Contact, found: Iterable[Contact]) -> Contact | None:
    same = (one.unit, one.role, one.address.lower(), one.since)
    return next((old for old in found if (old.unit, old.role, old.address.lower(), old.since) == same), None)


def _read_line(where: str, row: Mapping[str, str], commune: Commune) -> Contact | str:
    """The contact of a line, or what is wrong with it; what was typed is personal and never repeated."""
    role, since = _ROLE_OF.get(row["vai_tro"].casefold()), _read_day(row["tu_ngay"])
    if role is None:
        return f"vai_tro phải là một trong: {', '.join(ROLES)}."
    if role in ROLES_OF_UNITS and commune.unit(row["don_vi"]) is None:
        return (
            "don_vi không phải đơn vị nào của xã; ghi mã đơn vị như tên thư mục nộp tệp, ví dụ T01, cong_an."
        )
    if role not in ROLES_OF_UNITS and row["don_vi"]:
        return f"{ROLES[role]} là của cả xã: để trống don_vi."
    if not _ADDRESS.fullmatch(row["dia_chi"]):
        return "dia_chi không phải địa chỉ thư điện tử, ví dụ thon1@example.org."
    if since is None:
        return "tu_ngay phải là ngày, ví dụ 2026-11-01 hoặc 01/11/2026; để trống nếu từ trước tới nay."
    return Contact(where, row["don_vi"], row["ten"], row["dia_chi"], role, since)


def _read_day(typed: str) -> date | None:
    """The day that was typed; the first of all days where nothing was."""
    if not typed:
        return date.min
    for form in _DATES:
        try:
            return datetime.strptime(typed, form).date()
        except ValueError:
            continue
    return None
