"""Rác thải sinh hoạt được thu gom, xử lý (kế hoạch, mục II.6), theo khối lượng."""

from polars import col

from schemas.datasets.moi_truong import DATASET
from schemas.indicator import Indicator

INDICATORS = (
    Indicator(
        name="rac_thu_gom",
        title="Tỷ lệ rác thải sinh hoạt được thu gom, xử lý",
        from_="II.6",
        owner="kinh_te",
        by=("xa", "thon"),
        over=DATASET,
        tu_so=col("rac_thu_gom"),
        mau_so=col("rac_phat_sinh"),
        dem="tấn",
    ),
)
