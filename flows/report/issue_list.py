"""The page of all faults followed over days: new, fixed, opened again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from flows import words
from flows.report import search_page as lists
from flows.report.names import Names
from flows.report.page_data import Release
from flows.report.payload import Field, Link

_NEWS = {"moi": "Mới hôm nay", "sua": "Sửa xong hôm nay"}
_LINKS = (
    Link("Ô đang có lỗi này", "loi.html#issue={}", "issue"),
    Link("Trang của đơn vị", "don_vi/{}.html", "unit"),
)
_WAYS = (
    *((title, f"#news={name}") for name, title in _NEWS.items()),
    ("Mở lại", "#state=mo_lai"),
    ("Được miễn", "#state=mien"),
)


def content(release: Release) -> Mapping[str, Any]:
    """Everything that the page's template shows."""
    is_fixed, today = pl.col("state") == "da_sua", pl.lit(release.as_of)
    news = (
        pl.when(pl.col("opened") >= today)
        .then(pl.lit("moi"))
        .when(is_fixed & (pl.col("closed") >= today))
        .then(pl.lit("sua"))
    )
    rows = lists.told(release.tables.issues, "says", ("dataset", "code"), release.names.faults())
    rows = rows.with_columns(news.alias("news")).sort(
        is_fixed, -pl.col("opened").to_physical(), "unit", "dataset", "code", "issue"
    )
    listing = lists.Listing(
        here="theo_doi.html",
        title="Theo dõi lỗi qua các ngày",
        lead="Mỗi dòng là một lỗi từ ngày thấy lần đầu đến ngày hết; lỗi chưa hết đứng trước.",
        noun="lỗi",
        table="issues.parquet",
        opens="says",
        fields=_fields(release.names, rows),
        links=_LINKS,
        ways=_WAYS,
    )
    return lists.content(listing, rows, release.as_of)


def _fields(names: Names, rows: pl.DataFrame) -> tuple[Field, ...]:
    states, opened, closed = tuple(words.ISSUE_STATES), rows["opened"], rows["closed"]
    return (
        Field("says", "Sai ở đâu", shown=True),
        Field("unit", "Đơn vị", names.unit, shown=True, filter=True),
        Field("dataset", "Bộ dữ liệu", names.dataset, shown=True, filter=True),
        Field("state", "Tình trạng", words.word, shown=True, filter=True, order=states, badge=True),
        Field("news", "So với hôm qua", lambda name: _NEWS[name], filter=True, order=tuple(_NEWS)),
        Field("opened", "Thấy từ ngày", words.day, shown=True, order=lists.in_order(opened)),
        Field("closed", "Hết ngày", words.day, shown=True, order=lists.in_order(closed)),
        Field("age_days", "Số ngày", shown=True),
        Field("code", "Mã lỗi", filter=True),
        Field("record", "Bản ghi"),
        Field("reason", "Lý do miễn"),
        Field("until", "Miễn đến ngày", words.day),
        Field("issue", "Mã theo dõi"),
    )
