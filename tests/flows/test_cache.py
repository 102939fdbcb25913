"""What is kept comes back as it was written, or not at all; and is named after all that it hangs on."""

from __future__ import annotations

import ast
import os
import pickle
import shutil
import sys
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import packages_distributions
from pathlib import Path

import polars as pl
import pytest

import flows
from flows import cache
from flows.audit.facts import collect_facts
from flows.cache import (
    AUDIT_CACHE,
    CACHE_FOLDERS,
    INTACT_CACHE,
    LIBRARIES,
    PERIODS_CACHE,
    RECORDS_CACHE,
    RETURNS_CACHE,
    SUBMISSIONS_CACHE,
    Cache,
    CacheFolder,
)
from flows.cli.main import main
from flows.intake.cache import SubmissionCache
from flows.protect import Key, read_key
from flows.release.intact import IntactFiles
from flows.release.records import put_records
from flows.returns.give_back import give_back
from flows.root import Root
from flows.settle.cache import PeriodCache
from flows.system import code
from flows.system.code import list_sources

HERE = Path(flows.__path__[0])
KEY = Key(b"k" * 32)
VALUE = {"a": pl.DataFrame({"x": [1, 2, None], "y": ["một", "hai", None]}), "b": ("ba", 4)}


@pytest.mark.parametrize("at", range(0, 600, 23))
def test_what_was_damaged_is_not_there(tmp_path: Path, at: int) -> None:
    kept_in = Cache(tmp_path / "kho", KEY)
    kept_in.put("một", VALUE)
    kept = kept_in.get("một")
    assert kept["b"] == VALUE["b"]
    assert kept["a"].equals(VALUE["a"])
    path = tmp_path / "kho" / "một"
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= 4
    path.write_bytes(data)
    assert kept_in.get("một") is None


@pytest.mark.parametrize("length", [0, 5, 32, 40])
def test_what_was_cut_off_is_not_there(tmp_path: Path, length: int) -> None:
    kept_in = Cache(tmp_path / "kho", KEY)
    kept_in.put("một", VALUE)
    path = tmp_path / "kho" / "một"
    path.write_bytes(path.read_bytes()[:length])
    assert kept_in.get("một") is None
    assert kept_in.get("hai") is None


class Order:
    """What a pickle may do to whoever reads it."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.target),)


@pytest.mark.parametrize("key", [None, Key(b"z" * 32), KEY], ids=["hash", "another key", "another name"])
def test_a_pickle_that_was_not_kept_here_is_never_read(tmp_path: Path, key: Key | None) -> None:
    carried_out, folder = tmp_path / "carried out", tmp_path / "kho"
    data = pickle.dumps(Order(carried_out))
    folder.mkdir()
    (folder / "một").write_bytes((key.seal("kho/hai", data) if key else sha256(data).digest()) + data)
    assert Cache(folder, KEY).get("một") is None
    assert not Cache(folder, KEY).is_whole("một")
    assert not carried_out.exists()


def test_without_a_key_of_our_own_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = Root(tmp_path)
    root.prepare()
    AUDIT_CACHE.open_in(root).put("một", VALUE)
    assert AUDIT_CACHE.open_in(root).get("một") is None
    assert not (root.state / "key").exists()
    read_key(root)
    AUDIT_CACHE.open_in(root).put("một", VALUE)
    assert AUDIT_CACHE.open_in(root, frozen=True).get("một")["b"] == VALUE["b"]
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    assert AUDIT_CACHE.open_in(root).get("một") is None


@pytest.mark.parametrize("words", [["run", "--plain"], ["find", "038090000001"], ["rotate", "--yes"]])
def test_a_var_of_another_owner_is_refused(
    words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Root(tmp_path).prepare()
    read_key(Root(tmp_path))
    monkeypatch.setattr(os, "geteuid", lambda: 4711)
    monkeypatch.setattr("sys.argv", ["dulieuxa", *words, "--root", str(tmp_path)])
    with pytest.raises(SystemExit, match="2"):
        main()
    assert "là của người dùng khác" in capsys.readouterr().err


#: Where the values of each cache are made and kept: from here all their code is imported.
OWNERS = {
    SUBMISSIONS_CACHE: SubmissionCache,
    PERIODS_CACHE: PeriodCache,
    RECORDS_CACHE: put_records,
    RETURNS_CACHE: give_back,
    AUDIT_CACHE: collect_facts,
    INTACT_CACHE: IntactFiles,
}
each_cache = pytest.mark.parametrize("folder", CACHE_FOLDERS, ids=lambda folder: folder.name)


def test_every_cache_is_declared_once() -> None:
    assert set(OWNERS) == set(CACHE_FOLDERS)
    assert len({folder.name for folder in CACHE_FOLDERS}) == len(CACHE_FOLDERS)


def imports_of(source: Path) -> Iterator[str]:
    """Names that a source imports when it runs."""
    tree = ast.parse(source.read_text("utf-8"))
    guarded = [node for node in ast.walk(tree) if isinstance(node, ast.If) and _for_types(node)]
    never = {id(each) for node in guarded for each in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and id(node) not in never:
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and id(node) not in never:
            yield from (str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names))


def _for_types(node: ast.If) -> bool:
    return ast.unparse(node.test) == "TYPE_CHECKING"


def sources_of(name: str) -> Iterator[Path]:
    """The sources that run when `name` of our packages is imported: those of its packages, and its own."""
    parts = name.split(".")
    if parts[0] in ("flows", "schemas"):
        places = [HERE.parent.joinpath(*parts[:count]) for count in range(1, len(parts) + 1)]
        yield from (place / "__init__.py" for place in places if (place / "__init__.py").exists())
        yield from (place.with_suffix(".py") for place in places if place.with_suffix(".py").exists())


def walk(start: str) -> tuple[set[Path], set[str]]:
    """Our sources that are imported from the module `start` on, and the libraries that they import."""
    seen: set[Path] = set()
    libraries: set[str] = set()
    left = [*sources_of(start)]
    while left:
        source = left.pop()
        if source not in seen:
            seen.add(source)
            names = [*imports_of(source)]
            left += [each for name in names for each in sources_of(name)]
            libraries |= {name.split(".")[0] for name in names}
    return seen, libraries - {"flows", "schemas"} - sys.stdlib_module_names


@each_cache
def test_a_key_tells_of_all_code_that_values_depend_on(folder: CacheFolder) -> None:
    """No exceptions: a change anywhere in this code makes new keys."""
    code, _ = walk(OWNERS[folder].__module__)
    told = {source for room in folder.rooms for source in list_sources(room)}
    ours = {source for source in code if source.is_relative_to(HERE)} - {HERE / "__init__.py"}
    assert [source.relative_to(HERE).as_posix() for source in sorted(ours - told)] == []


@each_cache
def test_a_key_names_rooms_and_no_room_in_vain(folder: CacheFolder) -> None:
    code, _ = walk(OWNERS[folder].__module__)
    for room in folder.rooms:
        assert "/" not in room
        assert code & {*list_sources(room)}, room
    assert len({*folder.rooms}) == len(folder.rooms)


@pytest.mark.slow
def test_a_key_tells_of_all_libraries_that_values_depend_on() -> None:
    names = packages_distributions()
    used = {names[name][0].lower() for owner in OWNERS.values() for name in walk(owner.__module__)[1]}
    assert used == {*LIBRARIES}


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of our sources, to be changed, from which keys are made."""
    for package in ("flows", "schemas"):
        shutil.copytree(HERE.parent / package, tmp_path / package)
    monkeypatch.setattr(code, "HERE", tmp_path / "flows")
    forget()
    yield tmp_path
    forget()


def forget() -> None:
    for each in (cache.hash_code, code.hash_room, code.hash_schemas, code.code_version):
        each.cache_clear()


@pytest.mark.parametrize(
    ("source", "changed"),
    [
        ("flows/read/formats/xlsx.py", {"doc", "xet", "bang", "tra_lai"}),
        # A key of "bang" contains the key of its period, of "xet", beside what stands here.
        ("flows/words.py", {"doc", "xet", "tra_lai"}),
        ("flows/protect.py", {folder.name for folder in CACHE_FOLDERS}),
        ("flows/release/parquet.py", {"bang", "tra_lai", "kiem", "nguyen_ven"}),
        ("flows/report/templates/phieu_nhan.html.j2", {"tra_lai"}),
        ("flows/audit/facts.py", {"kiem"}),
        ("flows/cli/main.py", set()),
        ("schemas/periods.py", {"doc", "xet", "bang", "tra_lai", "kiem", "nguyen_ven"}),
        ("schemas/datasets/dan_cu.py", set()),
    ],
)
def test_a_change_of_code_makes_new_keys(source: str, changed: set[str], copied: Path) -> None:
    before = {folder.name: folder.make_key("một") for folder in CACHE_FOLDERS}
    with (copied / source).open("a") as file:
        file.write("\n# khác\n")
    forget()
    assert {
        folder.name for folder in CACHE_FOLDERS if folder.make_key("một") != before[folder.name]
    } == changed


def test_another_version_of_a_library_makes_new_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    before = [folder.make_key("một") for folder in CACHE_FOLDERS]
    monkeypatch.setattr(cache, "version", lambda name: "9" if name == "polars" else "1")
    forget()
    after = [folder.make_key("một") for folder in CACHE_FOLDERS]
    forget()
    assert not {*before} & {*after}
