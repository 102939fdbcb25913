"""Detects the format of a file from its first bytes and its list of parts, never from its name."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from enum import Enum

from flows.read.formats.encodings import sniff
from flows.read.problems import RefusedError


class Container(Enum):
    """The formats that can hold tables."""

    WORKBOOK = "workbook"  # xlsx, xlsm, xlsb
    XLS = "xls"
    ODS = "ods"
    TEXT = "text"
    MARKUP = "markup"  # HTML or SpreadsheetML, often named .xls
    ARCHIVE = "archive"


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: First bytes of formats that pack several parts into one file (zip, OLE).
PACKED = (b"PK", _OLE)
_OTHER_FORMATS = (
    (b"%PDF", "PDF"),
    (b"\xff\xd8\xff", "ảnh JPEG"),
    (b"\x89PNG", "ảnh PNG"),
    (b"GIF8", "ảnh GIF"),
    (b"{\\rtf", "văn bản RTF"),
    (b"Rar!", "tệp nén RAR"),
    (b"7z\xbc\xaf\x27\x1c", "tệp nén 7z"),
    (b"\x1f\x8b", "tệp nén gzip"),
    (b"MZ", "chương trình"),
    (b"\x7fELF", "chương trình"),
)
#: The exceptions that opening a damaged zip, or a part of it, may raise.
ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
)
_MARKUP = re.compile(
    rb"<(?:\?xml|!doctype|!--|(?:html|head|meta|title|body|style|script|div|p|table|thead|tbody|tr|br)\b)",
    re.I,
)
_ODS_PARTS = "META-INF/manifest.xml"
_SEND = "Gửi lại bảng ở dạng Excel (.xlsx) hoặc CSV."
BROKEN = f"Không mở được tệp: tệp hỏng hoặc chưa ghi xong. {_SEND}"


def detect(data: bytes) -> Container:
    """The format of `data`.

    Raises:
        RefusedError: it is empty, encrypted, broken, or not a spreadsheet.
    """
    if not data[:4096].strip(b"\0 \r\n\t") and not data.strip(b"\0 \r\n\t"):
        raise RefusedError("tep.khong_mo_duoc", f"Tệp rỗng, không có nội dung nào. {_SEND}")
    if data.startswith(b"PK"):
        return _detect_in_zip(data)
    if data.startswith(_OLE):
        return _detect_in_ole(data)
    for start, what in _OTHER_FORMATS:
        if data.startswith(start):
            raise _make_format_error(what)
    if re.match(rb"\x09[\x00\x02\x04\x08][\x04-\x10]\x00", data[:4]):
        return Container.XLS
    if _MARKUP.match(sniff(data)):
        return Container.MARKUP
    return Container.TEXT


def is_text(start: bytes) -> bool:
    """Whether a file that begins with `start` is plain text."""
    try:
        # `detect` needs the end of a packed file, which `start` does not have.
        return not start.startswith(PACKED) and detect(start) is Container.TEXT
    except RefusedError:
        return False


def describe_locked() -> RefusedError:
    """The error for a file that needs a password."""
    return RefusedError("tep.mat_khau", "Tệp đặt mật khẩu. Bỏ mật khẩu rồi gửi lại.")


def _make_format_error(what: str) -> RefusedError:
    return RefusedError("tep.khong_phai_bang_tinh", f"Tệp là {what}, không phải bảng tính. {_SEND}")


def _detect_in_zip(data: bytes) -> Container:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            kind = archive.read("mimetype")[:80] if "mimetype" in names else b""
            listed = archive.read(_ODS_PARTS) if _ODS_PARTS in names else b""
    except ZIP_ERRORS as error:
        raise RefusedError("tep.khong_mo_duoc", BROKEN) from error
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return Container.WORKBOOK
    if b"encryption-data" in listed:
        raise describe_locked()
    if b"opendocument.spreadsheet" in kind:
        return Container.ODS
    if b"opendocument" in kind or "word/document.xml" in names:
        raise _make_format_error("văn bản Word")
    if any(name.startswith("ppt/") for name in names):
        raise _make_format_error("trình chiếu PowerPoint")
    if "[Content_Types].xml" in names:
        return Container.WORKBOOK
    return Container.ARCHIVE


def _detect_in_ole(data: bytes) -> Container:
    def has_entry(name: str) -> bool:
        return name.encode("utf-16-le") + b"\0\0" in data

    if has_entry("EncryptedPackage"):
        raise describe_locked()
    if any(map(has_entry, ("Workbook", "Book", "WORKBOOK", "BOOK"))):
        return Container.XLS
    if has_entry("WordDocument"):
        raise _make_format_error("văn bản Word")
    if has_entry("PowerPoint Document"):
        raise _make_format_error("trình chiếu PowerPoint")
    raise RefusedError("tep.khong_mo_duoc", BROKEN)
