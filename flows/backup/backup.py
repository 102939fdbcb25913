"""Copies a root to another place and back: key, archive, releases, books, settings; each byte proven."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flows.backup.tree import Entry, Tree, copy_tree
from flows.errors import BackupError
from flows.files import hash_file, make_private, write_private
from flows.root import HERE, Root

#: In a backup: what it is of and what it holds; and the copy itself.
LIST, COPY = "ban_sao_luu.json", "goc"


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup holds: the commune's code, when it was made, its files. `whole` once it was finished."""

    code: str
    made: str
    whole: bool
    tree: Tree


def back_up(root: Root, code: str, folder: Path) -> Backup:
    """Bring the backup in `folder` to the state of `root`; only what changed is copied.

    The root is held meanwhile: no run begins. Until the copy is whole, `folder` says that it is not.

    Raises:
        BackupError: `folder` holds something else, or lies within the root or around it; a file or folder
            can't be read, which is named.
        LockedError: a run holds the root.
    """
    folder = folder.resolve()
    if folder == root.path or folder.is_relative_to(root.path) or root.path.is_relative_to(folder):
        raise BackupError(f"{folder} và {root.path} nằm trong nhau: chọn một thư mục ngoài thư mục của xã.")
    with root.lock():
        before = _read_own(folder, code)
        make_private(folder)
        _write(folder, Backup(code, "", whole=False, tree=before))
        (folder / COPY).mkdir(exist_ok=True, mode=0o700)
        try:
            tree = copy_tree(root.path, folder / COPY, before.files)
        except (PermissionError, FileNotFoundError) as unread:
            raise BackupError(
                f"Không đọc hoặc không ghi được {unread.filename}: bản sao lưu còn dở dang. Sửa quyền, hoặc "
                "chờ tệp ấy chép xong, rồi chạy lại."
            ) from unread
        kept = Backup(code, datetime.now(HERE).isoformat(timespec="seconds"), whole=True, tree=tree)
        _write(folder, kept)
    return kept


def restore(folder: Path, target: Path) -> Backup:
    """Make the empty or missing folder `target` what the backup in `folder` holds.

    Raises:
        BackupError: the backup is not whole, or damaged (each file is named), or `target` is not empty.
    """
    kept = read_backup(folder)
    if target.exists() and any(target.iterdir()):
        raise BackupError(f"{target} đã có dữ liệu: chỉ khôi phục vào thư mục trống.")
    if damaged := [*find_damage(folder)]:
        raise BackupError("\n".join((*damaged, "Chưa khôi phục gì: dùng một bản sao lưu khác.")))
    target.mkdir(parents=True, exist_ok=True)
    copy_tree(folder / COPY, target, {})
    for path, mode in kept.tree.folders.items():
        (target / path).chmod(mode)
    return kept


def find_damage(folder: Path) -> Iterator[str]:
    """Every file of a backup that is gone or is not as it was copied, a sentence each; all bytes are read."""
    kept = read_backup(folder)
    for path, entry in kept.tree.files.items():
        copied = folder / COPY / path
        if not copied.is_file():
            yield f"{copied}: bị mất."
        elif hash_file(copied) != entry.sha256:
            yield f"{copied}: nội dung không còn như lúc sao lưu."
    for path, target in kept.tree.links.items():
        link = folder / COPY / path
        if not link.is_symlink() or str(link.readlink()) != target:
            yield f"{link}: không còn dẫn tới {target}."


def read_backup(folder: Path) -> Backup:
    """What the backup in `folder` holds.

    Raises:
        BackupError: there is none, or it is not whole.
    """
    kept = _read(folder / LIST)
    if kept is None:
        raise BackupError(f"{folder} không phải bản sao lưu: không có tệp {LIST} đọc được.")
    if not kept.whole:
        raise BackupError(f"Bản sao lưu ở {folder} dở dang: chạy lại dulieuxa backup.")
    return kept


def _read_own(folder: Path, code: str) -> Tree:
    """What is in the folder already, if it is a backup of this commune."""
    if not folder.exists() or not any(folder.iterdir()):
        return Tree()
    kept = _read(folder / LIST)
    if kept is None:
        raise BackupError(f"{folder} đã có thứ khác: chọn thư mục trống, hoặc bản sao lưu trước của xã.")
    if kept.code != code:
        raise BackupError(f"{folder} là bản sao lưu của xã {kept.code}, không phải {code}.")
    return kept.tree


def _write(folder: Path, kept: Backup) -> None:
    write_private(folder / LIST, json.dumps(asdict(kept), ensure_ascii=False).encode())


def _read(path: Path) -> Backup | None:
    try:
        said: Mapping[str, Any] = json.loads(path.read_bytes())
        tree = said["tree"]
        files = {name: Entry(**entry) for name, entry in tree["files"].items()}
        return Backup(said["code"], said["made"], said["whole"], Tree(files, tree["links"], tree["folders"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
