"""Refuses files made to harm, before they are parsed, and says which ones carry things we never run."""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence

from flows.read.formats.xml_tags import extent_of
from flows.read.problems import RefusedError, make_problem
from flows.read.table import Problem

MAX_WORKBOOK = 200 << 20
MAX_TEXT = 2 << 30
_MAX_ENTRIES = 5_000
_MAX_UNPACKED = 2 << 30
_BOMB_FROM = 32 << 20
_BOMB_RATIO = 150
_MAX_AREA = 40_000_000
_SPARSE_FROM = 2_000_000
_SPARSE_RATIO = 500
_MAX_LIST = 64 << 20
_MAX_SHEETS = 2_000
_PIECE = 64 << 20
_OVERLAP = 64 << 10

_CARRIED = tuple(
    (re.compile(parts, re.M), what)
    for parts, what in (
        (r"vbaproject\.bin$", "macro"),
        (r"(?:^|/)macrosheets/", "macro kiểu cũ (Excel 4.0)"),
        (r"(?:^|/)externallinks/[^/\n]+\.(?:xml|bin)$", "liên kết tới tệp khác"),
        (r"(?:^|/)(?:embeddings/|activex/|objectreplacements/)", "đối tượng nhúng"),
        (r"(?:^|/)(?:connections\.xml$|querytables/)", "kết nối lấy dữ liệu từ nơi khác"),
    )
)
_PARSED = re.compile(r"(?i)(?:^|[/\\])(?:sharedStrings|styles)\.xml$")
_LINKS = re.compile(r"(?i)^/?xl/externallinks/[^/]+\.xml$")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)
# Sieves, for XML without spaces: 26 columns to row 49 999, or 702 to row 999, are within _SPARSE_FROM.
_FAR = re.compile(rb'r="[A-Za-z]?+(?:[A-Za-z]++\d|[5-9]\d{4}|\d{6})')
_WIDE_AND_FAR = re.compile(rb'r="(?:[A-Za-z]{3,}+\d|[A-Za-z]{0,2}\d{4})')
# Rows and cells with a prefix, or that do not begin with their address, as nearly all programs have it.
_ODD = tuple(map(re.compile, (rb":(?:c|row)[\s/>]", rb"<c(?! r=|\w)", rb"<row(?! r=|\w)")))
_SPACES = b" \t\r\n\f\v"


def _refused(why: str) -> RefusedError:
    return RefusedError("tep.nguy_hiem", f"Không mở tệp vì có thể gây hại: {why}.")


def check_size(size: int, limit: int) -> None:
    """Refuses a file larger than `limit` bytes."""
    if size > limit:
        raise _refused(f"tệp quá lớn ({size >> 20} MB, tối đa {limit >> 20} MB)")


def check_entries(archive: zipfile.ZipFile, size: int) -> None:
    """Refuses zips with too many, too large, overlapping, locked or wandering entries."""
    entries = archive.infolist()
    if len(entries) > _MAX_ENTRIES:
        raise _refused(f"tệp nén chứa {len(entries)} mục")
    if any(entry.flag_bits & 1 for entry in entries):
        raise RefusedError("tep.mat_khau", "Tệp nén đặt mật khẩu. Bỏ mật khẩu rồi gửi lại.")
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > _MAX_UNPACKED or (unpacked > _BOMB_FROM and unpacked > _BOMB_RATIO * max(packed, 1)):
        raise _refused(f"tệp nén nở ra {unpacked >> 20} MB (bom nén)")
    if packed > size:
        raise _refused("các mục trong tệp nén chồng lên nhau (bom nén)")
    for entry in entries:
        if _wanders(entry):
            raise _refused("tệp nén chứa đường dẫn hoặc liên kết ra ngoài")


def _wanders(entry: zipfile.ZipInfo) -> bool:
    parts = re.split(r"[/\\]", entry.orig_filename)
    absolute = not parts[0] or re.match(r"[A-Za-z]:", parts[0])
    # A leading slash is how some programs write package parts; it leads nowhere outside.
    harmless = not parts[0] and parts[-1].endswith((".xml", ".rels", ".bin"))
    return ".." in parts or bool(absolute and not harmless) or stat.S_ISLNK(entry.external_attr >> 16)


def check_package(archive: zipfile.ZipFile, size: int) -> list[Problem]:
    """Checks an xlsx, xlsm, xlsb or ods of so many bytes; what it carries besides cells gives warnings."""
    check_entries(archive, size)
    return [warn_of(what) for what in dict.fromkeys(_carried_by(archive))]


def _carried_by(archive: zipfile.ZipFile) -> Iterator[str]:
    """What a package carries besides cells; parts that only the library reads may declare no entities."""
    yield from _carried(archive.namelist())
    for name in archive.namelist():
        if _LINKS.search(name) and b"ddeLink" in archive.read(name)[: 1 << 16]:
            yield "liên kết DDE"
        if _PARSED.search(name):
            with archive.open(name) as part:
                refuse_declarations(part.read(2048))


def refuse_declarations(start: bytes) -> None:
    """Refuses XML that declares a document type or entities; no office program writes these."""
    if _DECLARATION.search(start):
        raise _refused("tệp khai báo thực thể XML")


def check_parts(names: Sequence[str], plain: Collection[str], workbooks: Collection[str]) -> None:
    """Refuses a package where names of parts, made `plain`, leave open which part or workbook is read."""
    if len(plain) < len(names) or len(workbooks) > 1:
        raise _refused("nhiều phần của tệp cùng một tên")
    # Some readers take this for a letter that is written otherwise.
    if any("&" in name for name in names):
        raise _refused("tên một phần của tệp có dấu &")


def check_sheets(count: int) -> None:
    """Refuses a workbook of more sheets than anybody leafs through."""
    if count > _MAX_SHEETS:
        raise _refused(f"tệp có {count} trang tính")


def check_list_of_parts(xml: bytes) -> None:
    """Refuses a part that lists others where it declares anything, could hide that, or is far too long."""
    check_size(len(xml), _MAX_LIST)
    if b"\0" in xml:
        raise _refused("phần mục lục của tệp không ở dạng UTF-8")
    refuse_declarations(xml)


def _carried(names: Iterable[str]) -> Iterator[str]:
    listed = "\n".join(names).lower()
    return (what for pattern, what in _CARRIED if pattern.search(listed))


def warn_of(what: str) -> Problem:
    """The warning that a file carries `what`, which is neither run nor followed."""
    message = f"Tệp có {what}: không chạy, không mở theo; chỉ đọc các ô."
    return make_problem("tep.nguy_hiem", message, severity="canh_bao")


def warn_of_xls_macros(data: bytes) -> list[Problem]:
    """Warnings about the macros that an .xls carries."""
    names = ("_VBA_PROJECT_CUR", "VBA")
    macros = any(name.encode("utf-16-le") + b"\0\0" in data for name in names)
    return [warn_of("macro")] if macros else []


def check_sheet_xml(xml: bytes) -> None:
    """Refuses a sheet whose few cells span a grid that would fill the memory."""
    if _is_doubtful(xml):
        extent = extent_of(xml)
        refuse_far_cells(extent.rows, extent.columns, extent.count)


def _is_doubtful(xml: bytes) -> bool:
    """Whether cells may lie far from each other, or stand where only walking all tags tells."""
    if any(sieve.search(xml) for sieve in _ODD):
        return True
    far = False
    for piece in _squeezed(xml):
        if b"'" in piece and b"='" in piece:
            return True
        far = far or _FAR.search(piece) is not None
    return far and any(map(_WIDE_AND_FAR.search, _squeezed(xml)))


def _squeezed(xml: bytes) -> Iterator[bytes]:
    """The XML without spaces, in pieces that overlap, so that a large sheet is not held twice."""
    for start in range(0, len(xml), _PIECE):
        yield xml[start : start + _PIECE + _OVERLAP].translate(None, _SPACES)


def refuse_far_cells(rows: int, columns: int, count: int) -> None:
    """Refuses a sheet of `rows` × `columns` of which only `count` cells hold something."""
    area = rows * columns
    if area > _MAX_AREA or (area > _SPARSE_FROM and area > _SPARSE_RATIO * max(count, 1)):
        raise _refused(f"có ô nằm rất xa (vùng {rows} dòng × {columns} cột, chỉ {count} ô có dữ liệu)")
