"""Lượt người được Tổ công nghệ số cộng đồng hướng dẫn (kế hoạch, mục V.4 và V.6)."""

from polars import col

from schemas.datasets.to_cong_nghe_so import DATASET
from schemas.indicator import Indicator

INDICATORS = (
    Indicator(
        name="nguoi_duoc_huong_dan",
        title="Số lượt người được Tổ công nghệ số cộng đồng hướng dẫn",
        from_="V.4, V.6",
        owner="van_hoa_xa_hoi",
        by=("xa", "thon"),
        over=DATASET,
        tu_so=col("luot_nguoi"),
        mau_so=None,
        dem="lượt người",
    ),
)
