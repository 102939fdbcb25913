"""Audits a province's staged release with Great Expectations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from flows.audit.auditor import Audit, run_suites
from flows.audit.expectations import Suite, expect_at_least, expect_equal, expect_one_of, expect_within
from flows.release.manifest import AUDIT
from schemas.province import COMMUNES, TABLES


def audit_province(folder: Path, asked: int, as_of: date) -> Audit:
    """Audit the staged release in `folder`; `asked` is the number of communes in the roll-up."""
    return run_suites(lambda gxe: _build_suites(folder, asked, gxe), folder / AUDIT, as_of)


def _build_suites(folder: Path, asked: int, gxe: Any) -> Iterator[Suite]:
    tables = {table.name: pl.read_parquet(folder / f"{table.name}.parquet") for table in TABLES}
    yield Suite(
        "cot",
        "Cột và khóa",
        _compare_columns(tables),
        (
            expect_equal(gxe, "declared", "stored", "mỗi bảng đúng các cột, các kiểu đã khai"),
            expect_within(gxe, "doubles", 0, 0, "không có hai dòng trùng khóa trong một bảng"),
        ),
    )
    yield Suite(
        "xa",
        "Các xã",
        tables["communes"].with_columns(rows=pl.len().cast(pl.Int64), asked=pl.lit(asked, pl.Int64)),
        (
            expect_one_of(gxe, "state", COMMUNES.fields["state"].of, "mỗi xã có một trạng thái đã định"),
            expect_equal(gxe, "rows", "asked", "mỗi xã được gọi có mặt đúng một lần"),
        ),
    )
    yield Suite(
        "cong_tong",
        "Tổng các xã",
        _compare_sums(tables["indicators"]),
        (
            expect_within(gxe, "tu_so_lech", -1e-6, 1e-6, "tử số của tỉnh bằng tổng tử số các xã"),
            expect_within(gxe, "mau_so_lech", -1e-6, 1e-6, "mẫu số của tỉnh bằng tổng mẫu số các xã"),
            expect_at_least(gxe, "value", "low", "giá trị không nhỏ hơn cận dưới"),
            expect_at_least(gxe, "high", "value", "giá trị không lớn hơn cận trên"),
        ),
    )
    yield Suite(
        "dinh_danh",
        "Định danh ở hai xã",
        tables["duplicates"].group_by("case").agg(communes=pl.col("commune").n_unique().cast(pl.Int64)),
        (expect_within(gxe, "communes", 2, None, "mỗi trường hợp có ở ít nhất hai xã"),),
    )


def _compare_columns(tables: dict[str, pl.DataFrame]) -> pl.DataFrame:
    rows = [
        (
            table.name,
            str(dict(table.schema)),
            str(dict(tables[table.name].schema)),
            tables[table.name].height - tables[table.name].unique(table.key).height if table.key else 0,
        )
        for table in TABLES
    ]
    schema = dict.fromkeys(("table", "declared", "stored"), pl.String) | {"doubles": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _compare_sums(indicators: pl.DataFrame) -> pl.DataFrame:
    """The province's figures with their relative error against the sums of the communes (`..._lech`)."""
    figure = ["indicator", "period"]
    of_communes = (
        indicators.filter(by="xa").group_by(figure).agg(pl.col("tu_so", "mau_so").sum().name.suffix("_xa"))
    )
    both = indicators.filter(by="tinh").join(of_communes, on=figure)
    apart = (
        ((pl.col(name) - pl.col(f"{name}_xa")) / pl.max_horizontal(pl.col(name).abs(), 1.0)).alias(
            f"{name}_lech"
        )
        for name in ("tu_so", "mau_so")
    )
    return both.with_columns(apart)
