"""What cleaning may change in a cell, each repair by its name, and the log of those made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

CHANGES: Mapping[str, str] = {
    "unicode": "đưa chữ về Unicode dựng sẵn",
    "khoang_trang": "bỏ khoảng trắng, ký tự ẩn thừa",
    "dau_phan_cach": "bỏ dấu ngăn cách giữa các chữ số",
    "viet_hoa": "viết hoa mã",
    "danh_muc": "viết lại như trong danh mục",
    "ma_danh_muc": "thay mã số bằng tên trong danh mục",
    "so_0_dau": "thêm lại số 0 ở đầu",
    "dien_thoai_11_10": "đổi số điện thoại 11 số sang 10 số",
    "ma_quoc_gia": "thay +84 bằng số 0",
    "lay_so_dau": "lấy số thứ nhất trong ô có hai số",
    "doi_don_vi": "đổi đơn vị tính",
    "bang_ma": "đổi chữ từ bảng mã cũ sang Unicode",
    "nhu_tren": "thay dấu lặp lại bằng giá trị của dòng trên",
    "ngay_excel": "đổi số ngày của Excel sang ngày",
}


def list_changes(
    answers: pl.DataFrame, name: str, cells: pl.DataFrame, letters: Sequence[str | None]
) -> pl.DataFrame:
    """The repairs made in column `name` of `cells`, with the number of their `table`.

    `letters` has the column's letter in each table, where no `.letter` says another.
    """
    made = answers.filter(pl.col("change").is_not_null())
    at = cells.select("_row", pl.col(f"^{name}[.]letter$"))[made["at"]]
    usual = pl.Series(letters, dtype=pl.String).gather(made["table"])
    return made.select(
        at["_row"].cast(pl.UInt32).alias("row"),
        at.get_column(f"{name}.letter", default=usual).alias("column"),
        pl.lit(name).alias("name"),
        "change",
        pl.col("typed").alias("before"),
        _as_text(made["value"]).alias("after"),
        "table",
    )


def _as_text(value: pl.Series) -> pl.Series:
    """Values as a clerk would type them."""
    if value.dtype == pl.Date:
        return value.dt.strftime("%d/%m/%Y")
    if value.dtype == pl.Float64:
        return value.cast(pl.String).str.strip_suffix(".0").str.replace(".", ",", literal=True)
    return value.cast(pl.String)
