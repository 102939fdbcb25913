"""Builds the page that lists every submission with the counts of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from flows import words
from flows.collect.submission import WHO
from flows.report import search_page
from flows.report.names import Names
from flows.report.page_data import PageData
from flows.report.payload import PageField, PageLink

_LINKS = (
    PageLink("Phiếu nhận", "{}", "receipt"),
    PageLink("Mọi lỗi của tệp này", "loi.html#submission={}", "submission"),
    PageLink("Trang của đơn vị", "don_vi/{}.html", "unit"),
    PageLink("Tệp bị thay thế", "#submission={}", "supersedes"),
)


def page_content(release: PageData) -> Mapping[str, Any]:
    """Everything that the template `bang.html.j2` shows for the list of submissions."""
    rows = release.tables.submissions.sort(
        "received", "unit", "file", "dataset", descending=[True, False, False, False], nulls_last=True
    )
    receipts = [release.receipt(*who) for who in rows.select(WHO).iter_rows()]
    rows = rows.with_columns(pl.Series("receipt", receipts, pl.String))
    listing = search_page.SearchPage(
        here="tep.html",
        title="Các tệp đã nhận",
        lead="Dòng đọc được = dòng bỏ ra ngoài (tiêu đề, dòng trống, dòng tổng, phần ký) "
        "+ dòng dùng được + dòng phải sửa.",
        noun="tệp",
        table="submissions.parquet",
        opens="file",
        fields=_fields(release.names, rows),
        links=_LINKS,
    )
    return search_page.page_content(listing, rows, release.as_of)


def _fields(names: Names, rows: pl.DataFrame) -> tuple[PageField, ...]:
    states = tuple(words.SUBMISSION_STATES)
    return (
        PageField("file", "Tệp", shown=True),
        PageField("unit", "Đơn vị", names.unit, shown=True, filter=True),
        PageField(
            "received", "Nhận lúc", words.moment, shown=True, order=search_page.sort_values(rows["received"])
        ),
        PageField("dataset", "Bộ dữ liệu", names.dataset, shown=True, filter=True),
        PageField("period", "Kỳ", words.period, shown=True, filter=True),
        PageField("state", "Kết quả", words.word, shown=True, filter=True, order=states, badge=True),
        PageField("sheets", "Số trang tính"),
        PageField("rows_seen", "Dòng đọc được", shown=True),
        PageField("rows_left_out", "Dòng bỏ ra ngoài", shown=True),
        PageField("rows_accepted", "Dòng dùng được", shown=True),
        PageField("rows_quarantined", "Dòng phải sửa", shown=True),
        PageField("supersedes", "Thay cho tệp"),
        PageField("submission", "Mã tệp"),
        PageField("receipt", ""),
    )
