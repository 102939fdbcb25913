"""Decides how each column is published: unchanged, masked, as a keyed token, as a year, or not at all.

Source: Luật 91/2025/QH15 and Nghị định 356/2025/NĐ-CP. Identifiers and names are basic personal data,
ethnicity is sensitive. Published records must not reveal whom they are about.
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from schemas.contract import Column

Protection = Literal["nguyen", "che", "ma_hoa", "nam", "bo"]

#: Fewer people, households or rows are never published together: they tell of persons (Luật 91/2025/QH15).
#: Figures of a thôn and the groups of open tables go by it.
SMALLEST_GROUP = 5

#: Columns of free text, which may mention people.
FREE_TEXT = frozenset({"noi_dung"})

#: Number of hexadecimal digits of a token.
TOKEN_DIGITS = 32
TOKEN_PATTERN = f"[0-9a-f]{{{TOKEN_DIGITS}}}"

PROTECTIONS: dict[Protection, str] = {
    "nguyen": "giữ nguyên",
    "che": "số định danh, điện thoại trong lời văn được che; trong lời kể che cả họ tên",
    "ma_hoa": "thay bằng mã băm có khóa",
    "nam": "chỉ giữ năm",
    "bo": "không công bố",
}


def protection(column: Column) -> Protection:
    """How `column` is published in `data/`."""
    if column.personal is None:
        return "che" if column.kind.name == "van_ban" else "nguyen"
    if column.personal == "sensitive":
        return "bo"
    if column.kind.dtype == pl.Date:
        return "nam"
    if column.personal == "direct" and column.kind.name != "so_dinh_danh":
        return "bo"
    return "ma_hoa"


#: A tax code that is the personal number of who runs a household business (Thông tư 86/2024/TT-BTC).
PERSONAL_TAX_CODE = r"^[0-9]{12}$"
_PERSONAL_NUMBER = "so_dinh_danh"


def token_domains(column: Column) -> tuple[str, str]:
    """The domains of a column's tokens: of its own values, and of personal numbers among them.

    A person has the same token in every column and dataset.
    """
    own = _PERSONAL_NUMBER if column.kind.name == _PERSONAL_NUMBER else column.name
    return own, _PERSONAL_NUMBER if column.kind.name == "mst" else own


def published_dtype(column: Column) -> pl.DataType | type[pl.DataType]:
    """The type of `column` in `data/`."""
    match protection(column):
        case "ma_hoa":
            return pl.String
        case "nam":
            return pl.Int32
        case _:
            return column.kind.dtype
