"""Finds in an xlsx the cells whose number format may show another number than they store."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flows.read.formats import danger
from flows.read.formats.xlsx_parts import PartsPackage
from flows.read.formats.xml_tags import walk
from flows.read.number_formats import PERCENT_FORMATS, Formats, may_differ
from flows.read.sheet import index_of

# Groups of styles that have formats of their own, which are not those of cells.
_GROUPS = frozenset({"numFmts", "cellStyleXfs", "cellXfs", "cellStyles", "dxfs"})
# A quick test: whether any format has a percent sign, words, a scaling comma or an empty section.
_MAY_TELL = re.compile(rb"""numFmtId=["'](?:9|10)["']|formatCode=["'][^"']*(?:%|&|\\|,[^#0?]|;["';]|\[\$)""")
_ADDRESS = re.compile(rb'\br="([A-Z]+)(\d+)"')


def find_formats(package: PartsPackage) -> Mapping[int, str]:
    """The format of each cell style that may show another number; nothing in most workbooks."""
    xml = package.find("styles.xml")
    if not _MAY_TELL.search(xml):
        return {}
    danger.check_list_of_parts(xml)
    group, codes, numbers = "", dict(PERCENT_FORMATS), list[int]()

    def begun(name: str, attributes: Mapping[str, str]) -> None:
        nonlocal group
        if name in _GROUPS:
            group = name
        elif name == "xf" and group == "cellXfs":
            numbers.append(_read_id(attributes))
        elif name == "numFmt" and group == "numFmts":
            codes[_read_id(attributes)] = attributes.get("formatCode", "")

    walk(xml, begun)
    telling = {number: code for number, code in codes.items() if may_differ(code)}
    return {style: telling[number] for style, number in enumerate(numbers) if number in telling}


def _read_id(attributes: Mapping[str, str]) -> int:
    value = attributes.get("numFmtId", "")
    return int(value) if value.isdigit() and len(value) < 10 else 0


def find_formatted(xml: bytes, formats: Mapping[int, str]) -> Formats:
    """The cells of a sheet, by its normalised XML, that have one of `formats` (by style)."""
    found: dict[int, dict[int, str]] = {}
    styles = b"|".join(b"%d" % style for style in formats)
    for tag in re.finditer(rb'<c\s(?=[^<>]*\bs="(%s)")([^<>/]*)>' % styles, xml):
        if address := _ADDRESS.search(tag[2]):
            rows = found.setdefault(index_of(address[1].decode()), {})
            rows[int(address[2]) - 1] = formats[int(tag[1])]
    return found
