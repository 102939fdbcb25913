"""The tables of a release beside the records: what one row is, what each column says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, get_args

import polars as pl

from schemas.contract import DIMENSIONS, GOOD, SEVERITIES, WARNED, Column, Dataset
from schemas.indicator import Grouping
from schemas.judgement import may_be_open
from schemas.kinds import THON
from schemas.kinds.dates import EARLIEST
from schemas.periods import LABEL
from schemas.privacy import PROTECTIONS, TOKEN_PATTERN, protection, published_dtype
from schemas.units import Commune

Dtype = pl.DataType | type[pl.DataType]


@dataclass(frozen=True, slots=True)
class PublishedColumn:
    """One column of what a release publishes.

    Attributes:
        dtype: Its type.
        says: Its description in Vietnamese.
        of: The values that it may hold, each with its Vietnamese name; any value if empty.
        required: Whether every row has a value.
        range: Inclusive bounds; an upper bound of None is none.
        pattern: A regular expression for the whole text.
    """

    dtype: Dtype
    says: str
    of: Mapping[str, str] = field(default_factory=dict)
    required: bool = True
    range: tuple[Any, Any] | None = None
    pattern: str | None = None

    @property
    def optional(self) -> PublishedColumn:
        """The same column where a row may have no value."""
        return replace(self, required=False)


def one_of(says: str, of: Mapping[Any, str]) -> PublishedColumn:
    """A column that holds one of the values `of`; its description lists them."""
    values = ", ".join(f"{value} ({word.lower()})" for value, word in of.items())
    return PublishedColumn(pl.String, f"{says}: {values}", of)


def _maybe(dtype: Dtype, says: str, within: tuple[Any, Any] | None = None) -> PublishedColumn:
    """A column that may have no value, and the bounds of those that it has."""
    return PublishedColumn(dtype, says, required=False, range=within)


_NOT_NEGATIVE = (0, None)
_SHARE = (0, 1)


@dataclass(frozen=True, slots=True)
class PublishedTable:
    """One table of a release; rows are published in the order of `sort`, no two share `key`.

    An `internal` one is for the owner and his group: it shows cells of records about people.
    """

    name: str
    title: str
    grain: str
    fields: Mapping[str, PublishedColumn]
    sort: tuple[str, ...]
    key: tuple[str, ...] = ()
    internal: bool = False

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


SHA_256 = "[0-9a-f]{64}"
#: Number of hexadecimal digits of an issue's number.
ISSUE_DIGITS = 12

_UNIT = PublishedColumn(pl.String, "Đơn vị nộp")
_DATASET = PublishedColumn(pl.String, "Bộ dữ liệu")
_PERIOD = PublishedColumn(pl.String, "Kỳ báo cáo", pattern=LABEL)
_SUBMISSION = PublishedColumn(pl.String, "Mã băm SHA-256 của tệp đã nộp", pattern=SHA_256)
_FILE = PublishedColumn(pl.String, "Tên tệp đã nộp")
_SHEET = PublishedColumn(pl.String, "Tên trang tính")
_ROW = PublishedColumn(pl.UInt32, "Số dòng trên trang tính (tệp CSV: số dòng của tệp)", range=(1, None))
_COLUMN = PublishedColumn(pl.String, "Tên cột trong bộ dữ liệu")
_CELL = PublishedColumn(pl.String, "Địa chỉ ô, ví dụ C17", required=False, pattern="[A-Z]+[1-9][0-9]*")
_CODE = PublishedColumn(pl.String, "Mã lỗi", pattern=r"[a-z0-9_]+\.[a-z0-9_]+")
_ISSUE = PublishedColumn(pl.String, "Mã theo dõi", pattern=f"[0-9a-f]{{{ISSUE_DIGITS}}}")
_DIMENSION = one_of("Chiều chất lượng", DIMENSIONS)

_PLACE = {
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
        # A fault of a whole file, or of a deadline, has no place in a table.
        **{name: column.optional for name, column in _PLACE.items()},
        "unit": _UNIT,
        "code": _CODE,
        "dimension": _DIMENSION,
        "severity": one_of("Mức", SEVERITIES),
        "value": _maybe(pl.String, "Nội dung đã gõ, che phần riêng tư"),
        "message": PublishedColumn(pl.String, "Lỗi là gì và sửa thế nào"),
        "proposal": _maybe(pl.String, "Giá trị đề xuất, che phần riêng tư"),
        "issue": replace(_ISSUE, says="Mã theo dõi lỗi qua các ngày"),
    },
    ("unit", "dataset", "period", "file", "sheet", "row", "column", "code", "message"),
    internal=True,
)

CHANGES = PublishedTable(
    "changes",
    "Ô đã tự sửa",
    "một ô được sửa mà không đổi nghĩa",
    {
        **_PLACE,
        "change": PublishedColumn(pl.String, "Loại sửa"),
        "before": _maybe(pl.String, "Trước khi sửa, che phần riêng tư"),
        "after": _maybe(pl.String, "Sau khi sửa, che phần riêng tư"),
    },
    ("unit", "dataset", "period", "file", "sheet", "row", "column", "change"),
    internal=True,
)

ISSUES = PublishedTable(
    "issues",
    "Sổ theo dõi lỗi",
    "một lỗi được theo dõi qua các ngày",
    {
        "issue": _ISSUE,
        "unit": _UNIT,
        "dataset": _DATASET.optional,
        "code": _CODE,
        "record": PublishedColumn(
            pl.String, "Mã băm của bản ghi mang lỗi", required=False, pattern=TOKEN_PATTERN
        ),
        "state": one_of(
            "Trạng thái",
            {"mo": "Đang mở", "mo_lai": "Mở lại", "da_sua": "Đã sửa", "mien": "Được miễn"},
        ),
        "opened": PublishedColumn(pl.Date, "Ngày mở"),
        "closed": _maybe(pl.Date, "Ngày đóng"),
        "age_days": PublishedColumn(
            pl.Int32, "Số ngày từ khi mở đến khi đóng hoặc đến nay", range=_NOT_NEGATIVE
        ),
        "reason": _maybe(pl.String, "Lý do được miễn"),
        "until": _maybe(pl.Date, "Được miễn đến ngày"),
        "reopened": PublishedColumn(pl.Int32, "Số lần mở lại sau khi đã sửa", range=_NOT_NEGATIVE),
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
        "dataset": _DATASET.optional,
        "period": _PERIOD.optional,
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
        "rows_left_out": PublishedColumn(
            pl.UInt32, "Số dòng không phải bản ghi, trùng y hệt, hoặc đã được sửa bằng tệp sau"
        ),
        "rows_accepted": PublishedColumn(pl.UInt32, "Số bản ghi được công bố"),
        "rows_quarantined": PublishedColumn(pl.UInt32, "Số bản ghi bị giữ lại"),
        "supersedes": replace(_SUBMISSION, says="Mã băm của lượt nộp được thay", required=False),
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
        "received": _maybe(pl.Date, "Ngày nhận lượt nộp đầu tiên dùng được"),
        "days_late": PublishedColumn(pl.Int32, "Số ngày trễ", range=_NOT_NEGATIVE),
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
        "by": PublishedColumn(pl.String, "Chia theo: xa, thon, don_vi", pattern="|".join(get_args(Grouping))),
        "key": PublishedColumn(pl.String, "Mã xã, mã thôn hoặc đơn vị"),
        "tu_so": _maybe(pl.Float64, "Tử số", _NOT_NEGATIVE),
        "mau_so": _maybe(pl.Float64, "Mẫu số", _NOT_NEGATIVE),
        "value": _maybe(pl.Float64, "Giá trị: tử số chia mẫu số (0 đến 1), hoặc số đếm", _NOT_NEGATIVE),
        "muc_tieu": _maybe(pl.Float64, "Mục tiêu của năm", _NOT_NEGATIVE),
        "san": _maybe(pl.Float64, "Mức sàn của năm", _NOT_NEGATIVE),
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
        "low": _maybe(pl.Float64, "Giá trị thấp nhất có thể, khi tính cả phần chưa biết", _NOT_NEGATIVE),
        "high": _maybe(pl.Float64, "Giá trị cao nhất có thể, khi tính cả phần chưa biết", _NOT_NEGATIVE),
        "completeness": _maybe(pl.Float64, "Tỷ lệ lượt nộp đã có trên số phải có", _SHARE),
        "quarantined_share": _maybe(pl.Float64, "Tỷ lệ bản ghi bị giữ lại", _SHARE),
        "reason": _maybe(pl.String, "Vì sao chưa đủ căn cứ hoặc không công bố"),
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
        "score": _maybe(pl.Float64, "1 trừ số ô có lỗi trên số ô đã xét; trống khi chưa xét ô nào", _SHARE),
        "reason": _maybe(pl.String, "Vì sao có quy tắc chưa xét được"),
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
        "score": _maybe(pl.Float64, "Điểm thi đua, 0 đến 1", _SHARE),
        "rank": _maybe(pl.UInt32, "Hạng; bằng điểm thì đồng hạng", (1, None)),
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


def record_columns(dataset: Dataset, commune: Commune | None = None) -> dict[str, PublishedColumn]:
    """The columns of a dataset's published records.

    Args:
        dataset: The dataset.
        commune: The commune whose records they are; without it a thôn may be any.
    """
    own = {
        column.name: _record_column(column, dataset, commune)
        for column in dataset.columns
        if protection(column) != "bo"
    }
    beside = {
        dataset.row_class if name == "trang_thai" else name: field for name, field in RECORD_FIELDS.items()
    }
    return own | beside


def _record_column(column: Column, dataset: Dataset, commune: Commune | None) -> PublishedColumn:
    """What can be said of a published value: a record with a blocking fault is not published."""
    how = protection(column)
    says = column.label if how == "nguyen" else f"{column.label} ({PROTECTIONS[how]})"
    required = column.required and not may_be_open(column, dataset)
    told = PublishedColumn(published_dtype(column), says, required=required)
    match how:
        case "ma_hoa":
            return replace(told, pattern=TOKEN_PATTERN)
        case "nam":
            return replace(told, range=(EARLIEST.year, None))
        case "nguyen":
            return replace(
                told,
                of=_values(column, commune),
                range=column.kind.bounds(column),
                pattern=column.pattern,
            )
        case _:
            return told


def _values(column: Column, commune: Commune | None) -> Mapping[str, str]:
    if column.kind is THON and commune:
        return {place.code: place.name for place in commune.thon}
    return dict(zip(column.of, column.of, strict=True))
