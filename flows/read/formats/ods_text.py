"""Rewrites the content of an ods so that calamine reads it: no indentation, line breaks, raised digits.

OpenDocument says that white space in a text counts as one space, that line breaks and tabs are elements, and
that white space between other elements means nothing (OpenDocument 1.3, part 3, 6.1.2). Calamine refuses
indented cells and drops both elements.
"""

from __future__ import annotations

import io
import re
import zipfile

from flows.read.formats.ods_styles import find_raised_styles
from flows.read.formats.raised import raise_spans

CONTENT = "content.xml"
# What stands between elements of the table, and around paragraphs.
_INDENTATION = re.compile(
    rb">[ \t\r\n]+"
    rb"(?=</?(?:table|office|draw|form|dc|calcext|loext):|</?text:(?:h|list|list-item|section)\b|<text:p\b)"
)
_BODY = b"<office:body"
_TEXT = re.compile(rb">([^<]*[\t\r\n][^<]*)(?=<)")
_SPACES = re.compile(rb"[ \t\r\n]+")
_ELEMENTS = tuple(
    (b"<text:" + name, re.compile(rb"<text:%s\b[^>]*?(?:/>|>\s*</text:%s>)" % (name, name)), shown)
    for name, shown in ((b"line-break", b"\n"), (b"tab", b"\t"))
)


def straighten(archive: zipfile.ZipFile) -> bytes | None:
    """The package with its content rewritten; None if that is not needed.

    Raises:
        KeyError: it has no content.
    """
    before = archive.read(CONTENT)
    after = raise_spans(_straighten(before), find_raised_styles(archive, before))
    if after == before:
        return None
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as written:
        for entry in archive.infolist():
            if entry.filename == "mimetype" or entry.filename.endswith(".xml"):
                written.writestr(entry.filename, after if entry.filename == CONTENT else archive.read(entry))
    return target.getvalue()


def _straighten(xml: bytes) -> bytes:
    # Most programs write a line end before the root element only.
    start = max(xml.find(_BODY), 0)
    if any(xml.find(white, start) >= 0 for white in (b"\n", b"\r", b"\t", b"> <")):
        xml = _INDENTATION.sub(b">", xml)
        xml = _TEXT.sub(lambda found: b">" + _SPACES.sub(b" ", found[1]), xml)
    for tag, element, shown in _ELEMENTS:
        if tag in xml:
            xml = element.sub(shown, xml)
    return xml
