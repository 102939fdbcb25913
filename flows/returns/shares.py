"""Puts marked workbooks and receipts into the folder of each unit from which it takes them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath

from flows.books.seal import to_text, unseal
from flows.files import INTERNAL_FILE, hash_file, make_internal, write_file, write_private
from flows.release.places import MARKED, RECEIPTS, UNITS
from flows.root import Root, read_own_settings
from schemas.settings import UNIT_IN_PATH
from schemas.units import Commune

# What every unit's folder holds, by its name there: SHA-256 of each file that we put there.
_Given = Mapping[str, str]


def fill_shares(root: Root, commune: Commune, release: Path) -> list[str]:
    """Bring the folder of each unit to the state of `release`, where the root declares such folders.

    What somebody changed in a folder stays, and is told, since nobody collects it there; the new file lies
    beside it. What is in `release` no more is removed if it is as we put it.

    Returns what could not be done and what was changed there, in Vietnamese sentences that name no file.

    Raises:
        DeclarationError: `xa.toml` can't be used.
    """
    where = read_own_settings(root).returns
    if where is None:
        return []
    if (root.path / where).resolve().is_relative_to((root.path / "raw").resolve()):
        return ["Không trả tệp về đơn vị: thư mục [tra_ve] nằm trong raw/, tệp ở đó sẽ thành tệp nộp."]
    told: list[str] = []
    known = _read_given(root)
    for unit in commune.units:
        share = _Share(root.path / where.replace(UNIT_IN_PATH, unit.name), known.get(unit.name, {}))
        try:
            changed = share.bring_to(_list_files(release / "reports" / UNITS / unit.name))
        except OSError:
            told.append(f"Đơn vị {unit.name}: không ghi được vào thư mục trả về (tra_ve).")
        else:
            told += [_say_changed(unit.name, changed)] if changed else []
        known[unit.name] = share.given
        _write_given(root, known)
    return told


def _say_changed(unit: str, changed: int) -> str:
    return (
        f"Đơn vị {unit} đã sửa {changed} tệp ngay trong thư mục trả về: ở đó không ai nhận; nhắc đơn vị chép "
        "tệp đã sửa vào nơi nộp."
    )


@dataclass
class _Share:
    """The folder of one unit, and what was put there."""

    folder: Path
    given: _Given

    def bring_to(self, wanted: Mapping[str, Path]) -> int:
        """Put the `wanted` files there, by their names; returns how many somebody changed there."""
        changed, put = 0, set()
        for name, source in wanted.items():
            content = hash_file(source)
            for at, each in enumerate((name, _name_beside(name))):
                changed += at
                if self._put(each, source, content):
                    put.add(each)
                    break
        for name in self.given.keys() - put:
            self._take_back(name)
        return changed

    def _put(self, name: str, source: Path, content: str) -> bool:
        """Put one file there; False if there is one that we did not put there as it is."""
        path = self.folder / name
        there = hash_file(path) if path.is_file() and not path.is_symlink() else None
        if there is None or there == self.given.get(name):
            if there != content:
                make_internal(path.parent)
                if path.parent.is_symlink():
                    raise OSError("a link")
                write_file(path, source.read_bytes(), mode=INTERNAL_FILE)
        elif there != content:
            return False
        self.given = {**self.given, name: content}
        return True

    def _take_back(self, name: str) -> None:
        """Remove a file that is as we put it; one that somebody changed is his now."""
        path = self.folder / name
        if path.is_file() and not path.is_symlink() and hash_file(path) == self.given[name]:
            path.unlink()
        self.given = {each: content for each, content in self.given.items() if each != name}


def _name_beside(name: str) -> str:
    path = PurePath(name)
    return str(path.with_stem(f"{path.stem} (mới)"))


def _list_files(folder: Path) -> dict[str, Path]:
    """What a release has for one unit, in its two folders: receipts link the workbooks."""
    return {path.relative_to(folder).as_posix(): path for path in _find(folder)}


def _find(folder: Path) -> Iterator[Path]:
    for part in (MARKED, RECEIPTS):
        yield from sorted(path for path in (folder / part).glob("*") if path.is_file())


def _read_given(root: Root) -> dict[str, _Given]:
    """What was put into the folders; nothing where that is no longer known: then all that differs stays."""
    try:
        said = unseal(json.loads(_path_of(root).read_bytes()), must=True)
    except (OSError, ValueError, AttributeError):
        return {}
    return said or {}


def _write_given(root: Root, given: Mapping[str, _Given]) -> None:
    write_private(_path_of(root), to_text(given).encode())


def _path_of(root: Root) -> Path:
    return root.state / "tra_ve.json"
