"""Tỷ trọng kinh tế số (kế hoạch, mục II.4); cơ quan thống kê tính, xã không tự tính được."""

from polars import col, when

from schemas.datasets.kinh_te_so import DATASET
from schemas.indicator import Indicator, Target

# A submission may repeat earlier years: only the row of the period's own year counts.
_THIS_YEAR = col("nam") == col("_period_end").dt.year()

INDICATORS = (
    Indicator(
        name="kinh_te_so_grdp",
        title="Tỷ trọng kinh tế số trong GRDP",
        from_="II.4",
        owner="kinh_te",
        by=("xa",),
        external=True,
        over=DATASET,
        tu_so=when(_THIS_YEAR).then(col("kinh_te_so")),
        mau_so=when(_THIS_YEAR).then(col("grdp")),
        dem="tỷ đồng",
        targets={2030: Target(0.30)},
    ),
)
