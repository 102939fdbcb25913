"""One person as he may be typed: patterns for his number, his names and his phones."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from unicodedata import normalize

#: What stands where a person's name or number stood within other text.
ERASED = "Đã xóa"

NUMBER_DIGITS = 12
LEAST_DIGITS = 8
_NATIONAL_DIGITS = 9
_APART = r"[\s.\-]?"
_SIGNS = r"[^\w]*"


def digits_of(text: str) -> str:
    """The digits of `text` alone."""
    return re.sub(r"\D", "", text)


def fold_name(name: str) -> str:
    """A name in one case and with single spaces: tones stay, they tell people apart."""
    return " ".join(normalize("NFC", name).casefold().split())


@dataclass(frozen=True, repr=False)
class ForgottenPerson:
    """`number` has twelve digits; `names` and `phones` are those of nobody else in the commune's lists."""

    number: str
    names: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()

    @cached_property
    def itself(self) -> str:
        """A cell that is the number: its row is about this person."""
        return rf"^{_SIGNS}{self._number}(?:\.0)?{_SIGNS}$"

    @cached_property
    def phone_itself(self) -> str:
        """A cell that is a phone, its zero in front lost or not; never matches where there is none."""
        phones = "|".join(rf"(?:\+?84{_APART}|0{_APART})?{_spaced(phone)}" for phone in self._phones)
        return rf"^{_SIGNS}(?:{phones}){_SIGNS}$" if phones else r"[^\s\S]"

    @cached_property
    def mentions(self) -> tuple[tuple[str, str], ...]:
        """Patterns of the number, phones and names within longer text, each with what to put there."""
        masked = f"{self.number[:3]}x{{5,10}}{self.number[-2:]}"
        numbers = [rf"(^|\D)(?:{self._number}|{masked})(\D|$)"]
        numbers += [rf"(^|\D)(?:\+?84{_APART}|0{_APART}){_spaced(phone)}(\D|$)" for phone in self._phones]
        names = [rf"(?i)(^|[^\w])(?:{_worded(name)})([^\w]|$)" for name in self.names]
        return tuple((pattern, f"${{1}}{ERASED}${{2}}") for pattern in (*numbers, *names))

    @property
    def _number(self) -> str:
        # A spreadsheet takes the zeros in front away.
        return rf"(?:0{_APART}){{0,3}}{_spaced(self.number.lstrip('0'))}"

    @property
    def _phones(self) -> Iterable[str]:
        return (digits_of(phone)[-_NATIONAL_DIGITS:] for phone in self.phones)

    @cached_property
    def _searches(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(pattern) for pattern, _ in self.mentions)

    def seen_in(self, texts: Iterable[str]) -> bool:
        """Whether any of `texts` tells of this person."""
        return any(search.search(text) for text in texts for search in self._searches)

    def taken_out_of(self, text: str) -> str:
        """`text` without this person."""
        for search in self._searches:
            text = search.sub(rf"\g<1>{ERASED}\g<2>", text)
        return text


def _spaced(digits: str) -> str:
    return _APART.join(digits)


def _worded(name: str) -> str:
    return r"\s+".join(re.escape(word) for word in name.split())
