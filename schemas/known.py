"""What the commune knows already and does not ask for again: a form filled in from another dataset.

Luật Dữ liệu 60/2024/QH15 art. 11 and the commune's plan: "dữ liệu đã có thì không yêu cầu cung cấp lại".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from schemas.rules import CHU_HO


@dataclass(frozen=True, slots=True)
class Known:
    """Rows of the form of `dataset` that the latest hand-in of `source` gives.

    One row for each value of `by`, of those records of `source` for which `where` holds and whose `place` is
    the unit that fills in the form; `columns` says what each of the form's columns then holds.
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
