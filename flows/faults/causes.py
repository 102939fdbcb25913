"""Groups faults with the same cause: shifted columns, a repeated wrong value, units that did not submit."""

from __future__ import annotations

import polars as pl

#: Faults with equal values in these columns have the same cause.
CAUSE = ("unit", "dataset", "period", "submission", "file", "sheet", "column", "code", "severity")
#: The kinds of cause, with their Vietnamese names.
KINDS = {
    "lech_cot": "Cả cụm cột bị lệch",
    "mot_gia_tri": "Một giá trị sai gõ nhiều lần",
    "nhieu_don_vi": "Nhiều đơn vị cùng thiếu",
    "mot_cot": "Một lỗi ở nhiều dòng của một cột",
    "mot_cho": "Một chỗ",
}

# The faults of cells that hold the values of another column: they can't be read, or are not in the list.
_SHIFT_FAULTS = (
    "khong_doc_duoc",
    "khong_phai_chu",
    "ngoai_danh_muc",
    "sai_mau",
    "la_cmnd",
    "sai_ma_tinh",
    "ngoai_khoang",
)
_MIN_SHIFTED_COLUMNS, _MIN_SHIFTED_ROWS = 3, 5
_REPEATED_FROM = 3
_SHEET = ("unit", "dataset", "period", "submission", "file", "sheet")


def group_by_cause(faults: pl.DataFrame, *apart: str) -> pl.DataFrame:
    """One row per cause; blocking ones first, then by number of faults.

    The result has the columns `CAUSE`, `kind` (of `KINDS`), `count`; `line`, `row`, `cell`, `value`,
    `message`, `proposal` and `dimension` of the first fault; `values`, the number of distinct values typed.
    If several units or columns share the cause, `message` is about all, `unit` and `column` are of the first.

    Args:
        faults: The faults, sorted, with their number `line`.
        apart: Columns in which the faults of one cause must be equal too.
    """
    first = ("line", "row", "cell", "value", "message", "proposal", "dimension")
    of_first = [name for name in ("unit", "column", "code", "severity", "kind") if name not in apart]
    by = dict.fromkeys(("_nhom", *apart, *(name for name in CAUSE if name not in of_first)))
    return (
        _add_cause(faults)
        .group_by(*by, maintain_order=True)
        .agg(
            *(pl.col(name).first() for name in of_first),
            pl.len().alias("count"),
            *(pl.col(name).first() for name in first),
            pl.col("value").drop_nulls().n_unique().alias("values"),
        )
        .with_columns(kind=pl.when(pl.col("count") > 1).then("kind").otherwise(pl.lit("mot_cho")))
        .with_columns(message=_write_message())
        .sort(pl.col("severity") != "chan", -pl.col("count").cast(pl.Int64), "line")
        .select(*CAUSE, "kind", "count", *first, "values")
    )


def _add_cause(faults: pl.DataFrame) -> pl.DataFrame:
    """`faults` with the `kind` of its cause and `_nhom`, a key that is equal for faults of one cause."""
    silent = pl.col("code") == "giao_nop.chua_co"
    cell = pl.concat_str("unit", "column", "code", "severity", separator="|", ignore_nulls=True)
    # Equal masked values may stand for different typed values.
    repeated = ~pl.col("value").str.contains("*", literal=True).fill_null(value=True) & (
        pl.len().over(*CAUSE, "value") >= _REPEATED_FROM
    )
    kind = (
        pl.when(silent)
        .then(pl.lit("nhieu_don_vi"))
        .when(_is_shifted())
        .then(pl.lit("lech_cot"))
        .when(repeated)
        .then(pl.lit("mot_gia_tri"))
        .otherwise(pl.lit("mot_cot"))
    )
    group = (
        pl.when(pl.col("kind") == "nhieu_don_vi")
        .then(pl.col("code"))
        .when(pl.col("kind") == "lech_cot")
        .then(pl.concat_str("unit", pl.lit("|lech_cot")))
        .when(pl.col("kind") == "mot_gia_tri")
        .then(pl.concat_str(cell, "value", separator="|"))
        .otherwise(cell)
    )
    return faults.with_columns(kind=kind).with_columns(_nhom=group)


def _write_message() -> pl.Expr:
    kind, message, count = pl.col("kind"), pl.col("message"), pl.col("count").cast(pl.String)
    silent = pl.concat_str(count, pl.lit(" đơn vị chưa nộp"), message.str.extract("( “.*)"))
    shifted = pl.format("Nhiều cột cùng sai ở {} ô: có thể cả cụm cột bị lệch sang bên.", count)
    return (
        pl.when(kind == "nhieu_don_vi")
        .then(pl.coalesce(silent, message))
        .when(kind == "lech_cot")
        .then(shifted)
        .otherwise(message)
    )


def _is_shifted() -> pl.Expr:
    """Whether the row has unreadable cells in several columns, and several other rows of the sheet too."""
    unreadable = (
        pl.col("code").str.split(".").list.last().is_in(list(_SHIFT_FAULTS)) & pl.col("row").is_not_null()
    )
    in_row = pl.when(unreadable).then(pl.col("column")).drop_nulls().n_unique().over(*_SHEET, "row")
    wide = unreadable & (in_row >= _MIN_SHIFTED_COLUMNS)
    rows = pl.when(wide).then(pl.col("row")).drop_nulls().n_unique().over(*_SHEET)
    return wide & (rows >= _MIN_SHIFTED_ROWS)
