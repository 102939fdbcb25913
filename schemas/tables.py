"""The tables of a release beside the records: what one row is, what each column says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from schemas.contract import DIMENSIONS, GOOD, SEVERITIES, WARNED

Dtype = pl.DataType | type[pl.DataType]


@dataclass(frozen=True, slots=True)
class PublishedColumn:
    """One column of a release table; `of` has the values that it may hold, each in words."""

    dtype: Dtype
    says: str
    of: Mapping[str, str] = field(default_factory=dict)


def one_of(says: str, of: Mapping[Any, str]) -> PublishedColumn:
    """A column that holds one of the values `of`, each said in words."""
    values = ", ".join(f"{value} ({word.lower()})" for value, word in of.items())
    return PublishedColumn(pl.String, f"{says}: {values}", of)


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """One table of a release; rows are published in the order of `sort`, no two share `key`."""

    name: str
    title: str
    grain: str
    fields: Mapping[str, PublishedColumn]
    sort: tuple[str, ...]
    key: tuple[str, ...] = ()

    @property
    def schema(self) -> dict[str, Dtype]:
        """The type of each column, by name."""
        return {name: field.dtype for name, field in self.fields.items()}

    def conform(self, frame: pl.DataFrame) -> pl.DataFrame:
        """`frame` with just this table's columns, types and order; columns it lacks are null."""
        missing = [pl.lit(None).alias(name) for name in self.fields if name not in frame.columns]
        typed = [pl.col(name).cast(field.dtype) for name, field in self.fields.items()]
        return (
            frame.with_columns(missing).select(typed).sort(self.sort, nulls_last=False, maintain_order=True)
        )


_UNIT = PublishedColumn(pl.String, "Đơn vị nộp")
_DATASET = PublishedColumn(pl.String, "Bộ dữ liệu")
_PERIOD = PublishedColumn(pl.String, "Kỳ báo cáo")
_SUBMISSION = PublishedColumn(pl.String, "Mã băm SHA-256 của tệp đã nộp")
_FILE = PublishedColumn(pl.String, "Tên tệp đã nộp")
_SHEET = PublishedColumn(pl.String, "Tên trang tính")
_ROW = PublishedColumn(pl.UInt32, "Số dòng trên trang tính (tệp CSV: số dòng của tệp)")
_COLUMN = PublishedColumn(pl.String, "Tên cột trong bộ dữ liệu")
_CELL = PublishedColumn(pl.String, "Địa chỉ ô, ví dụ C17")
_CODE = PublishedColumn(pl.String, "Mã lỗi")
_DIMENSION = one_of("Chiều chất lượng", DIMENSIONS)

PLACE = {
    "unit": _UNIT,
    "dataset": _DATASET,
    "period": _PERIOD,
    "submission": _SUBMISSION,
    "file": _FILE,
    "sheet": _SHEET,
    "row": _ROW,
    "column": _COLUMN,
    "cell": _CELL,
}

FAULTS = PublishedTable(
    "faults",
    "Lỗi",
    "một lỗi tại một ô, một tệp hoặc một kỳ nộp",
    {
        **PLACE,
        "code": _CODE,
        "dimension": _DIMENSION,
        "severity": one_of("Mức", SEVERITIES),
        "value": PublishedColumn(pl.String, "Nội dung đã gõ, che phần riêng tư"),
        "message": PublishedColumn(pl.String, "Lỗi là gì và sửa thế nào"),
        "proposal": PublishedColumn(pl.String, "Giá trị đề xuất, che phần riêng tư"),
        "issue": PublishedColumn(pl.String, "Mã theo dõi lỗi qua các ngày"),
    },
    ("unit", "dataset", "period", "file", "sheet", "row", "column", "code", "message"),
)

CHANGES = PublishedTable(
    "changes",
    "Ô đã tự sửa",
    "một ô được sửa mà không đổi nghĩa",
    {
        **PLACE,
        "change": PublishedColumn(pl.String, "Loại sửa"),
        "before": PublishedColumn(pl.String, "Trước khi sửa, che phần riêng tư"),
        "after": PublishedColumn(pl.String, "Sau khi sửa, che phần riêng tư"),
    },
    ("unit", "dataset", "period", "file", "sheet", "row", "column", "change"),
)

ISSUES = PublishedTable(
    "issues",
    "Sổ theo dõi lỗi",
    "một lỗi được theo dõi qua các ngày",
    {
        "issue": PublishedColumn(pl.String, "Mã theo dõi"),
        "unit": _UNIT,
        "dataset": _DATASET,
        "code": _CODE,
        "record": PublishedColumn(pl.String, "Mã băm của bản ghi mang lỗi"),
        "state": one_of(
            "Trạng thái",
            {"mo": "Đang mở", "mo_lai": "Mở lại", "da_sua": "Đã sửa", "mien": "Được miễn"},
        ),
        "opened": PublishedColumn(pl.Date, "Ngày mở"),
        "closed": PublishedColumn(pl.Date, "Ngày đóng"),
        "age_days": PublishedColumn(pl.Int32, "Số ngày từ khi mở đến khi đóng hoặc đến nay"),
        "reason": PublishedColumn(pl.String, "Lý do được miễn"),
        "until": PublishedColumn(pl.Date, "Được miễn đến ngày"),
        "reopened": PublishedColumn(pl.Int32, "Số lần mở lại sau khi đã sửa"),
    },
    ("unit", "dataset", "code", "issue"),
    key=("issue",),
)

SUBMISSIONS = PublishedTable(
    "submissions",
    "Lượt nộp",
    "một tệp đã nộp (mỗi bộ dữ liệu và kỳ trong tệp một dòng)",
    {
        "submission": _SUBMISSION,
        "unit": _UNIT,
        "file": _FILE,
        "received": PublishedColumn(pl.String, "Lúc nhận, giờ Việt Nam"),
        "dataset": _DATASET,
        "period": _PERIOD,
        "state": one_of(
            "Trạng thái",
            {
                "chap_nhan": "Nhận đủ",
                "mot_phan": "Nhận một phần",
                "tu_choi": "Không nhận",
                "bi_thay_the": "Đã có bản mới hơn",
                "trung": "Nộp lại y hệt",
            },
        ),
        "sheets": PublishedColumn(pl.UInt32, "Số trang tính"),
        "rows_seen": PublishedColumn(pl.UInt32, "Số dòng đã đọc"),
        "rows_left_out": PublishedColumn(pl.UInt32, "Số dòng không phải bản ghi, hoặc trùng y hệt"),
        "rows_accepted": PublishedColumn(pl.UInt32, "Số bản ghi được công bố"),
        "rows_quarantined": PublishedColumn(pl.UInt32, "Số bản ghi bị giữ lại"),
        "supersedes": PublishedColumn(pl.String, "Mã băm của lượt nộp được thay"),
    },
    ("unit", "dataset", "period", "received", "file"),
    key=("submission", "unit", "file", "dataset", "period"),
)

ROLL_CALL = PublishedTable(
    "roll_call",
    "Điểm danh",
    "một đơn vị, một bộ dữ liệu, một kỳ phải nộp",
    {
        "unit": _UNIT,
        "dataset": _DATASET,
        "period": _PERIOD,
        "due": PublishedColumn(pl.Date, "Hạn nộp"),
        "received": PublishedColumn(pl.Date, "Ngày nhận lượt nộp đầu tiên dùng được"),
        "days_late": PublishedColumn(pl.Int32, "Số ngày trễ"),
        "state": one_of(
            "Trạng thái",
            {
                "dung_han": "Đúng hạn",
                "tre_han": "Trễ hạn",
                "chua_co": "Chưa nộp",
                "khong_phat_sinh": "Không phát sinh",
                "chua_den_han": "Chưa đến hạn",
            },
        ),
    },
    ("unit", "dataset", "period"),
    key=("unit", "dataset", "period"),
)

INDICATORS = PublishedTable(
    "indicators",
    "Chỉ tiêu",
    "một chỉ tiêu, một cách chia, một kỳ",
    {
        "indicator": PublishedColumn(pl.String, "Tên chỉ tiêu"),
        "period": _PERIOD,
        "by": PublishedColumn(pl.String, "Chia theo: xa, thon, don_vi"),
        "key": PublishedColumn(pl.String, "Mã xã, mã thôn hoặc đơn vị"),
        "tu_so": PublishedColumn(pl.Float64, "Tử số"),
        "mau_so": PublishedColumn(pl.Float64, "Mẫu số"),
        "value": PublishedColumn(pl.Float64, "Giá trị: tử số chia mẫu số (0 đến 1), hoặc số đếm"),
        "muc_tieu": PublishedColumn(pl.Float64, "Mục tiêu của năm"),
        "san": PublishedColumn(pl.Float64, "Mức sàn của năm"),
        "status": one_of(
            "Trạng thái",
            {
                "chua_dat": "Chưa đạt",
                "chua_du_can_cu": "Chưa đủ căn cứ",
                "dat_san": "Đạt mức sàn",
                "dat": "Đạt",
                "khong_co_muc_tieu": "Chưa đặt mục tiêu",
            },
        ),
        "low": PublishedColumn(pl.Float64, "Giá trị thấp nhất có thể, khi tính cả phần chưa biết"),
        "high": PublishedColumn(pl.Float64, "Giá trị cao nhất có thể, khi tính cả phần chưa biết"),
        "completeness": PublishedColumn(pl.Float64, "Tỷ lệ lượt nộp đã có trên số phải có"),
        "quarantined_share": PublishedColumn(pl.Float64, "Tỷ lệ bản ghi bị giữ lại"),
        "reason": PublishedColumn(pl.String, "Vì sao chưa đủ căn cứ hoặc không công bố"),
    },
    ("indicator", "period", "by", "key"),
    key=("indicator", "period", "by", "key"),
)

SCORES = PublishedTable(
    "scores",
    "Điểm chất lượng",
    "một đơn vị, một bộ dữ liệu, một kỳ, một chiều chất lượng",
    {
        "unit": _UNIT,
        "dataset": _DATASET,
        "period": _PERIOD,
        "dimension": _DIMENSION,
        "judged": PublishedColumn(pl.UInt64, "Số ô đã xét"),
        "failed": PublishedColumn(pl.UInt64, "Số ô có lỗi"),
        "score": PublishedColumn(pl.Float64, "1 trừ số ô có lỗi trên số ô đã xét; trống khi chưa xét ô nào"),
        "reason": PublishedColumn(pl.String, "Vì sao có quy tắc chưa xét được"),
    },
    ("unit", "dataset", "period", "dimension"),
    key=("unit", "dataset", "period", "dimension"),
)

RANKING = PublishedTable(
    "ranking",
    "Xếp hạng thi đua các thôn",
    "một thôn, một kỳ",
    {
        "period": _PERIOD,
        "thon": PublishedColumn(pl.String, "Mã thôn"),
        "score": PublishedColumn(pl.Float64, "Điểm thi đua, 0 đến 1"),
        "rank": PublishedColumn(pl.UInt32, "Hạng; bằng điểm thì đồng hạng"),
        "computed_from": PublishedColumn(pl.String, "Các chỉ tiêu tính được"),
    },
    ("period", "rank", "thon"),
    key=("period", "thon"),
)

TABLES = {
    table.name: table
    for table in (FAULTS, CHANGES, ISSUES, SUBMISSIONS, ROLL_CALL, INDICATORS, SCORES, RANKING)
}

#: Columns that every record carries beside those of its contract.
RECORD_FIELDS: Mapping[str, PublishedColumn] = {
    "trang_thai": one_of("Loại bản ghi", {GOOD: "Đạt", WARNED: "Cần bổ sung"}),
    "_unit": _UNIT,
    "_file": _FILE,
    "_sheet": _SHEET,
    "_row": _ROW,
}
