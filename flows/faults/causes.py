"""Groups faults that have one cause: columns shifted, one wrong value again and again, silent units."""

from __future__ import annotations

import polars as pl

#: What is one cause: the same thing wrong with the same column of the same sheet of one submission.
CAUSE = ("unit", "dataset", "period", "submission", "file", "sheet", "column", "code", "severity")
#: The kinds of cause, in words.
KINDS = {
    "lech_cot": "Cả cụm cột bị lệch",
    "mot_gia_tri": "Một giá trị sai gõ nhiều lần",
    "nhieu_don_vi": "Nhiều đơn vị cùng thiếu",
    "mot_cot": "Một lỗi ở nhiều dòng của một cột",
    "mot_cho": "Một chỗ",
}

# What is typed in a column that holds another column's values is not read, or in no list.
_MISREAD = ("khong_doc_duoc", "ngoai_danh_muc", "sai_mau", "la_cmnd", "sai_ma_tinh", "ngoai_khoang")
_SHIFTED_COLUMNS, _SHIFTED_ROWS = 3, 5
_AGAIN = 3
_SHEET = ("unit", "dataset", "period", "submission", "file", "sheet")


def group_by_cause(faults: pl.DataFrame, *apart: str) -> pl.DataFrame:
    """Ordered faults (with `line`) grouped by cause, heaviest first; one cause differs in none of `apart`.

    Columns: CAUSE, `kind` (of KINDS), `count`, `line` (of its first fault), `row`, `cell`, `value`,
    `message`, `proposal` and `dimension` of that fault, `values` (how many different things were typed).
    Where several units or columns share the cause, `message` tells of all, `unit` and `column` of the first.
    """
    first = ("line", "row", "cell", "value", "message", "proposal", "dimension")
    of_first = [name for name in ("unit", "column", "code", "severity", "kind") if name not in apart]
    by = dict.fromkeys(("_nhom", *apart, *(name for name in CAUSE if name not in of_first)))
    return (
        _told(faults)
        .group_by(*by, maintain_order=True)
        .agg(
            *(pl.col(name).first() for name in of_first),
            pl.len().alias("count"),
            *(pl.col(name).first() for name in first),
            pl.col("value").drop_nulls().n_unique().alias("values"),
        )
        .with_columns(kind=pl.when(pl.col("count") > 1).then("kind").otherwise(pl.lit("mot_cho")))
        .with_columns(message=_message())
        .sort(pl.col("severity") != "chan", -pl.col("count").cast(pl.Int64), "line")
        .select(*CAUSE, "kind", "count", *first, "values")
    )


def _told(faults: pl.DataFrame) -> pl.DataFrame:
    """`faults` with `kind` and `_nhom`, which faults of one cause in one place share."""
    silent = pl.col("code") == "giao_nop.chua_co"
    cell = pl.concat_str("unit", "column", "code", "severity", separator="|", ignore_nulls=True)
    # Of masked values nobody can tell that they are the same.
    again = ~pl.col("value").str.contains("*", literal=True).fill_null(value=True) & (
        pl.len().over(*CAUSE, "value") >= _AGAIN
    )
    kind = (
        pl.when(silent)
        .then(pl.lit("nhieu_don_vi"))
        .when(_shifted())
        .then(pl.lit("lech_cot"))
        .when(again)
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


def _message() -> pl.Expr:
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


def _shifted() -> pl.Expr:
    """Whether the fault's row is misread in several columns, as several rows of its sheet are."""
    misread = pl.col("code").str.split(".").list.last().is_in(list(_MISREAD)) & pl.col("row").is_not_null()
    in_row = pl.when(misread).then(pl.col("column")).drop_nulls().n_unique().over(*_SHEET, "row")
    wide = misread & (in_row >= _SHIFTED_COLUMNS)
    rows = pl.when(wide).then(pl.col("row")).drop_nulls().n_unique().over(*_SHEET)
    return wide & (rows >= _SHIFTED_ROWS)
