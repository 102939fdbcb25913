"""Counts the ambiguous columns that are read wrongly in silence, and those asked about without need.

Two lines a kind: name, columns at fault, columns looked at, ratio.
A new kind is a module `ambiguous_*.py` and an entry of `KINDS`.

Usage: python benchmarks/ambiguous.py [COLUMNS] [KIND...]
"""

from __future__ import annotations

import sys
from collections.abc import Mapping

from ambiguity import Ambiguity, score
from ambiguous_dates import DATES
from ambiguous_fonts import FONTS
from ambiguous_numbers import NUMBERS
from measuring import tell

COLUMNS = 20_000
#: The kinds of ambiguity, by the name on their lines.
KINDS: Mapping[str, Ambiguity] = {"so": NUMBERS, "phong_chu": FONTS, "ngay": DATES}


def main() -> None:
    """Print the lines of all kinds, or of those named."""
    columns, *names = sys.argv[1:] or [str(COLUMNS)]
    for name in names or KINDS:
        found = score(KINDS[name], int(columns))
        tell(f"{name}_sai_khong_bao", len(found.silent), found.columns)
        tell(f"{name}_hoi_thua", len(found.asked), found.decidable)


if __name__ == "__main__":
    main()
