"""Files made to harm, to confuse, or that are simply no tables, each with the code that refuses it."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from functools import cache

import xlwt

from schemas.datasets import load
from tests.flows.read.forms import form, records

GOOD = form(load()["to_cong_nghe_so"], records(load()["to_cong_nghe_so"], 5))
_SHEET = "xl/worksheets/sheet1.xml"
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


def package(replaced: Mapping[str, bytes | None], source: bytes = GOOD) -> bytes:
    """A good workbook with parts replaced, added or (None) left out."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(source)) as old,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in replaced:
                new.writestr(name, old.read(name))
        for name, content in replaced.items():
            if content is not None:
                new.writestr(name, content)
    return target.getvalue()


def archive(entries: Mapping[str, bytes]) -> bytes:
    """A zip of these entries."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in entries.items():
            new.writestr(name, content)
    return target.getvalue()


def sheet(cells: str) -> bytes:
    """A worksheet part with these rows."""
    return f"<worksheet {_MAIN}><sheetData>{cells}</sheetData></worksheet>".encode()


def far(address: str, quote: str = '"') -> bytes:
    """A workbook of a few kilobytes with A1 and one cell far away."""
    row = "".join(filter(str.isdigit, address))
    cells = f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{address}"><v>1</v></c></row>'
    return package({_SHEET: sheet(cells.replace('"', quote))})


def _far_in_two_directions() -> bytes:
    cells = '<row r="1"><c r="XFD1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    return package({_SHEET: sheet(cells)})


def _far_out_of_order() -> bytes:
    cells = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>'
    return package({_SHEET: sheet(cells)})


def _after_a1(cells: str) -> bytes:
    return package({_SHEET: sheet(f'<row r="1"><c r="A1"><v>1</v></c></row>{cells}')})


#: A sheet with A1 and the farthest cell.
_FAR_SHEET = sheet(
    '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
)


def parts(source: bytes = GOOD) -> dict[str, bytes]:
    """The parts of a package by name."""
    with zipfile.ZipFile(io.BytesIO(source)) as package:
        return {name: package.read(name) for name in package.namelist()}


def _hidden_from_us(change: Callable[[dict[str, bytes]], Mapping[str, bytes]]) -> bytes:
    """A workbook with a far cell whose parts are named in a way that only the library might follow."""
    return archive({**change(parts() | {_SHEET: _FAR_SHEET})})


def _renamed(of: Mapping[str, bytes], name: str) -> Mapping[str, bytes]:
    return {name if each == _SHEET else each: content for each, content in of.items()}


def _edited(of: Mapping[str, bytes], name: str, old: bytes, new: bytes) -> Mapping[str, bytes]:
    assert old in of[name]
    return {**of, name: of[name].replace(old, new)}


def _beside_a_harmless_one(of: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """Two workbooks in one package; its relations lead to the harmful one."""
    other = {name.replace("xl/", "zz/", 1): content for name, content in of.items() if name.startswith("xl/")}
    led = _edited(of, "_rels/.rels", b"xl/workbook.xml", b"zz/workbook.xml")
    return {**led, **other, _SHEET: parts()[_SHEET]}


def _related_twice(of: Mapping[str, bytes]) -> Mapping[str, bytes]:
    """One relation to the harmful sheet, and behind the end that the library sees one to a harmless sheet."""
    xml = of[_RELATIONS]
    place = xml.index(b'"', xml.index(b"sheet1.xml")) + 1
    start = xml.rindex(b"<Relationship ", 0, place)
    stop = xml.index(b">", place) + 1
    again = b"<Relationships/>" + xml[start:stop].replace(b"sheet1.xml", b"sheet9.xml")
    harmless = {"xl/worksheets/sheet9.xml": parts()[_SHEET]}
    return {**of, **harmless, _RELATIONS: xml[:stop] + again + xml[stop:]}


def _named_like_an_entity(of: Mapping[str, bytes]) -> Mapping[str, bytes]:
    renamed = _renamed(of, "xl/worksheets/sheet&#49;.xml")
    return _edited({**renamed, _SHEET: parts()[_SHEET]}, _RELATIONS, b"sheet1.xml", b"sheet&#49;.xml")


def _prefixed(of: Mapping[str, bytes]) -> Mapping[str, bytes]:
    xml = of[_SHEET].replace(b"xmlns=", b"xmlns:q=").replace(b"<", b"<q:").replace(b"<q:/", b"</q:")
    return {**of, _SHEET: b"<!--" + b" " * 9_000 + b"-->" + xml}


_RELATIONS = "xl/_rels/workbook.xml.rels"


def _bomb() -> bytes:
    return package({_SHEET: sheet("<row/>" * 100) + b" " * (300 << 20)})


def _many_entries() -> bytes:
    return archive({f"{n}.csv": b"" for n in range(5_100)})


def _symlink() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as new:
        link = zipfile.ZipInfo("bao_cao.xlsx")
        link.external_attr = 0o120777 << 16
        new.writestr(link, "/etc/passwd")
    return target.getvalue()


def _locked_zip() -> bytes:
    data = bytearray(archive({"a.csv": b"x" * 50}))
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + place] |= 1
    return bytes(data)


def _overlapping() -> bytes:
    """Many directory entries that all point to the same packed bytes."""
    one = archive({"a.csv": bytes(range(256)) * 200})
    start = one.index(b"PK\x01\x02")
    end = one.index(b"PK\x05\x06")
    directory = one[start:end] * 200
    tail = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 200, 200, len(directory), start, 0)
    return one[:start] + directory + tail


def xls(fill: Callable[[xlwt.Worksheet], None]) -> bytes:
    """A BIFF workbook."""
    book = xlwt.Workbook()
    fill(book.add_sheet("Biểu"))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _far_in_xls(page: xlwt.Worksheet) -> None:
    page.write(0, 0, 1)
    page.write(65_535, 255, 1)


def _locked_xls() -> bytes:
    data = xls(lambda page: page.write(0, 0, 1))
    # The record after the first one (the start of the workbook) becomes FILEPASS.
    start = data.index(b"\x09\x08\x10\x00\x00\x06\x05\x00")
    place = start + 4 + 0x10
    return data[:place] + b"\x2f\x00" + data[place + 2 :]


def _looping_xls() -> bytes:
    data = bytearray(xls(lambda page: page.write(0, 0, 1)))
    fat = struct.unpack_from("<I", data, 76)[0]
    at = (fat + 1) * 512
    for sector in range(128):
        struct.pack_into("<I", data, at + 4 * sector, sector)
    return bytes(data)


def ods(body: str, before: str = "") -> bytes:
    """An OpenDocument spreadsheet with this table body."""
    names = " ".join(
        f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{long}:1.0"'
        for short, long in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<office:document-content {names}><office:body>'
        f'<office:spreadsheet><table:table table:name="Biểu">{body}</table:table></office:spreadsheet>'
        "</office:body></office:document-content>"
    )
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="/" '
        'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
    )
    return archive(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )


def _far_in_ods() -> bytes:
    cell = (
        '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>'
    )
    return ods(f'<table:table-row table:number-rows-repeated="1048576">{cell}</table:table-row>')


def _locked_ods() -> bytes:
    """As LibreOffice locks it: the names and the kind stay open, the rest is garbage without the password."""
    listed = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:size="4096">'
        '<manifest:encryption-data manifest:checksum-type="SHA1/1K"/>'
        "</manifest:file-entry></manifest:manifest>"
    )
    return archive(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": bytes(range(256)),
            "META-INF/manifest.xml": listed.encode(),
        }
    )


def ole(name: str) -> bytes:
    """The beginning of an OLE file with a stream of this name."""
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + name.encode("utf-16-le") + bytes(600)


def _spreadsheet_xml(cells: str, before: str = "") -> bytes:
    return (
        f'<?xml version="1.0"?>{before}<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="A"><Table>'
        f"{cells}</Table></Worksheet></Workbook>"
    ).encode()


BROKEN, DANGER, LOCKED = "tep.khong_mo_duoc", "tep.nguy_hiem", "tep.mat_khau"
FOREIGN, UNKNOWN = "tep.khong_phai_bang_tinh", "tep.khong_ro_bo_du_lieu"

_REFUSED: Mapping[str, tuple[Callable[[], bytes], str]] = {
    "empty": (lambda: b"", BROKEN),
    "zeros": (lambda: bytes(5_000), BROKEN),
    "spaces": (lambda: b" \r\n" * 400, BROKEN),
    "half an xlsx": (lambda: GOOD[: len(GOOD) // 2], BROKEN),
    "an xlsx without its end": (lambda: GOOD[:-30], BROKEN),
    "half an xls": (lambda: xls(lambda page: page.write(0, 0, 1))[:1_000], BROKEN),
    "workbook part missing": (lambda: package({"xl/workbook.xml": None}), BROKEN),
    "sheet part is no XML": (lambda: package({_SHEET: b"\xff\xfe\x00 nothing"}), BROKEN),
    "no sheets": (
        lambda: package({"xl/workbook.xml": f"<workbook {_MAIN}><sheets/></workbook>".encode()}),
        BROKEN,
    ),
    "looping sectors": (_looping_xls, BROKEN),
    "far cell": (lambda: far("XFD1048576"), DANGER),
    "far cell in single quotes": (lambda: far("XFD1048576", "'"), DANGER),
    "far column": (lambda: far("XFD20000"), DANGER),
    "far row and column": (_far_in_two_directions, DANGER),
    "far cell first": (_far_out_of_order, DANGER),
    "far cell of two letters": (lambda: far("ZZ999999"), DANGER),
    "far cell in a row without number": (
        lambda: _after_a1('<row><c r="XFD1048576"><v>1</v></c></row>'),
        DANGER,
    ),
    "far cell in small letters": (
        lambda: _after_a1('<row r="1048576"><c r="xfd1048576"><v>1</v></c></row>'),
        DANGER,
    ),
    "far cell with a comment": (
        lambda: _after_a1('<row r="1048576"><c r="XFD1048576"><!-- --><v>1</v></c></row>'),
        DANGER,
    ),
    "far cell with spaces": (
        lambda: _after_a1('<row r = "1048576"><c r =\n"XFD1048576"><v>1</v></c></row>'),
        DANGER,
    ),
    "far cell without address": (
        lambda: _after_a1('<row r="1048576"><c r="XFC1"/><c><v>1</v></c></row>'),
        DANGER,
    ),
    **{
        f"far cell in odd writing {number}": (
            lambda cell=cell: _after_a1(f"<row>{cell}<v>1</v></c></row>"),
            DANGER,
        )
        for number, cell in enumerate(
            (
                "<c r = 'XFD1048576'>",
                '<c x="/>" r="XFD1048576">',
                '<c r="XFD1048576" x="/>">',
                '<c a:r="A1" r="XFD1048576">',
                '<c x=\' r="A1"\' r="XFD1048576">',
                '<c r="AAAAAAAAAAXFD1048576">',
            )
        )
    },
    "far cell behind an odd prefix": (
        lambda: _after_a1('<row><a-b:c r="XFD1048576"><v>1</v></a-b:c></row>'),
        DANGER,
    ),
    "wide row without addresses": (
        lambda: _after_a1(
            f"<row r='2'>{'<c><v>1</v></c>' * 16_384}</row><row r='1048576'><c><v>1</v></c></row>"
        ),
        DANGER,
    ),
    "many rows without numbers": (
        lambda: package(
            {
                _SHEET: sheet(
                    f"<row>{'<c><v>1</v></c>' * 16_384}</row>{'<row/>' * 900_000}<row><c><v>1</v></c></row>"
                )
            }
        ),
        DANGER,
    ),
    "many addresses of one cell": (
        lambda: _after_a1("<row><c" + ' r="A1"' * 20_000 + "/></row><row><c r='XFD1048576'/></row>"),
        BROKEN,
    ),
    "far cell in a part in capitals": (
        lambda: _hidden_from_us(lambda of: _renamed(of, "xl/worksheets/SHEET1.XML")),
        DANGER,
    ),
    "far cell in a part with backslashes": (
        lambda: _hidden_from_us(lambda of: _renamed(of, "xl\\worksheets\\sheet1.xml")),
        DANGER,
    ),
    "far cell in another workbook": (lambda: _hidden_from_us(_beside_a_harmless_one), DANGER),
    "far cell beside a binary workbook": (
        lambda: _hidden_from_us(lambda of: {**of, "xl/workbook.bin": b"x"}),
        DANGER,
    ),
    "far cell behind a second relation": (lambda: _hidden_from_us(_related_twice), DANGER),
    "far cell behind an entity": (lambda: _hidden_from_us(_named_like_an_entity), DANGER),
    "far cell in one of two parts of a name": (
        lambda: _hidden_from_us(lambda of: {**of, "xl/worksheets/Sheet1.xml": parts()[_SHEET]}),
        DANGER,
    ),
    "a sheet that is not there": (lambda: package({_SHEET: None}), BROKEN),
    "far cell behind an odd relation": (
        lambda: _hidden_from_us(
            lambda of: _edited(of, _RELATIONS, b"<Relationship ", b'<Relationship x="a>b" ')
        ),
        DANGER,
    ),
    "far cell behind an odd sheet": (
        lambda: _hidden_from_us(lambda of: _edited(of, "xl/workbook.xml", b"<sheet ", b'<sheet x="a>b" ')),
        DANGER,
    ),
    "far cell behind a prefix": (lambda: _hidden_from_us(_prefixed), DANGER),
    "far cell in xls": (lambda: xls(_far_in_xls), DANGER),
    "far cell in ods": (_far_in_ods, DANGER),
    "far cell in SpreadsheetML": (
        lambda: _spreadsheet_xml(
            '<Row><Cell><Data>1</Data></Cell></Row><Row ss:Index="1048576"><Cell ss:Index="16384">'
            "<Data>1</Data></Cell></Row>"
        ),
        DANGER,
    ),
    "bomb": (_bomb, DANGER),
    "bomb in a zip": (lambda: archive({"a.csv": bytes(300 << 20)}), DANGER),
    "overlapping entries": (_overlapping, DANGER),
    "too many entries": (_many_entries, DANGER),
    "path up": (lambda: archive({"../../a.csv": b"x"}), DANGER),
    "path up, the Windows way": (lambda: archive({"..\\..\\a.csv": b"x"}), DANGER),
    "absolute path": (lambda: archive({"/etc/cron.d/a.csv": b"x"}), DANGER),
    "path with a drive": (lambda: archive({"C:/a.csv": b"x"}), DANGER),
    "path up in a workbook": (lambda: package({"xl/../../a.xml": b"<a/>"}), DANGER),
    "link": (_symlink, DANGER),
    "zip in a zip": (lambda: archive({"b.zip": archive({"a.csv": b"x"})}), DANGER),
    "entities in the workbook": (
        lambda: package({"xl/workbook.xml": f"{_LAUGHS}<workbook {_MAIN}>&b;</workbook>".encode()}),
        DANGER,
    ),
    "entities in another encoding": (
        lambda: package(
            {
                "xl/workbook.xml": f'<?xml version="1.0" encoding="UTF-16"?>{_LAUGHS}<a>&b;</a>'.encode(
                    "utf-16"
                )
            }
        ),
        DANGER,
    ),
    "entities behind a long comment": (
        lambda: package({"xl/workbook.xml": f"<!--{' ' * 9_000}-->{_LAUGHS}<a>&b;</a>".encode()}),
        DANGER,
    ),
    "entities in a sheet": (lambda: package({_SHEET: _LAUGHS.encode() + sheet("<row/>")}), DANGER),
    "outer entity": (
        lambda: package(
            {"xl/sharedStrings.xml": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><sst/>'}
        ),
        DANGER,
    ),
    "entities in ods": (lambda: ods("<table:table-row/>", _LAUGHS), DANGER),
    "entities in SpreadsheetML": (lambda: _spreadsheet_xml("<Row/>", _LAUGHS), DANGER),
    "locked xlsx": (lambda: ole("EncryptedPackage"), LOCKED),
    "locked xls": (_locked_xls, LOCKED),
    "locked zip": (_locked_zip, LOCKED),
    "locked ods": (_locked_ods, LOCKED),
    "Word": (lambda: archive({"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>"}), FOREIGN),
    "old Word": (lambda: ole("WordDocument"), FOREIGN),
    "PowerPoint": (lambda: archive({"[Content_Types].xml": b"<a/>", "ppt/presentation.xml": b""}), FOREIGN),
    "PDF": (lambda: b"%PDF-1.7\n" + bytes(range(256)), FOREIGN),
    "photo": (lambda: b"\xff\xd8\xff\xe0" + bytes(range(256)), FOREIGN),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), FOREIGN),
    "program": (lambda: b"MZ\x90\x00" + bytes(500), FOREIGN),
    "rar": (lambda: b"Rar!\x1a\x07\x00" + bytes(100), FOREIGN),
    "gzip": (lambda: b"\x1f\x8b\x08\x00" + bytes(100), FOREIGN),
    "rtf": (lambda: b"{\\rtf1 Kinh gui}", FOREIGN),
    "noise": (lambda: bytes((n * 7919 + n // 3) % 256 for n in range(5_000)), FOREIGN),
    "letter": ("Kính gửi Ủy ban nhân dân xã,\nXin báo cáo như sau đây.\n".encode, FOREIGN),
    "page without a table": (lambda: b"<html><body><p>Bao cao</p></body></html>", FOREIGN),
    "page with endless spans": (
        lambda: (
            b"<html><table><tr><td colspan=999999999 rowspan=999999999>1</td><td>2</td></tr></table></html>"
        ),
        UNKNOWN,
    ),
    "table of something else": ("Màu,Cỡ\nđỏ,1\nxanh,2\n".encode, UNKNOWN),
}
#: What makes each file, the first time that it is asked for, and the code that refuses it.
REFUSED = {name: (cache(make), code) for name, (make, code) in _REFUSED.items()}

WARNED: Mapping[str, bytes] = {
    "macro": package({"xl/vbaProject.bin": b"x" * 40}),
    "liên kết tới tệp khác": package({"xl/externalLinks/externalLink1.xml": b"<externalLink/>"}),
    "liên kết DDE": package(
        {"xl/externalLinks/externalLink1.xml": b'<externalLink><ddeLink ddeService="cmd"/></externalLink>'}
    ),
    "đối tượng nhúng": package({"xl/embeddings/oleObject1.bin": b"x"}),
    "kết nối lấy dữ liệu từ nơi khác": package({"xl/connections.xml": b"<connections/>"}),
}
