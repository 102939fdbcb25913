"""Finds in an .xls what clerks do to cells besides typing: strike, raise, filter, comment (MS-XLS)."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from flows.read.clerk_marks import Cell, Comment, SheetMarks
from flows.read.formats.raised import raise_fonts
from flows.read.our_sheets import without_ours
from flows.read.sheet import letter_of

_FONT, _XF, _STRINGS, _CONTINUE = 0x31, 0xE0, 0xFC, 0x3C
_NOTE, _OBJECT, _TEXT_OBJECT, _FILTERED = 0x1C, 0x5D, 0x1B6, 0x9B
_SHARED_LABEL, _SEVERAL, _COLUMNS = 0xFD, 0xBD, 0x7D
_MOST_COLUMNS = 256
_STRIKE = 0x08
_SUPERSCRIPT = b"\x01\x00"
_WIDE, _PHONETIC, _RICH = 0x01, 0x04, 0x08

Record = tuple[int, bytes]


@dataclass(slots=True)
class MarkedFonts:
    """What the fonts of a workbook strike through or raise.

    Attributes:
        formats: The numbers of the cell formats that are struck.
        strings: The shared strings with struck words, and whether all their words are.
        raised: The shared strings with raised digits, these as superscript ones: `12¹`.
    """

    formats: frozenset[int] = frozenset()
    strings: Mapping[int, bool] = field(default_factory=dict)
    raised: Mapping[int, str] = field(default_factory=dict)

    @property
    def any(self) -> bool:
        """Whether anything in the workbook can be struck or raised."""
        return bool(self.formats or self.strings or self.raised)


def read_marked_fonts(records: Sequence[Record]) -> MarkedFonts:
    """What is struck or raised by the fonts that the records of a workbook declare."""
    fonts = [body for kind, body in records if kind == _FONT]
    # There is no font number 4: the fifth font has the number 5.
    struck = {at + (at >= 4) for at, body in enumerate(fonts) if len(body) > 2 and body[2] & _STRIKE}
    raised = {at + (at >= 4) for at, body in enumerate(fonts) if body[8:10] == _SUPERSCRIPT}
    if not struck and not raised:
        return MarkedFonts()
    formats = [body for kind, body in records if kind == _XF]
    found = frozenset(
        at
        for at, body in enumerate(formats)
        if len(body) > 2 and int.from_bytes(body[:2], "little") in struck
    )
    strings: dict[int, bool] = {}
    texts: dict[int, str] = {}
    for number, (text, runs) in enumerate(_read_strings(records)):
        fonts_of = {font for start, font in runs if start < len(text) // 2}
        if fonts_of & struck:
            strings[number] = bool(runs) and runs[0][0] == 0 and struck.issuperset(fonts_of)
        if fonts_of & raised:
            texts[number] = raise_fonts(text, runs, raised)
    return MarkedFonts(found, strings, texts)


def _read_strings(records: Sequence[Record]) -> Iterator[tuple[bytes, list[tuple[int, int]]]]:
    """The shared strings of a workbook (UTF-16), each with its runs of fonts."""
    start = next((at for at, (kind, _) in enumerate(records) if kind == _STRINGS), None)
    if start is None:
        return
    pieces = [records[start][1]]
    for kind, body in records[start + 1 :]:
        if kind != _CONTINUE:
            break
        pieces.append(body)
    yield from _StringReader(pieces).strings()


class _StringReader:
    """Reads the shared strings, which go on from one record to the next, in the midst of a string too."""

    def __init__(self, pieces: Sequence[bytes]) -> None:
        self._pieces = pieces
        self._at = self._place = 0

    def strings(self) -> Iterator[tuple[bytes, list[tuple[int, int]]]]:
        """Each string in UTF-16, and its runs of fonts: first character, number of the font."""
        try:
            count = int.from_bytes(self._take(8)[4:], "little")
            for _ in range(count):
                yield self._read_string()
        except IndexError:  # a damaged file; calamine says so where it matters
            return

    def _take(self, size: int) -> bytes:
        """The next `size` bytes; IndexError if there are none left."""
        taken = b""
        while size > len(taken):
            piece = self._pieces[self._at]
            part = piece[self._place : self._place + size - len(taken)]
            taken += part
            self._place += len(part)
            if size > len(taken):
                self._at, self._place = self._at + 1, 0
        return taken

    def _read_string(self) -> tuple[bytes, list[tuple[int, int]]]:
        length, flags = struct.unpack("<HB", self._take(3))
        runs = int.from_bytes(self._take(2), "little") if flags & _RICH else 0
        phonetic = int.from_bytes(self._take(4), "little") if flags & _PHONETIC else 0
        left, text = length, b""
        while left:
            if self._place == len(self._pieces[self._at]):
                self._at, self._place = self._at + 1, 1
                flags = self._pieces[self._at][0]
            size = 2 if flags & _WIDE else 1
            here = min(left, (len(self._pieces[self._at]) - self._place) // size)
            if not here:
                raise IndexError
            chars = self._pieces[self._at][self._place : self._place + here * size]
            # A string with narrow characters leaves out the upper byte of each, which is zero.
            text += chars if size == 2 else chars.decode("latin-1").encode("utf-16-le")
            self._place += here * size
            left -= here
        found = [struct.unpack("<HH", self._take(4)) for _ in range(runs)]
        self._take(phonetic)
        return text, [(first, font) for first, font in found]


@dataclass(slots=True)
class MarksScan:
    """Collects the marks of a sheet, record by record."""

    fonts: MarkedFonts
    raised: dict[Cell, str] = field(default_factory=dict)
    struck: set[Cell] = field(default_factory=set)
    words: set[Cell] = field(default_factory=set)
    filtered: bool = False
    hidden_columns: set[int] = field(default_factory=set)
    _notes: list[tuple[Cell, int]] = field(default_factory=list)
    _texts: dict[int, str] = field(default_factory=dict)
    _object: int = 0
    _characters: int = 0

    def see_cell(self, kind: int, body: bytes, row: int, column: int) -> None:
        """Look at a cell with content; `column` is the last one if the record holds several."""
        if kind == _SEVERAL:
            first = int.from_bytes(body[2:4], "little")
            for each in range(first, column + 1):
                at = 4 + 6 * (each - first)
                if int.from_bytes(body[at : at + 2], "little") in self.fonts.formats:
                    self.struck.add((row, each))
            return
        if int.from_bytes(body[4:6], "little") in self.fonts.formats:
            self.struck.add((row, column))
        if kind == _SHARED_LABEL:
            string = int.from_bytes(body[6:10], "little")
            if string in self.fonts.raised:
                self.raised[row, column] = self.fonts.raised[string]
            whole = self.fonts.strings.get(string)
            if whole is not None:
                (self.struck if whole else self.words).add((row, column))

    def see(self, kind: int, body: bytes) -> None:
        """Look at a record that is no cell."""
        if kind == _FILTERED:
            self.filtered = True
        elif kind == _COLUMNS and len(body) >= 10:
            first, last, _, _, flags = struct.unpack_from("<HHHHH", body)
            if flags & 1:
                self.hidden_columns |= {*range(first, min(last, _MOST_COLUMNS - 1) + 1)}
        elif kind == _OBJECT and len(body) >= 8:
            self._object = int.from_bytes(body[6:8], "little")
        elif kind == _TEXT_OBJECT and len(body) >= 12:
            self._characters = int.from_bytes(body[10:12], "little")
        elif kind == _CONTINUE and self._characters > 0 and body:
            text = body[1:].decode("utf-16-le" if body[0] & _WIDE else "latin-1", "replace")
            self._texts[self._object] = self._texts.get(self._object, "") + text[: self._characters]
            self._characters -= len(text)
        elif kind == _NOTE and len(body) >= 8:
            row, column, _, number = struct.unpack_from("<HHHH", body)
            self._notes.append(((row, column), number))

    def marks(self, hidden: frozenset[int]) -> SheetMarks:
        """The marks of the sheet; if it is filtered, a filter hides the `hidden` rows."""
        texts = ((cell, without_ours(self._texts.get(number, ""))) for cell, number in sorted(self._notes))
        comments = (Comment(f"{letter_of(column)}{row + 1}", text) for (row, column), text in texts if text)
        return SheetMarks(
            hidden if self.filtered else frozenset(),
            frozenset(self.struck - self.words),
            frozenset(self.words),
            tuple(comments),
            frozenset(self.hidden_columns),
        )
