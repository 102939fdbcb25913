"""Writes a sheet as a minimal OpenDocument spreadsheet."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import date
from xml.sax.saxutils import escape

from flows.sample.files.cells import Cell, Merge, SampleSheet, Sum

_MIME = "application/vnd.oasis.opendocument.spreadsheet"
_SPACES = "urn:oasis:names:tc:opendocument:xmlns:"
_OPEN = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    f'<office:document-content xmlns:office="{_SPACES}office:1.0" xmlns:table="{_SPACES}table:1.0"'
    f' xmlns:text="{_SPACES}text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
)
_CLOSE = "</office:spreadsheet></office:body></office:document-content>"
_MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    f'<manifest:manifest xmlns:manifest="{_SPACES}manifest:1.0" manifest:version="1.2">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_MIME}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
    "</manifest:manifest>"
)


def write_ods(sheet: SampleSheet) -> bytes:
    """The bytes of an .ods file with `sheet`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        pack_text("mimetype", _MIME, archive)
        pack_text("content.xml", _OPEN + "".join(_table(sheet)) + _CLOSE, archive)
        pack_text("META-INF/manifest.xml", _MANIFEST, archive)
    return buffer.getvalue()


def pack_text(name: str, text: str, archive: zipfile.ZipFile) -> None:
    """Add `text` to `archive` with a fixed date, so that the bytes are reproducible."""
    info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    info.compress_type = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
    archive.writestr(info, text)


def _table(sheet: SampleSheet) -> Iterator[str]:
    merges = {(merge.top, merge.left): merge for merge in sheet.merges}
    covered = {cell for merge in sheet.merges for cell in _list_covered(merge)}
    yield f'<table:table table:name="{escape(sheet.name)}">'
    yield f'<table:table-column table:number-columns-repeated="{sheet.width}"/>'
    for row, line in enumerate(sheet.lines):
        yield "<table:table-row>"
        for column, cell in enumerate(line):
            if (row, column) in covered:
                yield "<table:covered-table-cell/>"
            else:
                yield _cell(cell, merges.get((row, column)))
        yield "</table:table-row>"
    yield "</table:table>"


def _list_covered(merge: Merge) -> Iterator[tuple[int, int]]:
    for row in range(merge.top, merge.bottom + 1):
        for column in range(merge.left, merge.right + 1):
            if (row, column) != (merge.top, merge.left):
                yield row, column


def _cell(cell: Cell, merge: Merge | None) -> str:
    span = ""
    if merge is not None:
        span = (
            f' table:number-columns-spanned="{merge.right - merge.left + 1}"'
            f' table:number-rows-spanned="{merge.bottom - merge.top + 1}"'
        )
    if cell is None:
        return f"<table:table-cell{span}/>"
    value = cell.value if isinstance(cell, Sum) else cell
    if isinstance(value, date):
        kind, shown = f'"date" office:date-value="{value.isoformat()}"', f"{value:%d/%m/%Y}"
    elif isinstance(value, int | float):
        kind, shown = f'"float" office:value="{value}"', str(value).replace(".", ",")
    else:
        kind, shown = '"string"', _escape(str(value))
    return f"<table:table-cell{span} office:value-type={kind}><text:p>{shown}</text:p></table:table-cell>"


def _escape(text: str) -> str:
    """Escape text; readers drop leading, trailing and repeated spaces unless they are `<text:s/>`."""
    shown = escape(text).replace("  ", " <text:s/>")
    shown = f"<text:s/>{shown[1:]}" if shown.startswith(" ") else shown
    return f"{shown[:-1]}<text:s/>" if shown.endswith(" ") else shown
