"""Sáng kiến, đổi mới sáng tạo: một sáng kiến mỗi dòng."""

from polars import col

from schemas.contract import Column, Dataset, Rule
from schemas.kinds import CO_KHONG, HO_TEN, LUA_CHON, MA, NGAY, SO_TIEN, VAN_BAN
from schemas.rules import blank

DATASET = Dataset(
    name="sang_kien",
    title="Sáng kiến, đổi mới sáng tạo",
    unit="van_hoa_xa_hoi",
    cadence="quy",
    basis="nd09",
    grain="một sáng kiến",
    key=("ma_sang_kien",),
    rows=(0, 5_000),
    nil_allowed=True,
    coarsen=("lam_loi", "ngay_cong_nhan", "lam_loi", "ngay_cong_nhan", "linh_vuc"),
    columns=(
        Column(
            "ma_sang_kien",
            "Mã sáng kiến",
            MA,
            also=("Số đăng ký",),
            pattern=r"SK-\d{4}-\d{3}",
            example="SK-2026-001",
        ),
        Column("ten", "Tên sáng kiến", VAN_BAN),
        Column("tac_gia", "Tác giả", HO_TEN, also=("Họ tên tác giả",), personal="direct"),
        Column("don_vi", "Đơn vị", VAN_BAN, also=("Đơn vị công tác",)),
        Column(
            "linh_vuc",
            "Lĩnh vực",
            LUA_CHON,
            of=("Chuyển đổi số", "Chuyển đổi xanh", "Khoa học công nghệ", "Cải cách hành chính", "Khác"),
        ),
        Column("ngay_cong_nhan", "Ngày công nhận", NGAY, required=False),
        Column(
            "lam_loi",
            "Giá trị làm lợi (triệu đồng)",
            SO_TIEN,
            also=("Làm lợi (triệu đồng)",),
            required=False,
            unit="triệu đồng",
        ),
        Column("nhan_rong", "Đã nhân rộng", CO_KHONG, also=("Nhân rộng",)),
    ),
    rules=(
        Rule(
            "nhan_rong.chua_cong_nhan",
            on=("nhan_rong", "ngay_cong_nhan"),
            dimension="sach",
            severity="canh_bao",
            says="Đã nhân rộng nhưng chưa được công nhận.",
            fails_when=col("nhan_rong") & blank("ngay_cong_nhan"),
            good=(
                {"nhan_rong": "Có", "ngay_cong_nhan": "05/06/2026"},
                {"nhan_rong": "Không", "ngay_cong_nhan": ""},
            ),
            bad=({"nhan_rong": "Có", "ngay_cong_nhan": ""},),
        ),
    ),
)
