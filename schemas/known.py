"""Declares which rows of a form can be filled in from another dataset that the commune already has.

Required by Luật Dữ liệu 60/2024/QH15 art. 11 and the commune's plan: "dữ liệu đã có thì không yêu cầu cung
cấp lại" (data that already exists must not be asked for again).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from schemas.rules import CHU_HO


@dataclass(frozen=True, slots=True)
class Known:
    """How to derive rows of the form of `dataset` from the latest submission of `source`.

    Records of `source` are filtered by `where`, and by `place` being the unit that fills in the form. Each
    value of `by` gives one row; `columns` are its values, as aggregates over the records.
    """

    dataset: str
    source: str
    by: str
    place: str
    where: pl.Expr
    columns: Mapping[str, pl.Expr]


KNOWN: Mapping[str, Known] = {
    known.dataset: known
    for known in (
        Known(
            dataset="ho_gia_dinh",
            source="dan_cu",
            by="ma_ho",
            place="thon",
            where=pl.col("tinh_trang") == "Đang sống",
            columns={
                "chu_ho": pl.col("ho_ten").filter(pl.col("quan_he") == CHU_HO).first(),
                "nhan_khau": pl.len().cast(pl.Int64),
            },
        ),
    )
}
