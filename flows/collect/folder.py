"""Looks through a folder for files that units handed in, and reads each by its open handle."""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from flows.protect import NUMBER_ALONE
from flows.system.linux import open_below
from flows.system.litter import is_litter

#: The unit of a file that lies outside all units' folders.
UNKNOWN = "khong_ro"

#: A larger file is not read: no form of a commune comes near, and reading it would fill the memory.
LARGEST = 1 << 30

# Copies that programs have not finished, or keep while somebody edits the file.
_UNFINISHED = re.compile(
    r"""^(?:
        .*~                                         # an editor's copy
        | .*\.(?:tmp|temp|part|partial|filepart|crdownload|download|opdownload|!sync|swp)
        | .*\.sb-[0-9a-f]{8}-\w+                    # macOS, while it saves
    )$""",
    re.IGNORECASE | re.VERBOSE,
)

# They only say where the file lies: on the computer of who dropped them, or at a service that we can't ask.
_SHORTCUT = re.compile(
    r".*\.(?:lnk|url|webloc|website|desktop|gdoc|gsheet|gslides|gdraw|gform|glink|gshortcut)$", re.IGNORECASE
)

# Of a file that two computers changed at once a program keeps both: nobody but people knows which is right.
_KEPT_TWICE = re.compile(
    r"""^.*(?:
        \.sync-conflict-\d{8}-\d{6}          # Syncthing
        | conflicted\ copy                   # Dropbox, Nextcloud
        | _conflict-\d{8}-\d{6}              # ownCloud
        | \.conflict                         # Resilio
    )(?![^\W\d_])""",
    re.IGNORECASE | re.VERBOSE,
)

# File names may contain a person's number: it is masked.
_NUMBER = re.compile(NUMBER_ALONE)


@dataclass(frozen=True, slots=True)
class Found:
    """A regular file that somebody handed in.

    Attributes:
        path: Its path.
        unit: Its unit's folder.
        name: Its name within that.
        within: The folder that was looked through; no folder below it is a link.
    """

    path: Path
    unit: str
    name: str
    within: Path


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A thing in the folder that could not be taken, and why; `place` is safe to print."""

    place: str
    why: str

    def __str__(self) -> str:
        return f"{self.place}: {self.why}"


def look_through(folder: Path) -> tuple[list[Found], list[Obstacle]]:
    """The files under `folder` in the order of their paths, and what is there but can't be taken.

    Links are not followed. Files that programs leave behind, and hidden folders, are passed over.
    """
    found: list[Found] = []
    obstacles: list[Obstacle] = []

    def note(error: OSError) -> None:
        obstacles.append(Obstacle(show_path(Path(error.filename), folder), "không mở được thư mục này"))

    for place, folders, names in os.walk(folder, onerror=note):
        closed = [name for name in folders if not _is_folder(Path(place, name))]
        folders[:] = sorted(
            name for name in folders if name not in closed and not is_passed_over(_decode(name))
        )
        for name in sorted([*names, *closed]):
            path = Path(place, name)
            if is_passed_over(_decode(name)):
                continue
            if why := _refuse(path):
                obstacles.append(Obstacle(show_path(path, folder), why))
            else:
                found.append(describe(path, folder))
    return sorted(found, key=lambda one: one.path), obstacles


def is_passed_over(name: str) -> bool:
    """Whether a file or folder of this name is what programs leave behind, or have not finished."""
    return is_litter(name) or bool(_UNFINISHED.match(name))


def _is_folder(path: Path) -> bool:
    """Whether a folder can be looked through: it is no link, and its path is not too long."""
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except OSError:
        return False


def _refuse(path: Path) -> str | None:
    """Why what lies at `path` is not a file that can be taken; None if it is one."""
    try:
        seen = path.lstat()
    except OSError:
        return "không xem được tệp này"
    if why := _refuse_name(_decode(path.name)):
        return why
    if stat.S_ISLNK(seen.st_mode):
        return "là liên kết, không phải tệp; chép chính tệp vào đây"
    if not stat.S_ISREG(seen.st_mode):
        return "không phải tệp"
    if seen.st_size > LARGEST:
        return f"lớn hơn {LARGEST >> 20} MB nên không đọc; tách tệp rồi nộp lại"
    return None


def refuse_handed_in(name: str) -> str | None:
    """Why a file of that name is not taken from who hands it in himself; None if it may be."""
    if is_passed_over(_decode(name)):
        return "là tệp tạm mà phần mềm để lại, không phải tệp của đơn vị; chọn chính tệp ấy rồi nộp lại"
    return _refuse_name(_decode(name))


def _refuse_name(name: str) -> str | None:
    """Why a file of that name is not one that can be taken; None if it may be."""
    if _KEPT_TWICE.match(name):
        return (
            "là bản mà phần mềm đồng bộ giữ riêng vì hai máy cùng sửa một tệp; "
            "xem bản nào đúng, lưu bản đó dưới một tên khác rồi xóa bản này"
        )
    if _SHORTCUT.match(name):
        return "là lối tắt, không phải tệp; chép hoặc tải chính tệp vào đây rồi xóa lối tắt"
    return None


def read_open(one: Found) -> tuple[bytes, os.stat_result]:
    """The content of a file and its state, both of one open handle; no link is followed on the way to it.

    Raises:
        OSError: it is gone, can't be read, is no regular file, or is larger than `LARGEST`.
    """
    handle = open_below(one.within, one.path.relative_to(one.within).parts)
    with os.fdopen(handle, "rb") as file:
        seen = os.fstat(handle)
        if not stat.S_ISREG(seen.st_mode) or seen.st_size > LARGEST:
            raise OSError(f"not a file of at most {LARGEST} bytes")
        data = file.read(LARGEST + 1)
        if len(data) > LARGEST:
            raise OSError(f"grew to more than {LARGEST} bytes")
        return data, seen


def describe(path: Path, folder: Path) -> Found:
    """The file at `path`, somewhere under `folder`."""
    parts = path.relative_to(folder).parts
    unit = show_path(folder / parts[0], folder) if len(parts) > 1 else UNKNOWN
    return Found(path, unit, show_path(path, folder / parts[0] if len(parts) > 1 else folder), folder)


def show_path(path: Path, folder: Path) -> str:
    """The path within `folder` as it may be shown: composed, printable, without anybody's number."""
    return mask(str(path.relative_to(folder)))


def mask(name: str) -> str:
    """The name of a file as it may be shown: composed, printable, without anybody's number."""
    return _NUMBER.sub(_mask_number, _decode(name))


def _decode(name: str) -> str:
    """A name as text: bytes that are no UTF-8 and characters that steer a terminal become `�`."""
    text = normalize("NFC", os.fsencode(name).decode("utf-8", "replace"))
    return "".join(each if each.isprintable() else "�" for each in text)


def _mask_number(found: re.Match[str]) -> str:
    before, after = found[1], found[2]
    number = found[0].removeprefix(before).removesuffix(after)
    return f"{before}{number[:3]}{'x' * (len(number) - 5)}{number[-2:]}{after}"
