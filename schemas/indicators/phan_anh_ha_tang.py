"""Phản ánh hạ tầng viễn thông đã giải quyết (kế hoạch, mục V.6 và V.7)."""

from polars import col

from schemas.datasets.phan_anh_ha_tang import DATASET
from schemas.indicator import ALL, Indicator

INDICATORS = (
    Indicator(
        name="phan_anh_ha_tang_xong",
        title="Tỷ lệ phản ánh hạ tầng viễn thông đã giải quyết",
        from_="V.6, V.7",
        owner="thon",
        by=("xa", "thon"),
        over=DATASET,
        tu_so=col("trang_thai") == "Đã giải quyết",
        mau_so=ALL,
    ),
)
