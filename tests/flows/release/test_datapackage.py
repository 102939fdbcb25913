from __future__ import annotations

import json
from pathlib import Path

import pytest

from flows.release.manifest import read_manifest
from schemas.privacy import protection
from schemas.registry import load
from schemas.tables import TABLES
from tests.conftest import Day


@pytest.fixture(scope="module")
def package(clean: Day) -> dict[str, list[dict[str, object]]]:
    text = (clean.release / "datapackage.json").read_text(encoding="utf-8")
    return json.loads(text)  # type: ignore[no-any-return]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.slow
def test_frictionless_finds_the_package_and_all_its_rows_valid(
    clean: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    frictionless = pytest.importorskip("frictionless")
    monkeypatch.chdir(clean.release)
    report = frictionless.validate("datapackage.json")
    assert report.flatten(["name", "fieldName", "title", "note"])[:5] == []
    assert report.valid


def test_every_table_and_dataset_is_described(package: dict[str, list[dict[str, object]]]) -> None:
    assert {each["name"] for each in package["resources"]} == {
        *TABLES,
        *load().datasets,
        *(f"open.{name}" for name in load().datasets),
    }


def test_no_column_that_is_left_out_is_described(package: dict[str, list[dict[str, object]]]) -> None:
    for resource in package["resources"]:
        dataset = load().datasets.get(str(resource["name"]))
        gone = {c.name for c in dataset.columns if protection(c) == "bo"} if dataset else set()
        fields: list[dict[str, str]] = resource["schema"]["fields"]  # type: ignore[index]
        assert gone.isdisjoint(field["name"] for field in fields)
        assert all(field["description"] for field in fields)


def test_records_that_open_tables_leave_out_are_counted(
    clean: Day, package: dict[str, list[dict[str, object]]]
) -> None:
    manifest = {each["path"]: each for each in read_manifest(clean.release)["files"]}
    for name in load().datasets:
        (opened,) = (each for each in package["resources"] if each["name"] == f"open.{name}")
        for period, left_out in opened["rowsLeftOut"].items():  # type: ignore[attr-defined]
            entry = manifest[f"open/{name}/ky={period}/data.parquet"]
            place = f"data/{name}/ky={period}/"
            records = sum(each["rows"] for path, each in manifest.items() if path.startswith(place))
            assert (entry["left_out"], entry["rows"] + left_out) == (left_out, records)


def test_every_parquet_file_is_in_the_package(
    clean: Day, package: dict[str, list[dict[str, object]]]
) -> None:
    said: set[str] = set()
    for resource in package["resources"]:
        paths = resource["path"]
        said |= set(paths) if isinstance(paths, list) else {str(paths)}
    release: Path = clean.release
    assert said == {path.relative_to(release).as_posix() for path in release.rglob("*.parquet")}
