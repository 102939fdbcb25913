"""The page of all files handed in, each with the account of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from flows import words
from flows.collect.hand_in import WHO
from flows.report import search_page as lists
from flows.report.names import Names
from flows.report.page_data import Release
from flows.report.payload import Field, Link

_LINKS = (
    Link("Phiếu nhận", "{}", "receipt"),
    Link("Mọi lỗi của tệp này", "loi.html#submission={}", "submission"),
    Link("Trang của đơn vị", "don_vi/{}.html", "unit"),
    Link("Tệp bị thay thế", "#submission={}", "supersedes"),
)


def content(release: Release) -> Mapping[str, Any]:
    """Everything that the page's template shows."""
    rows = release.tables.submissions.sort(
        "received", "unit", "file", "dataset", descending=[True, False, False, False], nulls_last=True
    )
    receipts = [release.receipt(*who) for who in rows.select(WHO).iter_rows()]
    rows = rows.with_columns(pl.Series("receipt", receipts, pl.String))
    listing = lists.Listing(
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
    return lists.content(listing, rows, release.as_of)


def _fields(names: Names, rows: pl.DataFrame) -> tuple[Field, ...]:
    states = tuple(words.SUBMISSION_STATES)
    return (
        Field("file", "Tệp", shown=True),
        Field("unit", "Đơn vị", names.unit, shown=True, filter=True),
        Field("received", "Nhận lúc", words.moment, shown=True, order=lists.in_order(rows["received"])),
        Field("dataset", "Bộ dữ liệu", names.dataset, shown=True, filter=True),
        Field("period", "Kỳ", words.period, shown=True, filter=True),
        Field("state", "Kết quả", words.word, shown=True, filter=True, order=states, badge=True),
        Field("sheets", "Số trang tính"),
        Field("rows_seen", "Dòng đọc được", shown=True),
        Field("rows_left_out", "Dòng bỏ ra ngoài", shown=True),
        Field("rows_accepted", "Dòng dùng được", shown=True),
        Field("rows_quarantined", "Dòng phải sửa", shown=True),
        Field("supersedes", "Thay cho tệp"),
        Field("submission", "Mã tệp"),
        Field("receipt", ""),
    )
