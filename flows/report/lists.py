"""The pages that search one whole table: faults, files handed in, faults followed over days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from flows.report import faults, words
from flows.report.payload import Field, Link, packed
from flows.report.release import Release
from schemas.contract import DIMENSIONS, SEVERITIES

#: More rows than this make a page slow to open; the rest stands in the table, and the page says so.
MOST = 200_000


def _lead(said: str, frame: pl.DataFrame, table: str) -> str:
    if frame.height <= MOST:
        return said
    return (
        f"{said} Trang này giữ {words.number(MOST)} dòng đầu; đủ {words.number(frame.height)} dòng ở {table}."
    )


def fault_list(release: Release) -> Mapping[str, Any]:
    """Every fault, down to its cell."""
    names = release.names
    frame = release.faults.with_columns(
        _headings(release).alias("heading"), faults.age(pl.col("opened"), release.as_of).alias("age")
    )
    fields = (
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
    links = (
        Link("Dòng của tệp này đi đâu", "tep.html#submission={}", "submission"),
        Link("Mọi lỗi của tệp này", "#submission={}", "submission"),
        Link("Mọi lỗi cùng mã", "#code={}", "code"),
        Link("Trang của đơn vị", "don_vi/{}.html", "unit"),
        Link("Lịch sử của lỗi", "theo_doi.html#issue={}", "issue"),
    )
    return {
        "title": "Tra cứu lỗi",
        "here": "loi.html",
        "lead": _lead(
            "Lỗi chặn đứng trước. Bấm vào ô (như C17) để xem tệp, trang tính, giá trị, quy tắc, đề xuất.",
            frame,
            "faults.parquet",
        ),
        "ways": [],
        "noun": "lỗi",
        "table": "faults.parquet",
        "file": f"loi-{release.as_of:%Y%m%d}.csv",
        "data": packed(frame.head(MOST), fields, links=links, opens="cell"),
    }


def _headings(release: Release) -> pl.Series:
    """The heading on the form for each fault's column."""
    pairs = release.faults.select("dataset", "column")
    known = pairs.unique().drop_nulls("column")
    titles = [release.names.column(dataset, column) for dataset, column in known.iter_rows()]
    named = known.with_columns(pl.Series("heading", titles, pl.String))
    return pairs.join(named, on=["dataset", "column"], how="left", nulls_equal=True, maintain_order="left")[
        "heading"
    ]


def file_list(release: Release) -> Mapping[str, Any]:
    """Every file handed in, with the account of its rows."""
    names = release.names
    frame = release.tables.submissions.sort(
        "received", "unit", "file", "dataset", descending=[True, False, False, False], nulls_last=True
    )
    fields = (
        Field("file", "Tệp", shown=True),
        Field("unit", "Đơn vị", names.unit, shown=True, filter=True),
        Field("received", "Nhận lúc", words.moment, shown=True, order=_in_order(frame["received"])),
        Field("dataset", "Bộ dữ liệu", names.dataset, shown=True, filter=True),
        Field("period", "Kỳ", words.period, shown=True, filter=True),
        Field(
            "state",
            "Kết quả",
            words.word,
            shown=True,
            filter=True,
            order=tuple(words.SUBMISSION_STATES),
            badge=True,
        ),
        Field("sheets", "Số trang tính"),
        Field("rows_seen", "Dòng đọc được", shown=True),
        Field("rows_left_out", "Dòng bỏ ra ngoài", shown=True),
        Field("rows_accepted", "Dòng dùng được", shown=True),
        Field("rows_quarantined", "Dòng phải sửa", shown=True),
        Field("supersedes", "Thay cho tệp"),
        Field("submission", "Mã tệp"),
    )
    links = (
        Link("Mọi lỗi của tệp này", "loi.html#submission={}", "submission"),
        Link("Trang của đơn vị", "don_vi/{}.html", "unit"),
        Link("Tệp bị thay thế", "#submission={}", "supersedes"),
    )
    return {
        "title": "Các tệp đã nhận",
        "here": "tep.html",
        "lead": _lead(
            "Dòng đọc được = dòng bỏ ra ngoài (tiêu đề, dòng trống, dòng tổng, phần ký) "
            "+ dòng dùng được + dòng phải sửa.",
            frame,
            "submissions.parquet",
        ),
        "ways": [],
        "noun": "tệp",
        "table": "submissions.parquet",
        "file": f"tep-{release.as_of:%Y%m%d}.csv",
        "data": packed(frame.head(MOST), fields, links=links, opens="file"),
    }


def issue_list(release: Release) -> Mapping[str, Any]:
    """Every fault followed over days."""
    names, today = release.names, pl.lit(release.as_of)
    frame = release.tables.issues.with_columns(
        pl.when(pl.col("opened") >= today)
        .then(pl.lit("moi"))
        .when((pl.col("state") == "da_sua") & (pl.col("closed") >= today))
        .then(pl.lit("sua"))
        .alias("news")
    ).sort(
        pl.col("state") == "da_sua",
        -pl.col("opened").to_physical(),
        "unit",
        "dataset",
        "code",
        "issue",
    )
    news = {"moi": "Mới hôm nay", "sua": "Sửa xong hôm nay"}
    fields = (
        Field("code", "Mã lỗi", shown=True, filter=True),
        Field("unit", "Đơn vị", names.unit, shown=True, filter=True),
        Field("dataset", "Bộ dữ liệu", names.dataset, shown=True, filter=True),
        Field(
            "state",
            "Tình trạng",
            words.word,
            shown=True,
            filter=True,
            order=tuple(words.ISSUE_STATES),
            badge=True,
        ),
        Field("news", "So với hôm qua", lambda value: news[value], filter=True, order=tuple(news)),
        Field("opened", "Thấy từ ngày", words.day, shown=True, order=_in_order(frame["opened"])),
        Field("closed", "Hết ngày", words.day, shown=True, order=_in_order(frame["closed"])),
        Field("age_days", "Số ngày", shown=True),
        Field("record", "Bản ghi"),
        Field("reason", "Lý do miễn"),
        Field("until", "Miễn đến ngày", words.day),
        Field("issue", "Mã theo dõi"),
    )
    links = (
        Link("Ô đang có lỗi này", "loi.html#issue={}", "issue"),
        Link("Trang của đơn vị", "don_vi/{}.html", "unit"),
    )
    return {
        "title": "Theo dõi lỗi qua các ngày",
        "here": "theo_doi.html",
        "lead": _lead(
            "Mỗi dòng là một lỗi từ ngày thấy lần đầu đến ngày hết; lỗi chưa hết đứng trước.",
            frame,
            "issues.parquet",
        ),
        "ways": [
            ("Mới hôm nay", "#news=moi"),
            ("Sửa xong hôm nay", "#news=sua"),
            ("Mở lại", "#state=mo_lai"),
            ("Được miễn", "#state=mien"),
        ],
        "noun": "lỗi",
        "table": "issues.parquet",
        "file": f"theo-doi-{release.as_of:%Y%m%d}.csv",
        "data": packed(frame.head(MOST), fields, links=links, opens="code"),
    }


def _in_order(column: pl.Series) -> tuple[Any, ...]:
    """The values of a column from the earliest on, which is not the order of their words."""
    return tuple(column.drop_nulls().unique().sort())
