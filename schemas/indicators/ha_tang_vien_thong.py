"""Thôn được phủ sóng 4G, 5G (kế hoạch, mục II.2 và V.7)."""

from polars import col

from schemas.datasets.ha_tang_vien_thong import DATASET
from schemas.indicator import ALL, Indicator

INDICATORS = (
    Indicator(
        name="thon_phu_4g",
        title="Tỷ lệ thôn được phủ sóng 4G (ít nhất một nhà mạng)",
        from_="II.2, V.7",
        owner="vien_thong",
        by=("xa",),
        over=DATASET,
        each_thon=True,
        tu_so=col("phu_4g"),
        mau_so=ALL,
    ),
    Indicator(
        name="thon_phu_5g",
        title="Tỷ lệ thôn được phủ sóng 5G (ít nhất một nhà mạng)",
        from_="II.2, V.7",
        owner="vien_thong",
        by=("xa",),
        over=DATASET,
        each_thon=True,
        tu_so=col("phu_5g"),
        mau_so=ALL,
    ),
)
