"""Finds in an ods the cells whose number format may show another number than they store."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from html import unescape

from flows.read.formats.ods_marks import find_styled
from flows.read.formats.ods_styles import InheritedStyles, read_attributes, read_style_parts
from flows.read.number_formats import Formats, may_differ

_FORMAT = re.compile(rb"<number:(number|percentage|currency)-style\b([^>]*)>(.*?)</number:\1-style>", re.S)
_STYLE = re.compile(rb"<style:style\b([^>]*)>")
_PIECE = re.compile(
    rb"<number:(?:text|currency-symbol)\b[^>]*>([^<]*)</number:|<number:(?:number|fraction|scientific-number)\b([^>]*)>"
    rb"|<style:map\b([^>]*)>"
)
_FACTOR = re.compile(rb'number:display-factor="(1(?:000)+)(?:\.0*)?"')
_PLACES = re.compile(rb'number:decimal-places="([0-9]{1,2})"')
_CONDITION = re.compile(r"value\(\)\s*(<=|>=|!=|<|>|=)\s*(-?[0-9.]+)")


def find_formats(archive: zipfile.ZipFile, content: bytes) -> Mapping[bytes, str]:
    """The format, as Excel writes it, of each cell style that may show another number."""
    parts = read_style_parts(archive, content)
    codes = {name: code for part in parts for name, code in _read_formats(part) if may_differ(code)}
    if not codes:
        return {}
    styles: InheritedStyles[bytes] = InheritedStyles()
    for head in (head for part in parts for head in _STYLE.findall(part)):
        given = read_attributes(head)
        styles.add(given, given.get(b"style:data-style-name"))
    return {name: codes[format_] for name, format_ in styles.resolve().items() if format_ in codes}


def _read_formats(xml: bytes) -> Iterator[tuple[bytes, str]]:
    """Name and code of each number format; a conditional one refers to others before it."""
    codes: dict[bytes, str] = {}
    for kind, head, body in _FORMAT.findall(xml):
        sections, code = [], ""
        for text, number, condition in _PIECE.findall(body):
            if condition:
                given = read_attributes(condition)
                when = _CONDITION.search(
                    unescape(given.get(b"style:condition", b"").decode("utf-8", "replace"))
                )
                other = codes.get(given.get(b"style:apply-style-name", b""))
                if when and other is not None:
                    sections.append(f"[{when[1].replace('!=', '<>')}{when[2]}]{other}")
            elif text:
                words = unescape(text.decode("utf-8", "replace"))
                percent = kind == b"percentage" and words.strip() == "%"
                code += "%" if percent else '"{}"'.format(words.replace('"', ""))
            else:
                factor, places = _FACTOR.search(number), _PLACES.search(number)
                decimals = "." + "0" * int(places[1]) if places and places[1] != b"0" else ""
                code += "0" + decimals + "," * (factor[1].count(b"000") if factor else 0)
        name = read_attributes(head).get(b"style:name", b"")
        codes[name] = code
        yield name, ";".join([*sections, code])


def find_formatted(body: bytes, formats: Mapping[bytes, str]) -> Formats:
    """The cells of a sheet, the XML of which is `body`, that have one of `formats` (by style)."""
    found: dict[int, dict[int, str]] = {}
    for code in dict.fromkeys(formats.values()):
        for row, column in find_styled(body, frozenset(name for name, own in formats.items() if own == code)):
            found.setdefault(column, {})[row] = code
    return found
