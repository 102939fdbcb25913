"""Declares the tables of a province's release, and the identifiers that only one commune may have."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import polars as pl

from schemas.contract import Column, Dataset
from schemas.tables import INDICATORS, RANKING, SCORES, PublishedColumn, PublishedTable, one_of

#: Kinds of identifier that are unique in the whole country.
_NATIONWIDE = ("so_dinh_danh", "mst")

_COMMUNE = PublishedColumn(pl.String, "Mã xã")

COMMUNES = PublishedTable(
    "communes",
    "Các xã",
    "một xã được gọi đến trong ngày",
    {
        "commune": PublishedColumn(pl.String, "Mã xã; xã không chạy được thì là thư mục của xã"),
        "name": PublishedColumn(pl.String, "Tên xã", required=False),
        "state": one_of("Trạng thái", {"cong_bo": "Đã công bố", "hong": "Không chạy được"}),
        "release": PublishedColumn(pl.String, "Bản công bố của xã mà số liệu lấy từ đó", required=False),
        "records": PublishedColumn(pl.UInt64, "Số bản ghi được nhận", required=False),
        "faults": PublishedColumn(pl.UInt64, "Số lỗi", required=False),
        "reason": PublishedColumn(pl.String, "Vì sao xã không có trong số liệu", required=False),
    },
    ("commune",),
    key=("commune",),
)

PROVINCE = PublishedTable(
    "indicators",
    INDICATORS.title,
    "một chỉ tiêu, một kỳ, cả tỉnh hoặc một xã",
    {
        **{name: field for name, field in INDICATORS.fields.items() if name != "quarantined_share"},
        "by": PublishedColumn(pl.String, "Chia theo: tinh, xa", pattern="tinh|xa"),
        "key": PublishedColumn(pl.String, "Tên tỉnh hoặc mã xã"),
        "completeness": replace(
            INDICATORS.fields["completeness"], says="Tỷ lệ lượt nộp đã có; cả tỉnh là trung bình của mọi xã"
        ),
        "communes": PublishedColumn(pl.UInt32, "Số xã có trong tử số và mẫu số"),
    },
    INDICATORS.sort,
    key=INDICATORS.key,
)

COMMUNE_SCORES = PublishedTable(
    "scores",
    SCORES.title,
    f"một xã, {SCORES.grain}",
    {"commune": _COMMUNE, **SCORES.fields},
    ("commune", *SCORES.sort),
    key=("commune", *SCORES.key),
)

COMMUNE_RANKING = PublishedTable(
    "ranking",
    "Xếp hạng thi đua các xã",
    "một xã, một kỳ",
    {("commune" if name == "thon" else name): field for name, field in RANKING.fields.items()}
    | {"commune": _COMMUNE},
    ("period", "rank", "commune"),
    key=("period", "commune"),
)

DUPLICATES = PublishedTable(
    "duplicates",
    "Một định danh ở hai xã",
    "một bản ghi mang định danh mà xã khác cũng có trong cùng bộ dữ liệu và kỳ",
    {
        "case": PublishedColumn(
            pl.UInt32, "Các dòng cùng số là cùng một định danh; số chỉ dùng trong bản công bố này"
        ),
        "dataset": SCORES.fields["dataset"],
        "period": SCORES.fields["period"],
        "column": PublishedColumn(pl.String, "Cột mang định danh"),
        "commune": _COMMUNE,
        "unit": SCORES.fields["unit"],
        "file": PublishedColumn(pl.String, "Tên tệp đã nộp"),
        "sheet": PublishedColumn(pl.String, "Tên trang tính"),
        "row": PublishedColumn(pl.UInt32, "Số dòng trên trang tính", range=(1, None)),
    },
    ("case", "commune", "unit", "file", "sheet", "row"),
)

TABLES: Iterable[PublishedTable] = (COMMUNES, PROVINCE, COMMUNE_SCORES, COMMUNE_RANKING, DUPLICATES)


def identifier(dataset: Dataset) -> Column | None:
    """The column that identifies a record of `dataset` in the whole country; None if there is none."""
    column = dataset[dataset.key[0]]
    return column if len(dataset.key) == 1 and column.kind.name in _NATIONWIDE else None
