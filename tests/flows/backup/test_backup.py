"""A backup holds all that can't be made again, follows its root cheaply, and gives it back elsewhere."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.backup import backup, tree
from flows.backup.backup import COPY, LIST, back_up, find_damage, read_backup, restore
from flows.backup.tree import walk
from flows.cli.main import build_app
from flows.errors import BackupError, LockedError
from flows.files import copy_file, write_file
from flows.mend.look import look_over
from flows.release.publish import read_published
from flows.root import Root
from tests.conftest import Day, run_plainly

CODE = "15061"


@pytest.fixture
def root(planted: Day, tmp_path: Path) -> Root:
    return Root(Path(shutil.copytree(planted.root.path, tmp_path / "xa", symlinks=True)))


@pytest.fixture
def away(tmp_path: Path) -> Path:
    return tmp_path / "dia_khac" / "xa"


def content_of(root: Path) -> dict[str, bytes | str]:
    """All that is to be kept of a root, links by where they lead."""
    found: dict[str, bytes | str] = {}
    for path, _ in walk(root):
        place = root / path
        if place.is_symlink():
            found[path] = str(place.readlink())
        else:
            found[path] = place.read_bytes() if place.is_file() else ""
    return found


def states_of(root: Path) -> dict[str, tuple[int, int]]:
    return {path: (state.st_mode, state.st_mtime_ns) for path, state in walk(root) if (root / path).is_file()}


@pytest.mark.slow
def test_what_is_restored_elsewhere_is_the_same_and_goes_on(root: Root, away: Path, tmp_path: Path) -> None:
    (root.path / "xa.toml").write_text("[han_nop]\ndan_cu = 4\n")
    back_up(root, CODE, away)
    target = tmp_path / "may_moi" / "xa"
    restore(away, target)
    assert content_of(target) == content_of(root.path)
    assert states_of(target) == states_of(root.path)
    assert not (target / "var" / "doc").exists()
    assert [each.what for each in look_over(Root(target))] == [each.what for each in look_over(root)]
    shown = read_published(root)
    (target / "xa.toml").unlink()
    assert run_plainly(target).release.name == shown


def test_a_copy_is_for_its_owner_alone(root: Root, away: Path) -> None:
    back_up(root, CODE, away)
    assert {(away / name).stat().st_mode & 0o077 for name in ("", LIST, COPY)} == {0}


def test_the_next_time_only_what_changed_is_copied(
    root: Root, away: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = back_up(root, CODE, away)
    (root.path / "moi.txt").write_text("mới")
    copied: list[str] = []

    def copy(source: Path, to: Path) -> str:
        copied.append(source.name)
        return copy_file(source, to)

    monkeypatch.setattr(tree, "copy_file", copy)
    second = back_up(root, CODE, away)
    assert copied == ["moi.txt"]
    assert second.tree.files.keys() - first.tree.files.keys() == {"moi.txt"}


@pytest.mark.slow
def test_files_that_share_their_content_share_it_in_the_copy(root: Root, away: Path, tmp_path: Path) -> None:
    one = next(path for path in root.releases.rglob("*.parquet"))
    os.link(one, root.path / "doi.parquet")
    back_up(root, CODE, away)
    restore(away, tmp_path / "moi")
    for place in (away / COPY, tmp_path / "moi"):
        assert (place / one.relative_to(root.path)).samefile(place / "doi.parquet")


@pytest.mark.slow
def test_what_is_erased_here_is_gone_there(root: Root, away: Path) -> None:
    (root.path / "cu").mkdir()
    (root.path / "cu" / "a.txt").write_text("a")
    (root.path / "dan").symlink_to("cu")
    back_up(root, CODE, away)
    assert {"cu/a.txt", "dan"} <= content_of(away / COPY).keys()
    shutil.rmtree(root.path / "cu")
    (root.path / "dan").unlink()
    (root.path / "dan").write_text("nay là tệp")
    back_up(root, CODE, away)
    assert content_of(away / COPY) == content_of(root.path)
    assert [*find_damage(away)] == []


@pytest.mark.slow
def test_a_bit_that_turns_here_does_not_reach_the_copy(root: Root, away: Path, tmp_path: Path) -> None:
    back_up(root, CODE, away)
    one = next(path for path in root.archive.rglob("*") if path.is_file() and path.suffix != ".json")
    before, state = one.read_bytes(), one.stat()
    one.chmod(0o600)
    one.write_bytes(bytes([before[0] ^ 1]) + before[1:])
    os.utime(one, ns=(state.st_atime_ns, state.st_mtime_ns))
    back_up(root, CODE, away)
    restore(away, tmp_path / "moi")
    assert (tmp_path / "moi" / one.relative_to(root.path)).read_bytes() == before


@pytest.mark.slow
def test_what_is_written_anew_with_its_old_time_is_copied_again(root: Root, away: Path) -> None:
    one = root.inbox / "T01" / "ho.csv"
    one.write_bytes(b"Ha Thi Mau")
    back_up(root, CODE, away)
    state = one.stat()
    write_file(one, b"__________", times=(state.st_atime_ns, state.st_mtime_ns))
    back_up(root, CODE, away)
    assert (away / COPY / "raw" / "inbox" / "T01" / "ho.csv").read_bytes() == b"__________"


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_cannot_be_read_is_named_and_the_copy_is_not_whole(
    root: Root, away: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def refuse(path: Path, *_: object) -> str:
        raise PermissionError(13, "không được", str(path))

    def walk_into_a_closed_folder(top: Path, onerror: Callable[[OSError], None]) -> Iterator[object]:
        onerror(PermissionError(13, "không được", str(top)))
        yield from ()

    if what == "file":
        monkeypatch.setattr(tree, "copy_file", refuse)
    else:
        monkeypatch.setattr(tree.os, "walk", walk_into_a_closed_folder)
    with pytest.raises(BackupError, match=f"Không đọc hoặc không ghi được {root.path}"):
        back_up(root, CODE, away)
    with pytest.raises(BackupError, match="dở dang"):
        read_backup(away)


@pytest.mark.parametrize("damage", ["gone", "turned", "led astray"])
def test_a_damaged_copy_is_named_and_not_restored(
    root: Root, away: Path, tmp_path: Path, damage: str
) -> None:
    back_up(root, CODE, away)
    if damage == "led astray":
        harmed = away / COPY / "curated" / "latest"
        harmed.unlink()
        harmed.symlink_to("/etc")
    else:
        harmed = next((away / COPY / "raw" / "archive").glob("*/*.json"))
        data = harmed.read_bytes()
        harmed.unlink()
        if damage == "turned":
            harmed.write_bytes(data[:-1])
    assert [str(harmed) in said for said in find_damage(away)] == [True]
    with pytest.raises(BackupError, match="Chưa khôi phục gì"):
        restore(away, tmp_path / "moi")
    assert not (tmp_path / "moi").exists()


@pytest.mark.slow
def test_a_copy_that_was_cut_off_says_so_and_is_finished_the_next_time(
    root: Root, away: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise OSError(28, "đĩa đầy")

    with monkeypatch.context() as patch:
        patch.setattr(backup, "copy_tree", stop)
        with pytest.raises(OSError, match="đĩa đầy"):
            back_up(root, CODE, away)
    with pytest.raises(BackupError, match="dở dang"):
        restore(away, tmp_path / "moi")
    (away / COPY / ".12-0123abcd.part").write_bytes(b"x")
    back_up(root, CODE, away)
    restore(away, tmp_path / "moi")
    assert content_of(tmp_path / "moi") == content_of(root.path)


def test_places_that_cannot_be_are_refused(root: Root, away: Path, tmp_path: Path) -> None:
    for place in (root.path, root.path / "sao", root.path.parent):
        with pytest.raises(BackupError, match="nằm trong nhau"):
            back_up(root, CODE, place)
    away.mkdir(parents=True)
    (away / "anh.jpg").touch()
    with pytest.raises(BackupError, match="đã có thứ khác"):
        back_up(root, CODE, away)
    (away / "anh.jpg").unlink()
    back_up(root, CODE, away)
    with pytest.raises(BackupError, match="của xã 15061, không phải 90001"):
        back_up(root, "90001", away)
    with pytest.raises(BackupError, match="chỉ khôi phục vào thư mục trống"):
        restore(away, root.path)
    with pytest.raises(BackupError, match="không phải bản sao lưu"):
        restore(tmp_path / "xa", tmp_path / "moi")
    with root.lock(), pytest.raises(LockedError):
        back_up(root, CODE, away)


def test_the_commands_say_what_they_did(root: Root, away: Path, tmp_path: Path) -> None:
    def call(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(build_app(), [*words])
        return done.exit_code, done.output

    code, said = call("backup", str(away), "--root", str(root.path))
    assert (code, "Đã sao lưu" in said) == (0, True)
    code, said = call("backup", str(away), "--check")
    assert (code, "mọi tệp đúng từng byte" in said) == (0, True)
    code, said = call("restore", str(away), "--root", str(tmp_path / "moi"))
    assert (code, "Đã khôi phục" in said) == (0, True)
    kept = json.loads((away / LIST).read_bytes())
    name = next(name for name in kept["tree"]["files"] if name.startswith("raw/archive"))
    (away / COPY / name).unlink()
    code, said = call("backup", str(away), "--check")
    assert code == 1
    assert Path(name).name in said.replace("\n", "")
