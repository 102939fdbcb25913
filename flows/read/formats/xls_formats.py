"""Finds in an .xls the cells whose number format may show another number than they store (MS-XLS)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flows.read.number_formats import PERCENT_FORMATS, may_differ

_FORMAT, _XF, _SEVERAL = 0x41E, 0xE0, 0xBD
_WIDE = 0x01

Record = tuple[int, bytes]


def read_formats(records: Sequence[Record]) -> Mapping[int, str]:
    """The format of each cell style that may show another number, from the records of a workbook."""
    codes = dict(PERCENT_FORMATS)
    for kind, body in records:
        if kind == _FORMAT and len(body) >= 5:
            text = body[5:].decode("utf-16-le" if body[4] & _WIDE else "latin-1", "replace")
            codes[int.from_bytes(body[:2], "little")] = text
    telling = {number: code for number, code in codes.items() if may_differ(code)}
    styles = (int.from_bytes(body[2:4], "little") for kind, body in records if kind == _XF)
    return {at: telling[number] for at, number in enumerate(styles) if number in telling}


@dataclass(slots=True)
class FormatsScan:
    """Collects the formats of a sheet's cells (`found`), record by record; `by_style` are those that tell."""

    by_style: Mapping[int, str]
    found: dict[int, dict[int, str]] = field(default_factory=dict)

    def see_cell(self, kind: int, body: bytes, row: int, column: int) -> None:
        """Look at a cell with content; `column` is the last one if the record holds several."""
        first = int.from_bytes(body[2:4], "little") if kind == _SEVERAL else column
        for each in range(first, column + 1):
            at = 4 + 6 * (each - first)
            code = self.by_style.get(int.from_bytes(body[at : at + 2], "little"))
            if code is not None:
                self.found.setdefault(each, {})[row] = code
