"""Phản ánh hạ tầng viễn thông: một phản ánh mỗi dòng."""

from polars import col

from schemas.contract import Column, Dataset, Rule
from schemas.kinds import LUA_CHON, NGAY, VAN_BAN
from schemas.rules import blank

DATASET = Dataset(
    name="phan_anh_ha_tang",
    title="Phản ánh hạ tầng viễn thông",
    unit="thon",
    cadence="thang",
    basis="nd09",
    grain="một phản ánh",
    key=("ngay", "noi_dung"),
    rows=(0, 500),
    nil_allowed=True,
    dated="ngay",
    closed="ngay_giai_quyet",
    columns=(
        Column("ngay", "Ngày phản ánh", NGAY, also=("Ngày",), example="20/10/2026"),
        Column(
            "nha_mang",
            "Nhà mạng",
            LUA_CHON,
            also=("Doanh nghiệp viễn thông",),
            of=("Viettel", "VNPT", "MobiFone", "Khác"),
        ),
        Column("noi_dung", "Nội dung", VAN_BAN, also=("Nội dung phản ánh",)),
        Column(
            "trang_thai",
            "Trạng thái",
            LUA_CHON,
            also=("Kết quả xử lý",),
            of=("Mới", "Đang xử lý", "Đã giải quyết"),
        ),
        Column("ngay_giai_quyet", "Ngày giải quyết", NGAY, required=False),
    ),
    rules=(
        Rule(
            "ngay_giai_quyet.truoc_ngay",
            on=("ngay", "ngay_giai_quyet"),
            dimension="dung",
            severity="chan",
            says="Ngày giải quyết trước ngày phản ánh.",
            fails_when=col("ngay_giai_quyet") < col("ngay"),
            good=({"ngay": "20/10/2026", "ngay_giai_quyet": "20/10/2026"},),
            bad=({"ngay": "20/10/2026", "ngay_giai_quyet": "19/10/2026"},),
        ),
        Rule(
            "ngay_giai_quyet.thieu_khi_xong",
            on=("trang_thai", "ngay_giai_quyet"),
            dimension="du",
            severity="canh_bao",
            says="Đã giải quyết nhưng thiếu ngày giải quyết.",
            fails_when=(col("trang_thai") == "Đã giải quyết") & blank("ngay_giai_quyet"),
            good=(
                {"trang_thai": "Đã giải quyết", "ngay_giai_quyet": "20/10/2026"},
                {"trang_thai": "Mới", "ngay_giai_quyet": ""},
            ),
            bad=({"trang_thai": "Đã giải quyết", "ngay_giai_quyet": ""},),
        ),
    ),
)
