"""Decodes text files: UTF-8, UTF-16, Windows-1258, Windows-1252, or lines in several of them."""

from __future__ import annotations

import codecs
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from flows.read.formats.lines import Damage, LineFault, fault_of
from flows.read.legacy_fonts import UNICODE, WORD, read_word
from flows.read.problems import RefusedError

NO_TABLE = "Tệp là văn bản, không phải bảng. Gửi lại bảng ở dạng Excel (.xlsx) hoặc CSV."
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PIECE = 16 << 20
_SAMPLE = 4096
# Text has hardly any control characters, other formats have many.
_CONTROLS = bytes({*range(1, 32)} - {*b"\t\n\r\f\x1a"})
_LOST = "\ufffd".encode()
# A file with more zeros than this share has lost too much.
_MOST_ZEROS = 0.2


@dataclass(frozen=True, slots=True)
class DecodedText:
    """A text file in UTF-8 without byte order mark, each line ending in `\\n`, and its damaged lines."""

    data: bytes
    faults: Sequence[LineFault]


def as_utf8(data: bytes) -> bytes:
    """See `DecodedText.data`."""
    return decode_text(data).data


def decode_text(data: bytes) -> DecodedText:
    """Decode a text file; what can't be decoded becomes U+FFFD, and its line has a fault.

    Raises:
        RefusedError: it has binary data.
    """
    data, cut = _decode_unicode(data)
    data, faults = _unify_line_ends(data)
    if not _is_utf8(data):
        whole = _drop_cut_letter(data)
        if cut or _is_utf8(whole):
            cut |= len(whole) < len(data)
            data = whole
        if not _is_utf8(data):
            data, others = _decode_lines(data)
            faults += [fault_of(line, Damage.ENCODING) for line in others]
    data = data.replace(b"\0", _LOST) if b"\0" in data else data
    faults += [fault_of(line, Damage.LOST) for line in dict.fromkeys(_lines_with(data, _LOST))]
    if cut:
        last = data.count(b"\n") + (not data.endswith(b"\n"))
        faults.append(fault_of(last, Damage.CUT, held=not data.endswith(b"\n")))
    return DecodedText(data, faults)


def sniff(data: bytes) -> bytes:
    """The start of a file in UTF-8, without byte order mark and leading white space."""
    start = data[: 1 << 16]
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return start[len(mark) :].decode(encoding, "replace").lstrip("\ufeff").lstrip().encode()
    if order := _order_of_utf16(start[:_SAMPLE]):
        return start.decode(order, "replace").lstrip().encode()
    return start.lstrip(b" \t\r\n\f\v\0")


def _decode_unicode(data: bytes) -> tuple[bytes, bool]:
    """Decode UTF-16, take the byte order mark away; also whether the end of the file is missing."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            data = data[len(mark) :]
            return _without_zeros(data) if encoding == "utf-8" else _decode_utf16(data, encoding)
    if b"\0" not in data:
        return data, False
    if order := _order_of_utf16(data[:_SAMPLE]):
        return _decode_utf16(data, order)
    return _without_zeros(data)


def _decode_utf16(data: bytes, encoding: str) -> tuple[bytes, bool]:
    return data[: len(data) & ~1].decode(encoding, "replace").encode(), bool(len(data) & 1)


def _order_of_utf16(sample: bytes) -> str | None:
    """The encoding of bytes whose zeros are nearly all at even, or at odd places; None for others."""
    odd, even = sample[1::2].count(0), sample[::2].count(0)
    if max(odd, even) < len(sample) // 8 or min(odd, even) > len(sample) // 50 or not max(odd, even):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _without_zeros(data: bytes) -> tuple[bytes, bool]:
    """Text without the zeros behind its end, which stand for what was never written.

    Raises:
        RefusedError: so many bytes are no text that this is another format.
    """
    text = data.rstrip(b"\0")
    start = text[: 1 << 16]
    controls = len(start) - len(start.translate(None, _CONTROLS))
    zeros = text.count(0)
    if zeros and (controls > len(start) // 100 or zeros > _MOST_ZEROS * len(text)):
        raise RefusedError("tep.khong_phai_bang_tinh", NO_TABLE)
    # One zero behind the last line is how some programs end a text.
    ended = len(data) - len(text) == 1 and text.endswith(b"\n")
    return text, len(text) < len(data) and not ended


def _unify_line_ends(data: bytes) -> tuple[bytes, list[LineFault]]:
    """End each line in `\\n`; also the faults of single lines that end in a carriage return."""
    if b"\r" not in data:
        return data, []
    data = data.replace(b"\r\n", b"\n")
    lone, usual = data.count(b"\r"), data.count(b"\n")
    if not lone:
        return data, []
    odd = data.replace(b"\r\n", b"\n\n")
    data = data.replace(b"\r", b"\n")
    if lone > usual:
        return data, []
    return data, [fault_of(line, Damage.LINE_END) for line in _lines_with(odd, b"\r", ends=True)]


def _lines_with(data: bytes, what: bytes, *, ends: bool = False) -> Iterator[int]:
    """The line of each place of `what`; with `ends`, `what` ends a line itself."""
    line, before = 1, 0
    place = data.find(what)
    while place >= 0:
        line += data.count(b"\n", before, place)
        yield line
        line += ends
        before, place = place, data.find(what, place + len(what))


def _is_utf8(data: bytes) -> bool:
    place = 0
    while place < len(data):
        # A line is never cut: its last letter would be.
        end = (
            data.rfind(b"\n", place, place + _PIECE) + 1 or data.find(b"\n", place + _PIECE) + 1 or len(data)
        )
        try:
            pl.Series([data[place:end]], dtype=pl.Binary).cast(pl.String)
        except pl.exceptions.PolarsError:
            return False
        place = end
    return True


def _drop_cut_letter(data: bytes) -> bytes:
    """The text without the first bytes of a last letter whose other bytes are missing."""
    last = data[data.rfind(b"\n") + 1 :]
    try:
        read = codecs.utf_8_decode(last, "strict", False)[1]
    except UnicodeDecodeError:
        return data
    return data[: len(data) - len(last) + read]


def _decode_lines(data: bytes) -> tuple[bytes, list[int]]:
    """Decode text that is not all UTF-8, line by line; also the lines in another encoding than most."""
    lines = data.split(b"\n")
    guessed = {place: _guess(line) for place, line in enumerate(lines) if not line.isascii()}
    clear = Counter(found for found in guessed.values() if found in _CODE_PAGES)
    usual = max(_CODE_PAGES, key=lambda name: clear[name])
    encodings = {place: found or usual for place, found in guessed.items()}
    most = Counter(encodings.values()).most_common(1)[0][0]
    for place, found in encodings.items():
        if found != "utf-8":
            lines[place] = _decode_as(lines[place], found).encode()
        elif not _is_utf8(lines[place]):
            lines[place] = lines[place].decode("utf-8", "replace").encode()
    return b"\n".join(lines), [place + 1 for place, found in encodings.items() if found != most]


_CODE_PAGES = ("cp1258", "cp1252")


def _guess(line: bytes) -> str | None:
    """The encoding of one line; None if its words tell nothing."""
    replaced = line.decode("utf-8", "replace")
    lost = replaced.count("\ufffd")
    if lost == 0 or sum(not letter.isascii() for letter in replaced) > 2 * lost:
        return "utf-8"
    scores = {name: _count_vietnamese(_decode_as(line, name), name) for name in _CODE_PAGES}
    one, two = scores.values()
    return None if one == two else max(scores, key=lambda name: scores[name])


def _decode_as(line: bytes, encoding: str) -> str:
    return unicodedata.normalize("NFC", line.decode(encoding, "replace"))


def _count_vietnamese(text: str, encoding: str) -> int:
    """The number of words with accents that are Vietnamese; legacy fonts lie within Windows-1252."""
    found: Sequence[Mapping[str, str]] = [read_word(word) for word in WORD.findall(text)]
    return sum(UNICODE in readings or (encoding == "cp1252" and bool(readings)) for readings in found)
