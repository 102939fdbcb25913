"""Reads when the program that wrote a workbook says that it saved it."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from datetime import UTC, datetime, timedelta

from flows.read.formats.container import ZIP_ERRORS, Container
from flows.read.formats.ole import read_stream
from flows.read.problems import RefusedError
from flows.root import HERE

_LARGEST = 1 << 20
# Of an xlsx or xlsb, of an ods: the part, and the element in it.
_PARTS = {
    Container.WORKBOOK: ("docProps/core.xml", re.compile(rb"<dcterms:modified\b[^>]*>\s*([^<]+?)\s*<")),
    Container.ODS: ("meta.xml", re.compile(rb"<dc:date\b[^>]*>\s*([^<]+?)\s*<")),
}
# Of a workbook that Excel saved as XML; it stands near the beginning.
_IN_XML, _NEAR = re.compile(rb"<(?:\w+:)?LastSaved>\s*([^<]+?)\s*<"), 1 << 14
_SUMMARY = "\x05SummaryInformation"
_LAST_SAVED, _FILETIME = 13, 64
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def read_saved(data: bytes, container: Container) -> datetime | None:
    """The moment of the last save that a workbook states itself; None if it states none that can be read."""
    try:
        if container in _PARTS:
            return _read_part(data, *_PARTS[container])
        if container is Container.MARKUP:
            return _read_moment(_IN_XML.search(data[:_NEAR]))
        return _read_summary(read_stream(data, _SUMMARY)) if container is Container.XLS else None
    except (*ZIP_ERRORS, RefusedError, struct.error, KeyError, OverflowError):
        # What a workbook says of itself is no reason to refuse it.
        return None


def _read_part(data: bytes, name: str, element: re.Pattern[bytes]) -> datetime | None:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        if package.getinfo(name).file_size > _LARGEST:
            return None
        return _read_moment(element.search(package.read(name)))


def _read_moment(found: re.Match[bytes] | None) -> datetime | None:
    if found is None:
        return None
    moment = datetime.fromisoformat(found[1].decode("ascii", "replace"))
    return moment if moment.tzinfo else moment.replace(tzinfo=HERE)


def _read_summary(stream: bytes) -> datetime | None:
    """The last save in a set of properties (specification MS-OLEPS)."""
    start = struct.unpack_from("<I", stream, 44)[0]
    for at in range(min(struct.unpack_from("<I", stream, start + 4)[0], 100)):
        name, offset = struct.unpack_from("<II", stream, start + 8 + 8 * at)
        if name == _LAST_SAVED:
            kind, ticks = struct.unpack_from("<IQ", stream, start + offset)
            return _EPOCH + timedelta(microseconds=ticks // 10) if kind == _FILETIME and ticks else None
    return None
