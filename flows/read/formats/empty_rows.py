"""Leaves rows without content out of a worksheet while it is unpacked.

Whoever draws borders over whole columns makes a million rows of formatted, empty cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

# Fewer empty rows than fill a piece cost little.
_PIECE = 1 << 18
_ROW = b'<row r="'
# Almost all content has this tag, which is found sooner than the next pattern.
_VALUE = b"<v>"
_NOT_OF_EMPTY_CELLS = re.compile(rb'<(?!c[ />]|/c>|/row>|row r="\d{1,7}")')
_HIDDEN = b"hidden"


def read_without_empty_rows(part: IO[bytes]) -> tuple[bytes, bool]:
    """The XML of a worksheet without blocks of empty rows, and whether some were left out.

    Every block but the first begins with a row that states its number, so the rows that are kept keep theirs.
    """
    kept: list[bytes] = []
    left_out = False
    for block in _split(part):
        if _is_empty(block):
            left_out = True
        else:
            kept.append(block)
    return b"".join(kept), left_out


def _split(part: IO[bytes]) -> Iterator[bytes]:
    """The XML in blocks of whole rows, of about the size of a piece or of a longer row."""
    block: list[bytes] = []
    rest = b""
    while piece := part.read(_PIECE):
        rest += piece
        end = rest.rfind(_ROW, 1)
        whole = end > 0
        if not whole:
            # The tag of the next row may have begun.
            end = max(len(rest) - len(_ROW) + 1, 0)
        block.append(rest[:end])
        rest = rest[end:]
        if whole:
            yield b"".join(block)
            block = []
    yield b"".join([*block, rest])


def _is_empty(block: bytes) -> bool:
    """Whether a block has only visible rows that state their numbers, with empty cells."""
    return (
        block.startswith(_ROW)
        and _VALUE not in block
        and _HIDDEN not in block
        and not _NOT_OF_EMPTY_CELLS.search(block)
    )
