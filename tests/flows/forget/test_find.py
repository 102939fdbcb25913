from __future__ import annotations

import json
import shutil
import stat
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from flows.cli.main import build_app
from flows.collect.archive import list_archived
from flows.forget import find as find_module
from flows.intake.records import clean_submission
from flows.protect import read_key
from flows.release.publish import list_releases
from flows.root import Root
from schemas.registry import load
from tests.conftest import TODAY, Day, run_plainly


@pytest.fixture(scope="module")
def person(clean: Day) -> str:
    """The identifier of somebody in the police's register."""
    known = clean.table("submissions").filter(dataset="dinh_danh").row(0, named=True)
    assert known["rows_accepted"]
    token = pl.read_parquet(clean.release / "data" / "dinh_danh")["so_dinh_danh"][0]
    key = read_key(clean.root)
    return next(number for number in numbers(clean) if key.token("so_dinh_danh", number) == token)


def numbers(day: Day) -> list[str]:
    submissions = [one for one in list_archived(day.root, TODAY) if one.unit == "cong_an"]
    all_cleaned = [clean_submission(one, one.content(day.root).read_bytes(), load()) for one in submissions]
    frames = [
        part.frame for each in all_cleaned for part in each.parts if "so_dinh_danh" in part.frame.columns
    ]
    return [number for frame in frames for number in frame["so_dinh_danh"].drop_nulls()]


def find(*words: str, root: Path) -> str:
    done = CliRunner().invoke(build_app(), ["find", *words, "--root", str(root)])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_a_person_is_found_in_releases_and_in_what_was_handed_in(clean: Day, person: str) -> None:
    said = find(person, "--reason", "Chủ thể dữ liệu hỏi", root=clean.root.path)
    assert "/data/dinh_danh/" in said
    assert "/data/dan_cu/" in said
    assert "Tệp nộp cong_an/" in said


def test_a_file_that_stands_in_two_releases_is_read_once(
    clean: Day, person: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Root(shutil.copytree(clean.root.path, tmp_path / "xa", symlinks=True))
    run_plainly(root.path, TODAY + timedelta(days=1))
    files = [*(root.latest / "data").rglob("*.parquet")]
    asked: list[Path] = []
    count = find_module._count_rows
    monkeypatch.setattr(
        find_module, "_count_rows", lambda path, said: asked.append(path) or count(path, said)
    )
    places = find_module.find_in_releases(root, find_module.tokens_of(root, person, load()))
    assert len(asked) == len(files)
    first, second = list_releases(root)
    by_release = {name: [p for p in places if p.what.startswith(name)] for name in (first, second)}
    assert len(by_release[first]) == len(by_release[second]) > 1


def test_who_asked_is_written_down_without_the_number(clean: Day, person: str) -> None:
    find(person, "--reason", "Kiểm tra", root=clean.root.path)
    log = clean.root.state / "truy_cap.jsonl"
    last = json.loads(log.read_text(encoding="utf-8").splitlines()[-1])
    assert last["reason"] == "Kiểm tra"
    assert person not in log.read_text(encoding="utf-8")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_nobody_is_found_as_nobody(clean: Day) -> None:
    assert find("f" * 32, root=clean.root.path) == "Không có dữ liệu của người này.\n"


@pytest.mark.slow
def test_a_new_key_gives_everybody_a_new_token_and_only_that(clean: Day, tmp_path: Path) -> None:
    root = Path(shutil.copytree(clean.root.path, tmp_path / "xa", symlinks=True))
    done = CliRunner().invoke(build_app(), ["rotate", "--yes", "--root", str(root)])
    assert done.exit_code == 0
    assert stat.S_IMODE((root / "var" / "key").stat().st_mode) == 0o600
    after = run_plainly(root).release
    was, now = (pl.read_parquet(place / "data" / "dan_cu") for place in (clean.release, after))
    assert set(was["so_dinh_danh"]).isdisjoint(now["so_dinh_danh"])
    tokens = ["so_dinh_danh", "ma_ho"]
    assert was.drop(tokens).equals(now.drop(tokens))
    assert read_key(Root(root)) != read_key(clean.root)
