"""Builds the page that lists every fault with its cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from flows import words
from flows.faults.ledger import STANDS
from flows.report import faults, search_page
from flows.report.names import Names
from flows.report.page_data import STILL, PageData
from flows.report.payload import PageField, PageLink
from schemas.contract import DIMENSIONS, SEVERITIES

_LINKS = (
    PageLink("Dòng của tệp này đi đâu", "tep.html#submission={}", "submission"),
    PageLink("Mọi lỗi của tệp này", "#submission={}", "submission"),
    PageLink("Mọi lỗi cùng mã", "#code={}", "code"),
    PageLink("Trang của đơn vị", "don_vi/{}.html", "unit"),
    PageLink("Lịch sử của lỗi", "theo_doi.html#issue={}", "issue"),
)

_STANDING = {STILL: "Còn phải sửa", "qua": "Kỳ đã qua, không còn phải sửa"}


def page_content(release: PageData) -> Mapping[str, Any]:
    """Everything that the template `bang.html.j2` shows for the list of faults."""
    rows = search_page.add_words(release.faults, "heading", ("dataset", "column"), release.names.column)
    rows = rows.with_columns(
        faults.age_of(pl.col("opened"), release.as_of).alias("age"),
        standing=pl.when(STANDS).then(pl.lit(STILL)).otherwise(pl.lit("qua")),
    )
    listing = search_page.SearchPage(
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
    return search_page.page_content(listing, rows, release.as_of)


def _fields(names: Names) -> tuple[PageField, ...]:
    return (
        PageField("cell", "Ô", shown=True),
        PageField("unit", "Đơn vị", names.unit, shown=True, filter=True),
        PageField("dataset", "Bộ dữ liệu", names.dataset, shown=True, filter=True),
        PageField("heading", "Cột trên biểu mẫu", shown=True, filter=True),
        PageField("value", "Đã gõ", shown=True),
        PageField("message", "Sai ở đâu", shown=True),
        PageField(
            "severity", "Mức", words.word, shown=True, filter=True, order=tuple(SEVERITIES), badge=True
        ),
        PageField("dimension", "Tiêu chí", words.word, filter=True, order=tuple(DIMENSIONS)),
        PageField("code", "Mã lỗi", filter=True),
        PageField("period", "Kỳ", words.period, filter=True),
        PageField("age", "Đã bao lâu", filter=True, order=faults.AGES),
        PageField("standing", "Còn phải sửa không", _STANDING.__getitem__, filter=True, order=(STILL, "qua")),
        PageField("file", "Tệp"),
        PageField("sheet", "Trang tính"),
        PageField("row", "Dòng"),
        PageField("column", "Tên cột trong bảng dữ liệu"),
        PageField("proposal", "Đề xuất"),
        PageField("state", "Tình trạng", words.word),
        PageField("opened", "Thấy từ ngày", words.day),
        PageField("submission", "Mã tệp"),
        PageField("issue", "Mã theo dõi"),
    )
