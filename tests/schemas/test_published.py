from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pandera.polars as pa
import polars as pl
import pytest

from schemas import province
from schemas.privacy import protection
from schemas.published import records_schema, table_schema
from schemas.registry import load
from schemas.tables import TABLES, PublishedTable
from tests.conftest import Day

CONTRACTS = load()
SCHEMAS = [
    *(pytest.param(table_schema(name), id=name) for name in TABLES),
    *(pytest.param(table_schema(table), id=f"province {table.name}") for table in province.TABLES),
    *(pytest.param(records_schema(name), id=f"records {name}") for name in CONTRACTS.datasets),
]


def published(day: Day) -> Iterator[tuple[pa.DataFrameSchema, pl.DataFrame]]:
    release = day.release
    for name in TABLES:
        yield table_schema(name), day.table(name)
    for name, dataset in CONTRACTS.datasets.items():
        for path in (release / "data" / name).rglob("*.parquet"):
            frame = pl.read_parquet(path, hive_partitioning=False)
            yield records_schema(name), frame
            yield records_schema(dataset, CONTRACTS.commune), frame


def found(schema: pa.DataFrameSchema, frame: pl.DataFrame) -> set[tuple[str, str]]:
    """Column and kind of check of all that is wrong."""
    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases.select("column", pl.col("check").str.extract(r"^(\w+)"))
        return {(column, check) for column, check in cases.iter_rows()}
    return set()


@pytest.mark.slow
def test_all_that_a_day_publishes_is_as_declared(planted: Day) -> None:
    wrong = {(schema.name, *each) for schema, frame in published(planted) for each in found(schema, frame)}
    assert wrong == set()


@pytest.mark.parametrize("schema", SCHEMAS)
def test_the_yaml_of_a_schema_holds_all_of_it(schema: pa.DataFrameSchema) -> None:
    again = pa.DataFrameSchema.from_yaml(schema.to_yaml())
    assert again.to_yaml(minimal=False) == schema.to_yaml(minimal=False)
    assert list(again.columns) == list(schema.columns)
    assert (again.strict, again.ordered, again.unique) == (True, True, schema.unique)
    for name, column in schema.columns.items():
        mirrored = again.columns[name]
        assert (mirrored.dtype, mirrored.nullable) == (column.dtype, column.nullable)
        assert [check.name for check in mirrored.checks] == [check.name for check in column.checks]
        assert all(pa.Check.is_builtin_check(check.name) for check in column.checks)


WRONG = [
    ("faults", {"severity": pl.lit("nặng")}, ("severity", "isin")),
    ("faults", {"message": pl.lit(None, pl.String)}, ("message", "not_nullable")),
    ("faults", {"row": pl.lit(0, pl.UInt32)}, ("row", "greater_than_or_equal_to")),
    ("faults", {"row": pl.lit(1, pl.Int64)}, ("row", "dtype")),
    ("faults", {"period": pl.lit("2026-13")}, ("period", "str_matches")),
    ("faults", {"cell": pl.lit("17C")}, ("cell", "str_matches")),
    ("changes", {"file": pl.lit(None, pl.String)}, ("file", "not_nullable")),
    ("issues", {"issue": pl.lit("0" * 12)}, ("issues", "multiple_fields_uniqueness")),
    ("issues", {"age_days": pl.lit(-1, pl.Int32)}, ("age_days", "greater_than_or_equal_to")),
    ("submissions", {"submission": pl.lit("abc")}, ("submission", "str_matches")),
    ("roll_call", {"state": pl.lit(None, pl.String)}, ("state", "not_nullable")),
    ("indicators", {"by": pl.lit("xóm")}, ("by", "str_matches")),
    ("indicators", {"completeness": pl.lit(1.01)}, ("completeness", "in_range")),
    ("scores", {"score": pl.lit(-0.1)}, ("score", "in_range")),
    ("ranking", {"rank": pl.lit(0, pl.UInt32)}, ("rank", "greater_than_or_equal_to")),
    ("ranking", {"thua": pl.lit(1)}, ("ranking", "column_in_schema")),
    ("dan_cu", {"so_dinh_danh": pl.lit("038090000001")}, ("so_dinh_danh", "str_matches")),
    ("dan_cu", {"gioi_tinh": pl.lit("nam")}, ("gioi_tinh", "isin")),
    ("dan_cu", {"thon": pl.lit("T99")}, ("thon", "isin")),
    ("dan_cu", {"ngay_sinh": pl.lit(1899, pl.Int32)}, ("ngay_sinh", "greater_than_or_equal_to")),
    ("dan_cu", {"ngay_cap_nhat": pl.lit(date(1899, 12, 31))}, ("ngay_cap_nhat", "greater_than_or_equal_to")),
    ("dan_cu", {"ho_ten": pl.lit("Bùi Văn Mẫu")}, ("dan_cu", "column_in_schema")),
    ("dan_cu", {"so_dinh_danh": pl.lit("0" * 32)}, ("dan_cu", "multiple_fields_uniqueness")),
    ("dan_cu", {"trang_thai": pl.lit("khong_su_dung")}, ("trang_thai", "isin")),
    ("ho_gia_dinh", {"nhan_khau": pl.lit(-1, pl.Int64)}, ("nhan_khau", "in_range")),
    ("ho_so_tthc", {"ma_thu_tuc": pl.lit("1.00")}, ("ma_thu_tuc", "str_matches")),
]


def schema_and_frame(name: str, day: Day) -> tuple[pa.DataFrameSchema, pl.DataFrame]:
    if name in TABLES:
        return table_schema(name), day.table(name)
    folder = day.release / "data" / name
    frame = pl.read_parquet(next(folder.rglob("*.parquet")), hive_partitioning=False)
    return records_schema(name, CONTRACTS.commune), frame


@pytest.mark.parametrize(
    ("name", "changed", "said"), WRONG, ids=[f"{name} {said}" for name, _, said in WRONG]
)
def test_what_is_not_as_declared_is_told(
    name: str, changed: dict[str, pl.Expr], said: tuple[str, str], planted: Day
) -> None:
    schema, frame = schema_and_frame(name, planted)
    wrong = frame.with_columns(**changed)
    assert said in found(schema, wrong)
    assert said in found(pa.DataFrameSchema.from_yaml(schema.to_yaml()), wrong)


def test_a_lost_column_and_another_order_are_told(planted: Day) -> None:
    schema, frame = schema_and_frame("ranking", planted)
    assert ("ranking", "column_in_dataframe") in found(schema, frame.drop("score"))
    assert ("ranking", "column_ordered") in found(schema, frame.select(reversed(frame.columns)))


@pytest.mark.parametrize("name", CONTRACTS.datasets)
def test_what_is_not_published_is_in_no_schema(name: str) -> None:
    dataset = CONTRACTS.datasets[name]
    hidden = {column.name for column in dataset.columns if protection(column) == "bo"}
    assert hidden.isdisjoint(records_schema(name).columns)
    assert {column.name for column in dataset.columns} - hidden <= {*records_schema(name).columns}


def test_any_table_that_is_declared_has_a_schema() -> None:
    table: PublishedTable = province.DUPLICATES
    assert list(table_schema(table).columns) == list(table.fields)
    assert table_schema(table).unique is None
