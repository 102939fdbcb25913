"""The queries that the analyst's page offers run as they stand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest

from flows.report import analyst
from flows.report.names import Names
from flows.report.page_data import load_page_data
from flows.report.tables import read_tables
from schemas import indicators
from schemas.tables import TABLES
from tests.flows.report.fake import AS_OF, COMMUNE, DATASETS, write_release


@pytest.fixture(scope="module")
def curated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("root")
    latest = write_release(root / "curated" / "latest", faults=60)
    records = latest / "data" / "ho_gia_dinh" / "ky=2026-10"
    records.mkdir(parents=True)
    pl.DataFrame({"ma_ho": ["H1", "H2"], "_unit": ["T01", "T01"]}).write_parquet(records / "T01.parquet")
    register = latest / "open" / "dan_cu" / "ky=2026-10"
    register.mkdir(parents=True)
    people = pl.DataFrame({"ngay_sinh": ["20–24"] * 5, "gioi_tinh": ["Nam"] * 5})
    people.write_parquet(register / "data.parquet")
    return root


@pytest.fixture(scope="module")
def content(curated: Path) -> Any:
    latest = curated / "curated" / "latest"
    names = Names(DATASETS, COMMUNE, indicators.load())
    return analyst.page_content(load_page_data(latest, read_tables(latest), names, AS_OF))


def last_value(code: str) -> Any:
    *before, last = code.strip().split("\n")
    known: dict[str, Any] = {}
    exec("\n".join(before), known)
    return eval(last, known)


def test_every_example_gives_rows(content: Any, curated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(curated)
    for example in content["examples"]:
        if "DuckDB" in example["title"]:
            assert duckdb.sql(example["code"]).fetchall(), example["title"]
        else:
            found = last_value(example["code"])
            assert isinstance(found, pl.DataFrame | pd.DataFrame)
            assert len(found), example["title"]


def test_every_table_and_column_is_in_the_dictionary(content: Any) -> None:
    assert [table["name"] for table in content["tables"]] == list(TABLES)
    assert {each["name"]: len(each["columns"]) for each in content["datasets"]} == {
        name: len(dataset.columns) for name, dataset in DATASETS.items()
    }


def test_personal_columns_say_how_they_are_published(content: Any) -> None:
    dan_cu = next(each for each in content["datasets"] if each["name"] == "dan_cu")
    published = {column["name"]: column["published"] for column in dan_cu["columns"]}
    assert published["so_dinh_danh"] == "thay bằng mã băm có khóa"
    assert published["ho_ten"] == "không công bố"


def test_every_indicator_says_what_it_counts_from_what_and_what_is_wanted(content: Any) -> None:
    told = {row["name"]: row for row in content["indicators"]}
    assert told.keys() == indicators.load().keys()
    households = told["ho_co_ky_nang_so"]
    assert (households["counted"], households["muc_tieu"]) == ("hộ", 1.0)
    assert all(row["sources"] and row["by"] for row in told.values())
