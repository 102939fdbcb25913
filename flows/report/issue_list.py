"""Builds the page that lists every issue: a fault followed from the day it appears until it is fixed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from flows import words
from flows.report import search_page
from flows.report.names import Names
from flows.report.page_data import PageData
from flows.report.payload import PageField, PageLink

_NEWS = {"moi": "Mới hôm nay", "sua": "Sửa xong hôm nay"}
_LINKS = (
    PageLink("Ô đang có lỗi này", "loi.html#issue={}", "issue"),
    PageLink("Trang của đơn vị", "don_vi/{}.html", "unit"),
)
_WAYS = (
    *((title, f"#news={name}") for name, title in _NEWS.items()),
    ("Mở lại", "#state=mo_lai"),
    ("Được miễn", "#state=mien"),
)


def page_content(release: PageData) -> Mapping[str, Any]:
    """Everything that the template `bang.html.j2` shows for the list of issues."""
    is_fixed, today = pl.col("state") == "da_sua", pl.lit(release.as_of)
    news = (
        pl.when(pl.col("opened") >= today)
        .then(pl.lit("moi"))
        .when(is_fixed & (pl.col("closed") >= today))
        .then(pl.lit("sua"))
    )
    rows = search_page.add_words(release.tables.issues, "says", ("dataset", "code"), release.names.faults())
    rows = rows.with_columns(news.alias("news")).sort(
        is_fixed, -pl.col("opened").to_physical(), "unit", "dataset", "code", "issue"
    )
    listing = search_page.SearchPage(
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
    return search_page.page_content(listing, rows, release.as_of)


def _fields(names: Names, rows: pl.DataFrame) -> tuple[PageField, ...]:
    states, opened, closed = tuple(words.ISSUE_STATES), rows["opened"], rows["closed"]
    return (
        PageField("says", "Sai ở đâu", shown=True),
        PageField("unit", "Đơn vị", names.unit, shown=True, filter=True),
        PageField("dataset", "Bộ dữ liệu", names.dataset, shown=True, filter=True),
        PageField("state", "Tình trạng", words.word, shown=True, filter=True, order=states, badge=True),
        PageField("news", "So với hôm qua", lambda name: _NEWS[name], filter=True, order=tuple(_NEWS)),
        PageField("opened", "Thấy từ ngày", words.day, shown=True, order=search_page.sort_values(opened)),
        PageField("closed", "Hết ngày", words.day, shown=True, order=search_page.sort_values(closed)),
        PageField("age_days", "Số ngày", shown=True),
        PageField("code", "Mã lỗi", filter=True),
        PageField("record", "Bản ghi"),
        PageField("reason", "Lý do miễn"),
        PageField("until", "Miễn đến ngày", words.day),
        PageField("issue", "Mã theo dõi"),
    )
