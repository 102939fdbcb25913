"""Names the repairs that cleaning may make in a cell, and builds the log of those it made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

#: The kinds of repair, with their Vietnamese names.
CHANGES: Mapping[str, str] = {
    "unicode": "đưa chữ về Unicode dựng sẵn",
    "khoang_trang": "bỏ khoảng trắng, ký tự ẩn thừa",
    "bo_dau_bang": "lấy chữ ra khỏi công thức dạng bằng và hai dấu nháy",
    "chu_thich": "bỏ dấu chú thích viết nhỏ phía trên con số",
    "chu_rong": "đổi chữ và số cỡ rộng sang cỡ thường",
    "dau_phan_cach": "bỏ dấu ngăn cách giữa các chữ số",
    "viet_hoa": "viết hoa mã",
    "danh_muc": "viết lại như trong danh mục",
    "ma_danh_muc": "thay mã số bằng tên trong danh mục",
    "so_0_dau": "thêm lại số 0 ở đầu",
    "dien_thoai_11_10": "đổi số điện thoại 11 số sang 10 số",
    "ma_quoc_gia": "thay +84 bằng số 0",
    "lay_so_dau": "lấy số thứ nhất trong ô có hai số",
    "doi_don_vi": "đổi đơn vị tính",
    "dinh_dang": "lấy số như định dạng của ô hiển thị",
    "bang_ma": "đổi chữ từ bảng mã cũ sang Unicode",
    "ten_cot": "đọc đầu cột khác như xã đã chấp nhận cho đơn vị này",
    "nhu_tren": "thay dấu lặp lại bằng giá trị của dòng trên",
    "ngay_excel": "đổi số ngày của Excel sang ngày",
    "mui_gio": "đổi giờ có múi giờ sang ngày ở Việt Nam",
    "co_khong": "hiểu là có hoặc không theo các ô khác và đầu của cột",
    "nam_hai_so": "hiểu năm ghi hai chữ số",
    "le_0": "bỏ phần lẻ bằng 0 sau số năm",
}


def list_changes(
    answers: pl.DataFrame, name: str, cells: pl.DataFrame, letters: Sequence[str | None]
) -> pl.DataFrame:
    """One row per repaired cell of a column: `CHANGES_SCHEMA` plus `table`, the number of its table.

    Args:
        answers: `Reading.answers` of the column.
        name: The contract's name of the column.
        cells: The cells of all tables; a column `<name>.letter` overrides `letters`.
        letters: The letter of the column in each table.
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
        _format(made["value"]).alias("after"),
        "table",
    )


def _format(value: pl.Series) -> pl.Series:
    """Format values as a clerk would type them."""
    if value.dtype == pl.Date:
        return value.dt.strftime("%d/%m/%Y")
    if value.dtype == pl.Float64:
        return value.cast(pl.String).str.strip_suffix(".0").str.replace(".", ",", literal=True)
    return value.cast(pl.String)
