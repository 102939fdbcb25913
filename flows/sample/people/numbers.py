"""Generates valid personal numbers, phone numbers and tax codes."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date

from stdnum.vn import mst

_HOME = "038"
_ELSEWHERE = ("001", "017", "030", "031", "033", "034", "036", "037", "040", "042", "066", "075", "079")
_PREFIXES = ("032", "033", "034", "035", "036", "037", "038", "039", "086", "096", "097", "098")
_OTHER_PREFIXES = ("081", "082", "083", "084", "085", "088", "091", "094", "070", "076", "077", "078", "090")


class Numbers:
    """Generates numbers, none of them twice. With `share` (k, n), their last six digits are k modulo n.

    So n communes generated independently have no personal number or tax code in common.
    """

    def __init__(self, rng: random.Random, share: tuple[int, int] = (0, 1)) -> None:
        self._rng = rng
        self._share = share
        self._given: set[str] = set()

    def personal(self, born: date, sex: str) -> str:
        """A 12-digit personal number that agrees with `born` and `sex` (Nghị định 137/2015 art. 13)."""
        century = 2 * (born.year // 100 - 19) + (sex == "Nữ")
        return self._fresh(self._personal(century, born.year % 100))

    def _personal(self, century: int, year: int) -> Iterator[str]:
        while True:
            province = _HOME if self._rng.random() < 0.92 else self._rng.choice(_ELSEWHERE)
            yield f"{province}{century}{year:02}{self._six_digits(first=1):06}"

    def phone(self) -> str:
        """A 10-digit mobile number."""
        return self._fresh(self._phones())

    def _phones(self) -> Iterator[str]:
        while True:
            prefixes = _PREFIXES if self._rng.random() < 0.7 else _OTHER_PREFIXES
            yield f"{self._rng.choice(prefixes)}{self._rng.randrange(10_000_000):07}"

    def tax(self) -> str:
        """A 10-digit tax code with its check digit; some name a branch."""
        return self._fresh(self._tax_codes())

    def _tax_codes(self) -> Iterator[str]:
        while True:
            body = f"280{self._six_digits():06}"
            code = body + mst.calc_check_digit(body)
            if mst.is_valid(code):
                yield code + ("-001" if self._rng.random() < 0.06 else "")

    def _six_digits(self, first: int = 0) -> int:
        rest, parts = self._share
        return rest + parts * self._rng.randrange(first if rest == 0 else 0, (999_999 - rest) // parts + 1)

    def _fresh(self, candidates: Iterator[str]) -> str:
        number = next(each for each in candidates if each not in self._given)
        self._given.add(number)
        return number
