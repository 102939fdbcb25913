"""Sáng kiến được công nhận và nhân rộng (kế hoạch, mục II.5 và VI.2)."""

from polars import col

from schemas.datasets.sang_kien import DATASET
from schemas.indicator import Indicator

_RECOGNISED = col("ngay_cong_nhan").is_not_null()

INDICATORS = (
    Indicator(
        name="sang_kien_duoc_cong_nhan",
        title="Số sáng kiến được công nhận",
        from_="II.5",
        owner="van_hoa_xa_hoi",
        by=("xa",),
        over=DATASET,
        tu_so=_RECOGNISED,
        mau_so=None,
    ),
    Indicator(
        name="sang_kien_nhan_rong",
        title="Tỷ lệ sáng kiến được công nhận đã nhân rộng",
        from_="II.5, VI.2",
        owner="van_hoa_xa_hoi",
        by=("xa",),
        over=DATASET,
        tu_so=_RECOGNISED & col("nhan_rong"),
        mau_so=_RECOGNISED,
    ),
)
