"""A day takes over what the day before worked out from the same submissions, and nothing else."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from rich.console import Console

from flows.cache import CACHE_FOLDERS, clear_all
from flows.engine.plain import PlainRunner
from flows.intake import cache as submission_cache
from flows.intake.cache import SubmissionCache
from flows.protect import rotate_key
from flows.rebuild import find_differences
from flows.release import records
from flows.release.manifest import read_hashes, read_manifest
from flows.release.places import MARKED, RECEIPTS, UNITS
from flows.returns import give_back
from flows.root import Root
from flows.settle import cache as period_cache
from schemas.registry import load
from tests.conftest import TODAY, Day, run_plainly

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def root(planted: Day, tmp_path: Path) -> Root:
    """The root after its day, to be used up."""
    shutil.copytree(planted.root.path, tmp_path / "xa", symlinks=True)
    return Root(tmp_path / "xa")


def data_of(release: Path) -> dict[str, str]:
    found = read_hashes(read_manifest(release))
    return {path: cleaned for path, cleaned in found.items() if path.startswith(("data/", "open/"))}


def _never(*_: object, **__: object) -> None:
    raise AssertionError


def test_a_quiet_day_reads_judges_and_writes_no_record(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name in (
        (SubmissionCache, "_load"),
        (SubmissionCache, "_read"),
        (period_cache, "judge_periods"),
        (records, "write_records"),
    ):
        monkeypatch.setattr(module, name, _never)
    quiet = run_plainly(root.path, TOMORROW)
    before = root.releases / read_manifest(quiet.release)["before"]
    for path in data_of(quiet.release):
        assert (quiet.release / path).stat().st_ino == (before / path).stat().st_ino
    assert len(data_of(quiet.release)) > 16


@pytest.mark.slow
def test_a_quiet_day_gives_back_what_was_given_back(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("write_marked", "write_receipts"):
        monkeypatch.setattr(give_back, name, _never)
    quiet = run_plainly(root.path, TOMORROW)
    before = root.releases / read_manifest(quiet.release)["before"]
    for folder in (MARKED, RECEIPTS):
        files = sorted(quiet.release.glob(f"reports/{UNITS}/*/{folder}/*"))
        assert len(files) > 16
        for path in files:
            former = before / path.relative_to(quiet.release)
            assert path.stat().st_ino == former.stat().st_ino
            assert path.parent.stat().st_mode == former.parent.stat().st_mode
        assert all((path.parent.stat().st_mode & 0o077 == 0) == (folder == MARKED) for path in files)


@pytest.mark.slow
def test_marked_workbooks_stand_nowhere_but_in_releases(root: Root) -> None:
    left_over = root.state / MARKED / "a"
    left_over.parent.mkdir()
    left_over.write_bytes(b"PK")
    run_plainly(root.path, TOMORROW)
    assert not left_over.parent.exists()


@pytest.mark.slow
def test_a_quiet_day_comes_out_as_if_all_was_read_again(root: Root) -> None:
    quiet = run_plainly(root.path, TOMORROW)
    assert find_differences(root, load(), quiet.release, PlainRunner(Console(quiet=True))) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "where",
    [
        "data/*/*/*.parquet",
        "open/*/*/*.parquet",
        f"reports/{UNITS}/*/{RECEIPTS}/*.html",
    ],
)
def test_files_are_written_anew_where_the_earlier_ones_are_not_whole(
    where: str, planted: Day, root: Root
) -> None:
    damaged = next(planted.release.glob(where)).relative_to(planted.release)
    place = root.releases / planted.release.name / damaged
    place.write_bytes(place.read_bytes()[:-1])
    quiet = run_plainly(root.path, TOMORROW)
    assert data_of(quiet.release) == data_of(planted.release)
    assert (quiet.release / damaged).read_bytes() == (planted.release / damaged).read_bytes()


@pytest.mark.slow
def test_what_came_to_be_readable_by_others_is_not_handed_on(planted: Day, root: Root) -> None:
    former = root.releases / planted.release.name
    for book in former.glob(f"reports/{UNITS}/*/{MARKED}/*"):
        book.chmod(0o644)
        book.parent.chmod(0o755)
    quiet = run_plainly(root.path, TOMORROW)
    books = sorted(quiet.release.glob(f"reports/{UNITS}/*/{MARKED}/*"))
    assert len(books) > 16
    assert {path.stat().st_mode & 0o077 for book in books for path in (book, book.parent)} == {0}


@pytest.mark.slow
def test_records_are_for_the_owners_group_and_open_tables_for_everybody(root: Root) -> None:
    quiet = run_plainly(root.path, TOMORROW)
    for release in (root.releases / str(read_manifest(quiet.release)["before"]), quiet.release):
        for place, file, folder in (("data", 0o440, 0o750), ("open", 0o444, 0o755)):
            found = [release / place, *(release / place).rglob("*")]
            assert len(found) > 16
            assert {path.stat().st_mode & 0o777 for path in found if path.is_file()} == {file}
            assert {path.stat().st_mode & 0o777 for path in found if path.is_dir()} == {folder}


@pytest.mark.slow
def test_another_key_makes_other_records(planted: Day, root: Root) -> None:
    rotate_key(root)
    quiet = run_plainly(root.path, TOMORROW)
    before, after = data_of(planted.release), data_of(quiet.release)
    assert after.keys() == before.keys()
    changed = {path for path in before if after[path] != before[path]}
    assert any(path.startswith("data/dan_cu/") for path in changed)


def test_what_is_kept_is_for_the_owner_alone(root: Root) -> None:
    for folder in CACHE_FOLDERS:
        kept = [*folder.path_in(root).iterdir()]
        assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
        assert folder.path_in(root).stat().st_mode & 0o777 == 0o700


@pytest.mark.slow
def test_every_folder_under_var_but_the_second_copies_is_a_cache_and_one_call_empties_all(root: Root) -> None:
    run_plainly(root.path, TOMORROW)
    made = {path.name for path in root.state.iterdir() if path.is_dir()}
    assert made == {folder.name for folder in CACHE_FOLDERS} | {root.copies.name}
    files = {path.name for path in root.state.iterdir() if path.is_file()}
    clear_all(root)
    assert {path.name for path in root.state.iterdir()} == files | {root.copies.name}
    clear_all(root)


def test_a_file_that_was_lost_is_tried_again_on_a_day_on_which_nothing_came(
    planted: Day, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = pl.col("file").str.ends_with(".xlsx") & (pl.col("state") == "chap_nhan")
    unit, file = planted.table("submissions").filter(good).select("unit", "file").row(0)
    shutil.copytree(planted.root.inbox / unit, tmp_path / "raw" / "inbox" / unit)
    monkeypatch.setattr(
        submission_cache.SubmissionReader, "__reduce__", lambda _: (_Crashing, ()), raising=False
    )
    lost = run_plainly(tmp_path)
    assert "tep.nguy_hiem" in lost.faults["code"]
    monkeypatch.undo()
    found = run_plainly(tmp_path, TOMORROW)
    assert "tep.nguy_hiem" not in found.faults["code"]
    assert found.submissions.filter(file=file)["rows_accepted"].sum() > 0
    assert data_of(lost.release).keys() < data_of(found.release).keys()


class _Crashing:
    """Stands in for a reader that a file makes crash."""

    def __call__(self, _: object) -> None:
        os.abort()
