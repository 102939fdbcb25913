"""Kiến nghị giám sát, phản biện được giải quyết (kế hoạch, mục I.2 và V.5)."""

from polars import col, when

from schemas.datasets.van_dong_giam_sat import DATASET
from schemas.indicator import Indicator

INDICATORS = (
    Indicator(
        name="kien_nghi_duoc_giai_quyet",
        title="Tỷ lệ kiến nghị giám sát, phản biện được giải quyết",
        from_="I.2, V.5",
        owner="mat_tran",
        by=("xa",),
        over=DATASET,
        # Both cells are optional: resolved proposals without a total would make the share exceed 1.
        tu_so=when(col("kien_nghi").is_not_null()).then(col("kien_nghi_xong")),
        mau_so=col("kien_nghi"),
        dem="kiến nghị",
    ),
)
