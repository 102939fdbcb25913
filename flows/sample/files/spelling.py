"""Types values as a clerk would: mixed date formats, lost zeros, odd spaces, old phone numbers."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from flows.sample.files.cells import Cell, Typed
from flows.sample.files.habits import Habits
from schemas.contract import Column
from schemas.reference import phone_prefixes
from schemas.units import Commune, Thon

_PREFIXES = ("Khu phố ", "Thôn ", "Phố ", "Làng ", "Bản ")
_NBSP = "\u00a0"
_OLD_PREFIX = {new: old for old, new in phone_prefixes().items()}


class Clerk:
    """Types the values of one file, some of them untidily."""

    def __init__(self, rng: random.Random, habits: Habits, commune: Commune) -> None:
        self._rng = rng
        self._habits = habits
        self._names = {place.code: spell_unambiguously(place, commune) for place in commune.thon}
        self._bare = Counter(_without_prefix(place.name).lower() for place in commune.thon)
        self._by_kind: Mapping[str, Callable[[Any], Cell]] = {
            "so_dinh_danh": self._number,
            "ho_ten": self._name,
            "ngay": self._date,
            "ngay_sinh": self._date,
            "so_luong": self._count,
            "so_thuc": self._measure,
            "so_tien": self._measure,
            "lua_chon": self._choice,
            "dien_thoai": self._phone,
            "thon": self._place,
            "ma": self._code,
            "van_ban": self._words,
        }

    def types(self, column: Column, value: Any, *, tidily: bool) -> Cell:
        """The cell for `value`; `tidily` in records with a planted fault, so that there is no second one."""
        if isinstance(value, Typed):
            return value.cell
        if column.kind.name == "co_khong":
            return self._answer(bool(value), worded=column.name in self._habits.worded)
        if value is None:
            return None
        if column.kind.name == "thon" and tidily:
            return self._names[value]
        if tidily:
            return f"{value:%d/%m/%Y}" if isinstance(value, date) else _as_it_is(value)
        return self._by_kind.get(column.kind.name, _as_it_is)(value)

    def section(self, code: str) -> str:
        """The name of the thôn in a section row."""
        return self._names[code].upper() if self._habits.shouted else self._names[code]

    def _now_and_then(self, share: float = 1.0) -> bool:
        return self._rng.random() < self._habits.untidy * share

    def _number(self, value: str) -> Cell:
        if self._now_and_then(0.6) and value[0] == "0" != value[1]:
            return value[1:] if self._habits.format == "csv" else int(value)
        if self._now_and_then(0.3):
            return f"{value[:3]} {value[3:6]} {value[6:]}"
        return self._add_odd_space(value, share=0.2)

    def _name(self, value: str) -> Cell:
        return self._add_odd_space(value.upper() if self._habits.capitals else value)

    def _words(self, value: str) -> Cell:
        return self._add_odd_space(value, share=0.5)

    def _add_odd_space(self, text: str, share: float = 1.0) -> str:
        if not self._now_and_then(share):
            return text
        odd = self._rng.choice((" ", "  ", _NBSP))
        return self._rng.choice(
            (text + odd, odd + text, text.replace(" ", "  ", 1), text.replace(" ", _NBSP, 1))
        )

    def _date(self, value: date | str | int) -> Cell:
        if not isinstance(value, date):
            return str(value) if self._rng.random() < 0.5 else value
        form = self._habits.dates
        if self._now_and_then():
            form = self._rng.choice(("short", "d-m-y", "d.m.y", "words", "iso"))
        if form == "true" and self._habits.format != "csv":
            return value
        return _DATE_FORMS.get(form, _DATE_FORMS["d/m/y"])(value)

    def _count(self, value: int) -> Cell:
        grouped = f"{value:,}".replace(",", ".")
        return grouped if self._habits.format != "csv" and self._now_and_then(2) else value

    def _measure(self, value: float) -> Cell:
        if self._habits.format == "csv":
            return f"{value:.1f}".replace(".", ",") if isinstance(value, float) else str(value)
        if not self._now_and_then(3):
            return value
        text = f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"
        return text.replace(",", "_").replace(".", ",").replace("_", ".")

    def _choice(self, value: str) -> Cell:
        if value.isdigit():
            return int(value) if self._rng.random() < 0.5 else value
        if self._now_and_then():
            return self._rng.choice((value.lower(), value.upper(), f" {value}", f"{value} "))
        return value

    def _answer(self, yes: bool, *, worded: bool) -> Cell:
        if worded:
            answers = ("Có", "có", "CÓ") if yes else ("Không", "không", "KHÔNG")
            return self._rng.choice(answers) if self._now_and_then() else answers[0]
        return ("X" if self._now_and_then() else "x") if yes else None

    def _phone(self, value: str) -> Cell:
        chance = self._rng.random()
        if chance < 0.05:
            return value[1:] if self._habits.format == "csv" else int(value)
        if chance < 0.09 and value[:3] in _OLD_PREFIX:
            return _OLD_PREFIX[value[:3]] + value[3:]
        if chance < 0.13:
            return f"+84{value[1:]}"
        if chance < 0.2:
            return f"{value[:4]}.{value[4:7]}.{value[7:]}"
        return f"{value[:4]} {value[4:7]} {value[7:]}" if chance < 0.25 else value

    def _place(self, code: str) -> Cell:
        name = self._names[code]
        bare = _without_prefix(name)
        if self._now_and_then(2) and " " in bare and self._bare[bare.lower()] == 1:
            return bare
        return code if self._now_and_then(0.5) else self._add_odd_space(name)

    def _code(self, value: str) -> Cell:
        return value.lower() if self._now_and_then(0.4) else self._add_odd_space(value, share=0.4)


_DATE_FORMS: Mapping[str, Callable[[date], str]] = {
    "d/m/y": lambda day: f"{day:%d/%m/%Y}",
    "short": lambda day: f"{day.day}/{day.month}/{day.year}",
    "d-m-y": lambda day: f"{day.day}-{day.month}-{day.year}",
    "d.m.y": lambda day: f"{day:%d.%m.%Y}",
    "words": lambda day: f"ngày {day.day} tháng {day.month} năm {day.year}",
    "iso": lambda day: day.isoformat(),
}


def _as_it_is(value: Cell) -> Cell:
    return value


def _without_prefix(name: str) -> str:
    return next((name.removeprefix(prefix) for prefix in _PREFIXES if name.startswith(prefix)), name)


def spell_unambiguously(place: Thon, commune: Commune) -> str:
    """The thôn's name, followed by its old commune if another thôn has the same name."""
    shared = sum(other.name == place.name for other in commune.thon) > 1
    return f"{place.name} ({place.old_commune})" if shared else place.name
