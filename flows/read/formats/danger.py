"""Refuses harmful files before they are parsed, and warns about macros, links and other active content."""

from __future__ import annotations

import re
import stat
import zipfile
from collections.abc import Collection, Iterable, Iterator, Sequence

from flows.read.formats.sheet_area import bound_area
from flows.read.formats.xml_tags import Extent, extent_of
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

_ACTIVE_PARTS = tuple(
    (re.compile(parts, re.M), what)
    for parts, what in (
        (r"vbaproject\.bin$", "macro"),
        (r"(?:^|/)macrosheets/", "macro kiểu cũ (Excel 4.0)"),
        (r"(?:^|/)externallinks/[^/\n]+\.(?:xml|bin)$", "liên kết tới tệp khác"),
        (r"(?:^|/)(?:embeddings/|activex/|objectreplacements/)", "đối tượng nhúng"),
        (r"(?:^|/)(?:connections\.xml$|querytables/)", "kết nối lấy dữ liệu từ nơi khác"),
    )
)
_PARSED_BY_CALAMINE = re.compile(r"(?i)(?:^|[/\\])(?:sharedStrings|styles)\.xml$")
_LINKS = re.compile(r"(?i)^/?xl/externallinks/[^/]+\.xml$")
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.I)


def _make_error(why: str) -> RefusedError:
    return RefusedError("tep.nguy_hiem", f"Không mở tệp vì có thể gây hại: {why}.")


def check_size(size: int, limit: int) -> None:
    """Refuse a file larger than `limit` bytes."""
    if size > limit:
        raise _make_error(f"tệp quá lớn ({size >> 20} MB, tối đa {limit >> 20} MB)")


def check_entries(archive: zipfile.ZipFile, size: int) -> None:
    """Refuse a zip of `size` bytes with bad entries: too many, too large, overlapping, encrypted, outside."""
    entries = archive.infolist()
    if len(entries) > _MAX_ENTRIES:
        raise _make_error(f"tệp nén chứa {len(entries)} mục")
    if any(entry.flag_bits & 1 for entry in entries):
        raise RefusedError("tep.mat_khau", "Tệp nén đặt mật khẩu. Bỏ mật khẩu rồi gửi lại.")
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries)
    if unpacked > _MAX_UNPACKED or (unpacked > _BOMB_FROM and unpacked > _BOMB_RATIO * max(packed, 1)):
        raise _make_error(f"tệp nén nở ra {unpacked >> 20} MB (bom nén)")
    if packed > size:
        raise _make_error("các mục trong tệp nén chồng lên nhau (bom nén)")
    for entry in entries:
        if _leads_outside(entry):
            raise _make_error("tệp nén chứa đường dẫn hoặc liên kết ra ngoài")


def _leads_outside(entry: zipfile.ZipInfo) -> bool:
    parts = re.split(r"[/\\]", entry.orig_filename)
    absolute = not parts[0] or re.match(r"[A-Za-z]:", parts[0])
    # Some programs write the parts of a package with a leading slash; that is harmless.
    harmless = not parts[0] and parts[-1].endswith((".xml", ".rels", ".bin"))
    return ".." in parts or bool(absolute and not harmless) or stat.S_ISLNK(entry.external_attr >> 16)


def check_package(archive: zipfile.ZipFile, size: int) -> list[Problem]:
    """Check an xlsx, xlsm, xlsb or ods of `size` bytes, and return a warning per kind of active content."""
    check_entries(archive, size)
    return [warn_of(what) for what in dict.fromkeys(_find_active_content(archive))]


def _find_active_content(archive: zipfile.ZipFile) -> Iterator[str]:
    """The active content of a package; parts that only calamine parses are checked for XML entities."""
    yield from _match_part_names(archive.namelist())
    for name in archive.namelist():
        if _LINKS.search(name) and b"ddeLink" in archive.read(name)[: 1 << 16]:
            yield "liên kết DDE"
        if _PARSED_BY_CALAMINE.search(name):
            with archive.open(name) as part:
                refuse_declarations(part.read(2048))


def refuse_declarations(start: bytes) -> None:
    """Refuse XML with a DOCTYPE or entities, which can expand to gigabytes; office programs write none."""
    if _DECLARATION.search(start):
        raise _make_error("tệp khai báo thực thể XML")


def check_parts(names: Sequence[str], plain: Collection[str], workbooks: Collection[str]) -> None:
    """Refuse a package with two parts of one path, or two workbooks.

    Calamine might read another one than these checks, so a harmful part would pass unchecked.

    Args:
        names: The names of the parts.
        plain: The distinct normalised paths.
        workbooks: The folders with a workbook part.
    """
    if len(plain) < len(names) or len(workbooks) > 1:
        raise _make_error("nhiều phần của tệp cùng một tên")
    # Some XML readers decode it as an entity, and so find another part.
    if any("&" in name for name in names):
        raise _make_error("tên một phần của tệp có dấu &")


def check_sheets(count: int) -> None:
    """Refuse a workbook with more than `_MAX_SHEETS` sheets."""
    if count > _MAX_SHEETS:
        raise _make_error(f"tệp có {count} trang tính")


def check_list_of_parts(xml: bytes) -> None:
    """Refuse a list of parts that is too long, declares entities, or is not UTF-8, which could hide them."""
    check_size(len(xml), _MAX_LIST)
    if b"\0" in xml:
        raise _make_error("phần mục lục của tệp không ở dạng UTF-8")
    refuse_declarations(xml)


def _match_part_names(names: Iterable[str]) -> Iterator[str]:
    listed = "\n".join(names).lower()
    return (what for pattern, what in _ACTIVE_PARTS if pattern.search(listed))


def warn_of(what: str) -> Problem:
    """The warning that a file contains `what`, which is neither run nor followed."""
    message = f"Tệp có {what}: không chạy, không mở theo; chỉ đọc các ô."
    return make_problem("tep.nguy_hiem", message, severity="canh_bao")


def warn_of_xls_macros(data: bytes) -> list[Problem]:
    """A warning if an .xls has macros."""
    names = ("_VBA_PROJECT_CUR", "VBA")
    macros = any(name.encode("utf-16-le") + b"\0\0" in data for name in names)
    return [warn_of("macro")] if macros else []


def check_sheet_xml(xml: bytes, normalised: bytes) -> None:
    """Refuse a sheet with few cells that are far apart: calamine allocates the whole grid."""
    extent = bound_area(normalised)
    if extent is None or _is_far(extent):
        # The bounds may be too wide.
        extent = extent_of(xml)
    refuse_far_cells(extent.rows, extent.columns, extent.count)


def refuse_far_cells(rows: int, columns: int, count: int) -> None:
    """Refuse a grid of `rows` × `columns` that is too large for its `count` non-empty cells."""
    if _is_far(Extent(rows, columns, count)):
        raise _make_error(f"có ô nằm rất xa (vùng {rows} dòng × {columns} cột, chỉ {count} ô có dữ liệu)")


def _is_far(extent: Extent) -> bool:
    area = extent.rows * extent.columns
    return area > _MAX_AREA or (area > _SPARSE_FROM and area > _SPARSE_RATIO * max(extent.count, 1))
