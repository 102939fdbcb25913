"""The page of all faults, each down to its cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from flows import words
from flows.faults.ledger import STANDS
from flows.report import faults
from flows.report import search_page as lists
from flows.report.names import Names
from flows.report.page_data import STILL, Release
from flows.report.payload import Field, Link
from schemas.contract import DIMENSIONS, SEVERITIES

_LINKS = (
    Link("Dòng của tệp này đi đâu", "tep.html#submission={}", "submission"),
    Link("Mọi lỗi của tệp này", "#submission={}", "submission"),
    Link("Mọi lỗi cùng mã", "#code={}", "code"),
    Link("Trang của đơn vị", "don_vi/{}.html", "unit"),
    Link("Lịch sử của lỗi", "theo_doi.html#issue={}", "issue"),
)

_STANDING = {STILL: "Còn phải sửa", "qua": "Kỳ đã qua, không còn phải sửa"}


def content(release: Release) -> Mapping[str, Any]:
    """Everything that the page's template shows."""
    rows = lists.told(release.faults, "heading", ("dataset", "column"), release.names.column)
    rows = rows.with_columns(
        faults.age(pl.col("opened"), release.as_of).alias("age"),
        standing=pl.when(STANDS).then(pl.lit(STILL)).otherwise(pl.lit("qua")),
    )
    listing = lists.Listing(
        here="loi.html",
        title="Tra cứu lỗi",
        lead="Lỗi còn phải sửa đứng trước, lỗi chặn trước hết. "
        "Bấm vào ô (như C17) để xem tệp, trang tính, giá trị, quy tắc, đề xuất.",
        noun="lỗi",
        table="faults.parquet",
        opens="cell",
        fields=_fields(release.names),
        links=_LINKS,
    )
    return lists.content(listing, rows, release.as_of)


def _fields(names: Names) -> tuple[Field, ...]:
    return (
        Field("cell", "Ô", shown=True),
        Field("unit", "Đơn vị", names.unit, shown=True, filter=True),
        Field("dataset", "Bộ dữ liệu", names.dataset, shown=True, filter=True),
        Field("heading", "Cột trên biểu mẫu", shown=True, filter=True),
        Field("value", "Đã gõ", shown=True),
        Field("message", "Sai ở đâu", shown=True),
        Field("severity", "Mức", words.word, shown=True, filter=True, order=tuple(SEVERITIES), badge=True),
        Field("dimension", "Tiêu chí", words.word, filter=True, order=tuple(DIMENSIONS)),
        Field("code", "Mã lỗi", filter=True),
        Field("period", "Kỳ", words.period, filter=True),
        Field("age", "Đã bao lâu", filter=True, order=faults.AGES),
        Field("standing", "Còn phải sửa không", _STANDING.__getitem__, filter=True, order=(STILL, "qua")),
        Field("file", "Tệp"),
        Field("sheet", "Trang tính"),
        Field("row", "Dòng"),
        Field("column", "Tên cột trong bảng dữ liệu"),
        Field("proposal", "Đề xuất"),
        Field("state", "Tình trạng", words.word),
        Field("opened", "Thấy từ ngày", words.day),
        Field("submission", "Mã tệp"),
        Field("issue", "Mã theo dõi"),
    )
