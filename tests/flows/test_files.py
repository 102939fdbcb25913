"""A file is there whole or not at all, with its mode and times, and nothing half written stays."""

from __future__ import annotations

import ast
import errno
import multiprocessing
import os
import resource
import stat
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import flows
from flows import files
from flows.engine import workers
from flows.files import (
    clear_half_written,
    create,
    make_durable,
    make_like,
    make_public,
    try_link,
    write_file,
    write_lines,
    write_new,
    write_private,
)
from flows.root import Root
from flows.system import linux

HERE = Path(flows.__path__[0])
#: Who else opens files for writing: the lock, which is never whole, and what goes to a URL.
OTHERS = {"root.py", "province/commune.py"}
OLD, NEW = b"old", b"new" * 100_000

workers.PRELOAD.append("tests.flows.test_files")


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o277], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_the_mode_is_the_one_that_was_asked_for(mode: int, umask: int, tmp_path: Path) -> None:
    path = tmp_path / "a"
    write_file(path, b"x", b"y", mode=mode)
    write_new(tmp_path / "b", b"x", mode=mode)
    write_lines(tmp_path / "c", ["x"], mode=mode)
    assert [mode_of(each) for each in sorted(tmp_path.iterdir())] == [mode] * 3
    assert path.read_bytes() == b"xy"


def test_what_is_not_private_everybody_may_read_whatever_the_umask_is(umask: int, tmp_path: Path) -> None:
    write_file(tmp_path / "a", b"x")
    with create(tmp_path / "b" / "c" / "d", internal=False) as handle:
        handle.write(b"x")
    make_public(tmp_path / "e" / "f")
    made = list(tmp_path.rglob("*"))
    assert {mode_of(path) for path in made if path.is_file()} == {0o644}
    assert {mode_of(path) for path in made if path.is_dir()} == {0o755}
    assert len(made) == 6


def test_an_internal_file_is_for_the_owners_group(umask: int, tmp_path: Path) -> None:
    with create(tmp_path / "data" / "a" / "b", internal=True) as handle:
        handle.write(b"x")
    assert [mode_of(tmp_path / "data" / path) for path in (".", "a", "a/b")] == [0o750, 0o750, 0o640]


def test_folders_are_made_like_others(umask: int, tmp_path: Path) -> None:
    with create(tmp_path / "một" / "data" / "a" / "b", internal=True):
        pass
    make_public(tmp_path / "hai")
    make_like(tmp_path / "hai" / "data" / "a", tmp_path / "một" / "data" / "a")
    assert [mode_of(tmp_path / "hai" / path) for path in (".", "data", "data/a")] == [0o755, 0o750, 0o750]


def test_a_private_file_stands_in_a_private_folder(umask: int, tmp_path: Path) -> None:
    write_private(tmp_path / "kho" / "a", b"x")
    assert (mode_of(tmp_path / "kho"), mode_of(tmp_path / "kho" / "a")) == (0o700, 0o600)
    assert [path.name for path in (tmp_path / "kho").iterdir()] == ["a"]


def test_a_folder_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    write_private(tmp_path / "a", b"x")
    assert mode_of(tmp_path) == 0o755


def test_the_times_are_those_that_were_asked_for(tmp_path: Path) -> None:
    write_file(tmp_path / "a", b"x", times=(1_795_400_000_123_456_789, 1_795_400_001_987_654_321))
    found = (tmp_path / "a").stat()
    assert (found.st_atime_ns, found.st_mtime_ns) == (1_795_400_000_123_456_789, 1_795_400_001_987_654_321)


def test_another_name_of_a_file_keeps_the_former_content(tmp_path: Path) -> None:
    write_file(tmp_path / "a", OLD)
    assert try_link(tmp_path / "a", tmp_path / "b")
    write_file(tmp_path / "a", NEW)
    assert (tmp_path / "b").read_bytes() == OLD


#: Everything that the system is asked for on the way.
STEPS = ("os.fchmod", "os.utime", "os.fsync", "fcntl.flock", "Path.replace")


def fail(monkeypatch: pytest.MonkeyPatch, step: str, number: int = errno.ENOSPC) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    owner, name = step.split(".")
    monkeypatch.setattr(getattr(linux if owner == "fcntl" else files, owner), name, refuse)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("there", [True, False])
def test_a_write_that_fails_leaves_what_was_there_and_nothing_else(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, there: bool
) -> None:
    path = tmp_path / "a"
    if there:
        path.write_bytes(OLD)
    fail(monkeypatch, step)
    with pytest.raises(OSError, match="No space"):
        write_file(path, NEW, mode=0o600, times=(0, 0))
    assert [each.read_bytes() for each in tmp_path.iterdir()] == ([OLD] if there else [])


@pytest.mark.parametrize("step", ["os.fchmod", "os.fsync", "fcntl.flock", "Path.hardlink_to"])
def test_a_new_file_that_fails_is_not_there(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(monkeypatch, step)
    with pytest.raises(OSError, match="No space"):
        write_new(tmp_path / "a", NEW, mode=0o600)
    assert list(tmp_path.iterdir()) == []


def too_large(path: Path, write: Callable[[Path], Any], answer: Any) -> None:
    """Write where no file may grow beyond 1000 bytes, and tell what came of it."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
    try:
        write(path)
    except OSError as error:
        answer.send(error.errno)
    answer.send(None)


@pytest.mark.parametrize("write", [partial(write_file), partial(write_new, mode=0o600)], ids=["file", "new"])
def test_a_disk_that_takes_no_more_leaves_nothing(write: Callable[..., Any], tmp_path: Path) -> None:
    ours, theirs = multiprocessing.Pipe()
    args = tmp_path / "a", partial(_write, write), theirs
    process = workers.process_context().Process(target=too_large, args=args)
    process.start()
    process.join(60)
    assert ours.recv() == errno.EFBIG
    assert list(tmp_path.iterdir()) == []


def _write(write: Callable[..., Any], path: Path) -> None:
    write(path, NEW)


def test_what_is_there_is_never_overwritten_by_a_new_file(tmp_path: Path) -> None:
    assert write_new(tmp_path / "a", OLD, mode=0o600)
    assert not write_new(tmp_path / "a", NEW, mode=0o600)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [OLD]


@pytest.mark.parametrize("number", [errno.EPERM, errno.ENOTSUP, errno.EMLINK])
def test_a_disk_without_hard_links_has_new_files_too(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail(monkeypatch, "Path.hardlink_to", number)
    assert write_new(tmp_path / "a", OLD, mode=0o600)
    assert not write_new(tmp_path / "a", NEW, mode=0o600)
    assert [(path.read_bytes(), mode_of(path)) for path in tmp_path.iterdir()] == [(OLD, 0o600)]


def synced(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files and folders of which the disk is asked to keep them, under the names that they have then."""
    seen: list[Path] = []
    fsync = os.fsync

    def noted(handle: int) -> None:
        seen.append(Path(f"/proc/self/fd/{handle}").readlink())
        fsync(handle)

    monkeypatch.setattr(files.os, "fsync", noted)
    return seen


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_what_is_durable_is_synced_with_its_folder_and_what_is_not_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = synced(monkeypatch)
    write_file(tmp_path / "a", b"x", durable=False)
    write_private(tmp_path / "kho" / "a", b"x", durable=False)
    assert seen == []
    write_file(tmp_path / "a", b"x")
    assert [path.parent for path in seen] == [tmp_path, tmp_path.parent]
    seen.clear()
    write_private(tmp_path / "moi" / "a", b"x")
    assert [seen[0], seen[1].parent, seen[2]] == [tmp_path, tmp_path / "moi", tmp_path / "moi"]


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_a_folder_is_made_durable_as_a_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "a"
    (folder / "b" / "c").mkdir(parents=True)
    for path in (folder / "1", folder / "b" / "2", folder / "b" / "c" / "3"):
        path.write_bytes(b"x")
    (folder / "4").hardlink_to(folder / "1")
    seen = synced(monkeypatch)
    make_durable(folder)
    whole = {folder / "b" / "2", folder / "b" / "c" / "3", folder, folder / "b", folder / "b" / "c", tmp_path}
    assert {*seen} == whole
    assert seen.index(folder / "b" / "2") < seen.index(folder / "b")


def test_what_a_killed_process_left_half_written_is_removed_and_nothing_else(tmp_path: Path) -> None:
    root = Root(tmp_path)
    root.prepare()
    (root.archive / "ab").mkdir()
    folders = (root.state, root.archive / "ab", tmp_path / "curated")
    left = [folder / ".123-0a1b2c3d.part" for folder in folders]
    others = [root.state / ".123.part", root.inbox / ".123-0a1b2c3d.part", root.archive / "ab" / "ab"]
    for path in (*left, *others):
        path.write_bytes(b"x")
    with root.lock():
        assert [path for path in left if path.exists()] == []
        assert all(path.exists() for path in others)


def test_what_is_being_written_is_left_alone(tmp_path: Path) -> None:
    with files._half_written(tmp_path, [b"x"], 0o600, durable=False) as partial_file:
        clear_half_written([tmp_path])
        assert partial_file.read_bytes() == b"x"
        partial_file.replace(tmp_path / "a")
    clear_half_written([tmp_path])
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def writes(source: Path) -> list[str]:
    """Calls in a source that write a file by themselves."""
    calls = [node for node in ast.walk(ast.parse(source.read_text("utf-8"))) if isinstance(node, ast.Call)]
    return [ast.unparse(call) for call in calls if _writes(call)]


def _writes(call: ast.Call) -> bool:
    name = ast.unparse(call.func)
    if name.endswith((".write_bytes", ".write_text", ".touch", "mkstemp", "NamedTemporaryFile")):
        return True
    if name.endswith("os.open"):
        return "O_RDONLY" not in ast.unparse(call)
    modes = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    return name.split(".")[-1] in ("open", "fdopen") and any({*mode} & {*"wax+"} for mode in modes[-1:])


def test_one_place_writes_files() -> None:
    sources = {path.relative_to(HERE).as_posix(): path for path in sorted(HERE.rglob("*.py"))}
    found = {name: writes(path) for name, path in sources.items() if name not in {"files.py", *OTHERS}}
    assert {name: what for name, what in found.items() if what} == {}
    assert len(found) > 300


def test_what_writes_by_itself_is_noticed() -> None:
    assert all(writes(HERE / name) for name in ("files.py", *OTHERS))
