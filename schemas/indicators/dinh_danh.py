"""Định danh điện tử và chữ ký số (kế hoạch, mục II.3 và III)."""

from polars import col

from schemas.datasets.dan_cu import DATASET as DAN_CU
from schemas.datasets.dinh_danh import DATASET as DINH_DANH
from schemas.indicator import Indicator, Join, Target

_ACCOUNT = Join(DINH_DANH, on="so_dinh_danh", columns=("muc_do", "ngay_kich_hoat", "chu_ky_so"))
_HOME = Join(DAN_CU, on="so_dinh_danh", columns=("thon",))

_ACTIVATED = (col("muc_do") == "2") & col("ngay_kich_hoat").is_not_null()

# Level 2 is for citizens aged 14 or over (Nghị định 69/2024/NĐ-CP art. 7). If only the year of birth is
# known, the date is 1 January, so the person counts as 14 from the start of that year.
_ELIGIBLE = (col("tinh_trang") == "Đang sống") & (col("ngay_sinh") <= col("_period_end").dt.offset_by("-14y"))

INDICATORS = (
    Indicator(
        name="dinh_danh_muc_2_kich_hoat",
        title="Tỷ lệ công dân từ đủ 14 tuổi có tài khoản định danh điện tử mức độ 2 đã kích hoạt",
        from_="II.3, III",
        owner="cong_an",
        by=("xa", "thon"),
        over=DAN_CU,
        joined=_ACCOUNT,
        tu_so=_ELIGIBLE & _ACTIVATED,
        mau_so=_ELIGIBLE,
        targets={2026: Target(1.0, san=0.85)},
        thi_dua=3,
    ),
    Indicator(
        name="dinh_danh_tich_hop_giay_to",
        title="Tỷ lệ tài khoản mức độ 2 đã kích hoạt có tích hợp ít nhất một loại giấy tờ",
        from_="II.3",
        owner="cong_an",
        by=("xa", "thon"),
        over=DINH_DANH,
        joined=_HOME,
        tu_so=_ACTIVATED & (col("giay_to") >= 1),
        mau_so=_ACTIVATED,
        targets={2026: Target(1.0)},
        thi_dua=1,
    ),
    Indicator(
        name="chu_ky_so_ca_nhan",
        title="Tỷ lệ công dân từ đủ 14 tuổi có chữ ký số cá nhân",
        from_="II.3",
        owner="cong_an",
        by=("xa", "thon"),
        over=DAN_CU,
        joined=_ACCOUNT,
        tu_so=_ELIGIBLE & col("chu_ky_so"),
        mau_so=_ELIGIBLE,
    ),
)
