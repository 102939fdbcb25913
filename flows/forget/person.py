"""Patterns for all the ways in which a person's number, names and phones may be typed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from unicodedata import normalize

#: What replaces a person's name or number within other text.
ERASED = "Đã xóa"

NUMBER_DIGITS = 12
LEAST_DIGITS = 8
_NATIONAL_DIGITS = 9
_APART = r"[\s.\-]?"
_SIGNS = r"[^\w]*"


def digits_of(text: str) -> str:
    """The digits of `text`."""
    return re.sub(r"\D", "", text)


def fold_name(name: str) -> str:
    """A name in lower case with single spaces. Tone marks stay: they distinguish people."""
    return " ".join(normalize("NFC", name).casefold().split())


@dataclass(frozen=True, repr=False)
class ForgottenPerson:
    """A person to erase. `number` has twelve digits; nobody else has these `names` and `phones`."""

    number: str
    names: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()

    @cached_property
    def itself(self) -> str:
        """Pattern of a cell that is just the number: its row is about this person."""
        return rf"^{_SIGNS}{self._number}(?:\.0)?{_SIGNS}$"

    @cached_property
    def phone_itself(self) -> str:
        """Pattern of a cell that is just one of the phones, with or without the leading zero."""
        phones = "|".join(rf"(?:\+?84{_APART}|0{_APART})?{_space(phone)}" for phone in self._phones)
        return rf"^{_SIGNS}(?:{phones}){_SIGNS}$" if phones else r"[^\s\S]"

    @cached_property
    def mentions(self) -> tuple[tuple[str, str], ...]:
        """Patterns of the number, phones and names within longer text, each with its replacement."""
        masked = f"{self.number[:3]}x{{5,10}}{self.number[-2:]}"
        numbers = [rf"(^|\D)(?:{self._number}|{masked})(\D|$)"]
        numbers += [rf"(^|\D)(?:\+?84{_APART}|0{_APART}){_space(phone)}(\D|$)" for phone in self._phones]
        names = [rf"(?i)(^|[^\w])(?:{_space_words(name)})([^\w]|$)" for name in self.names]
        return tuple((pattern, f"${{1}}{ERASED}${{2}}") for pattern in (*numbers, *names))

    @property
    def _number(self) -> str:
        # Spreadsheets drop leading zeros.
        return rf"(?:0{_APART}){{0,3}}{_space(self.number.lstrip('0'))}"

    @property
    def _phones(self) -> Iterable[str]:
        return (digits_of(phone)[-_NATIONAL_DIGITS:] for phone in self.phones)

    @cached_property
    def searches(self) -> tuple[re.Pattern[str], ...]:
        """`mentions`, to search with; that of the number comes first."""
        return tuple(re.compile(pattern) for pattern, _ in self.mentions)

    def seen_in(self, texts: Iterable[str]) -> bool:
        """Whether any of `texts` mentions this person."""
        return any(search.search(text) for text in texts for search in self.searches)

    def taken_out_of(self, text: str) -> str:
        """`text` with every mention of this person replaced."""
        for search in self.searches:
            text = search.sub(rf"\g<1>{ERASED}\g<2>", text)
        return text


def _space(digits: str) -> str:
    return _APART.join(digits)


def _space_words(name: str) -> str:
    return r"\s+".join(re.escape(word) for word in name.split())
