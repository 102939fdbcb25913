"""Doanh nghiệp có chi nghiên cứu và phát triển (kế hoạch, mục II.5)."""

from polars import col

from schemas.datasets.doanh_nghiep import DATASET
from schemas.indicator import ALL, Indicator

INDICATORS = (
    Indicator(
        name="doanh_nghiep_co_rd",
        title="Tỷ lệ doanh nghiệp có chi nghiên cứu và phát triển",
        from_="II.5",
        owner="kinh_te",
        by=("xa",),
        over=DATASET,
        tu_so=col("chi_rd") > 0,
        mau_so=ALL,
    ),
)
