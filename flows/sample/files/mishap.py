"""What can go wrong with a whole form, as against single cells of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mishap:
    """`without` a column, with one `twice`, with a `strange` heading, with a total off in `wrong_total`."""

    without: str = ""
    twice: str = ""
    strange: str = ""
    wrong_total: str = ""


NONE = Mishap()
