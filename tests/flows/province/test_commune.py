"""What a commune tells its province: a token for each identifier that it published, and nobody's number."""

from __future__ import annotations

import polars as pl
import pytest

from flows.protect import Key
from flows.province.commune import TOKENS, list_tokens
from schemas.province import identifier
from schemas.registry import load
from tests.conftest import Day, run_plainly

CONTRACTS = load()
PLACE = ["unit", "file", "sheet", "row"]


@pytest.fixture(scope="module")
def found(planted: Day) -> pl.DataFrame:
    settled = run_plainly(planted.root.path).settled
    return list_tokens(settled, CONTRACTS.datasets, "15061", Key(b"khoa cua tinh"))


def published(planted: Day, dataset: str) -> pl.DataFrame:
    rows = pl.read_parquet(planted.release / "data" / dataset)
    return rows.rename({f"_{name}": name for name in PLACE})


def test_the_identifiers_are_those_given_out_in_the_whole_country() -> None:
    columns = {name: identifier(dataset) for name, dataset in CONTRACTS.datasets.items()}
    assert {name: column.name for name, column in columns.items() if column} == {
        "dan_cu": "so_dinh_danh",
        "dinh_danh": "so_dinh_danh",
        "doanh_nghiep": "mst",
    }


@pytest.mark.parametrize("dataset", ["dan_cu", "dinh_danh", "doanh_nghiep"])
def test_each_published_record_has_its_token(planted: Day, found: pl.DataFrame, dataset: str) -> None:
    told = found.filter(dataset=dataset)
    assert dict(told.schema) == TOKENS
    rows = published(planted, dataset)
    assert set(told.select(PLACE).iter_rows()) == set(rows.select(PLACE).iter_rows())
    assert told.height == rows.height > 0


def test_the_province_calls_people_otherwise_than_the_commune(planted: Day, found: pl.DataFrame) -> None:
    own = published(planted, "dan_cu").join(found.filter(dataset="dan_cu"), on=PLACE)
    assert own.height > 100
    assert set(own["so_dinh_danh"]).isdisjoint(own["token"])


def test_one_person_has_one_token_in_all_datasets(found: pl.DataFrame) -> None:
    accounts, people = (set(found.filter(dataset=name)["token"]) for name in ("dinh_danh", "dan_cu"))
    assert len(accounts & people) > 0.9 * len(accounts)
