"""Writes digits that a font raises as superscript digits: of `12` with the raised mark 1 it makes `12¹`.

As plain text the mark of a footnote would be one more digit of the number before it. In `m2` and `m3` the
digit stays: there it is no mark, and sheets in legacy encodings have letters in place of superscript ones.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from html import escape, unescape

_RAISED_DIGITS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")

_BEGIN, _END = re.compile(rb"<(?:\w+:)?r(?:\s[^<>]*)?>"), re.compile(rb"(</(?:\w+:)?r>)")
_STRING = re.compile(rb"<(?:\w+:)?(?:si|is)\b")
_RAISED = re.compile(rb"""<(?:\w+:)?vertAlign\b[^<>]*?\bval\s*=\s*["']superscript["']""")
_TEXT = re.compile(rb"(<(?:\w+:)?t(?:\s[^<>]*)?>)([^<]*)")


def raise_digits(text: str, before: str) -> str:
    """`text`, which a font raises, with superscript digits; `before` is the text before it."""
    is_unit = text.strip() in ("2", "3") and before[-1:] in ("m", "M")
    return text if is_unit else text.translate(_RAISED_DIGITS)


def raise_fonts(text: bytes, runs: Sequence[tuple[int, int]], raised: Collection[int]) -> str:
    """A string (UTF-16) with superscript digits in the runs, each with its start, that have a raised font."""
    parts = [text[: 2 * runs[0][0]]]
    for (start, font), (stop, _) in zip(runs, [*runs[1:], (len(text) // 2, 0)], strict=True):
        part = text[2 * start : 2 * stop]
        if font in raised:
            before = parts[-1].decode("utf-16-le", "surrogatepass")
            shown = raise_digits(part.decode("utf-16-le", "surrogatepass"), before)
            part = shown.encode("utf-16-le", "surrogatepass")
        parts.append(part)
    return b"".join(parts).decode("utf-16-le", "replace")


def _raise_xml(xml: bytes, before: bytes) -> bytes:
    text = unescape(xml.decode("utf-8", "replace"))
    return escape(raise_digits(text, before.decode("utf-8", "replace")), quote=False).encode()


def raise_runs(xml: bytes) -> bytes:
    """A part of an xlsx with superscript digits in the runs of rich text that a font raises."""
    if b"superscript" not in xml:
        return xml
    pieces, before = _END.split(xml), b""
    for at, piece in enumerate(pieces):
        if _STRING.search(piece):
            before = b""
        if _RAISED.search(piece):
            pieces[at] = _raise_last_run(piece, before)
        texts = _TEXT.findall(piece)
        before = texts[-1][1] if texts else before
    return b"".join(pieces)


def _raise_last_run(xml: bytes, before: bytes) -> bytes:
    """XML up to the end of a run, with superscript digits in this run if its font is raised."""
    starts = [found.end() for found in _BEGIN.finditer(xml)]
    if not starts or not _RAISED.search(xml, starts[-1]):
        return xml
    run = _TEXT.sub(lambda text: text[1] + _raise_xml(text[2], before), xml[starts[-1] :])
    return xml[: starts[-1]] + run


def raise_spans(xml: bytes, styles: frozenset[bytes]) -> bytes:
    """The content of an ods with superscript digits in the spans that have one of the raised `styles`."""
    if not styles:
        return xml
    names = b"|".join(map(re.escape, sorted(styles)))
    span = re.compile(
        rb'(?P<before>[mM]?)(?P<tags>(?:</text:span>)?<text:span\b[^<>]*\btext:style-name="(?:%s)"[^<>]*>)'
        rb"(?P<text>[^<]*)" % names
    )
    return span.sub(lambda found: found[1] + found[2] + _raise_xml(found[3], found[1]), xml)
