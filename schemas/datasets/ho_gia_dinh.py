"""Hộ gia đình: kỹ năng số và lối sống xanh: một hộ mỗi dòng."""

from schemas.contract import Column, Cross, Dataset
from schemas.kinds import CO_KHONG, HO_TEN, LUA_CHON, MA, SO_LUONG

DATASET = Dataset(
    name="ho_gia_dinh",
    title="Hộ gia đình: kỹ năng số và lối sống xanh",
    unit="thon",
    cadence="thang",
    basis="point_in_time",
    grain="một hộ",
    key=("ma_ho",),
    rows=(1, 5_000),
    columns=(
        Column(
            "ma_ho",
            "Mã hộ",
            MA,
            also=("Số hộ",),
            personal="quasi",
            pattern=r"H\d{5}",
            example="H00012",
        ),
        Column("chu_ho", "Họ và tên chủ hộ", HO_TEN, also=("Chủ hộ", "Tên chủ hộ"), personal="direct"),
        Column("nhan_khau", "Số nhân khẩu", SO_LUONG, also=("Nhân khẩu", "Số khẩu"), range=(1, 30)),
        Column(
            "ky_nang_dvc",
            "Kỹ năng > Dịch vụ công trực tuyến",
            CO_KHONG,
            also=("Có kỹ năng DVCTT", "DVC trực tuyến"),
        ),
        Column(
            "ky_nang_ttkdtm",
            "Kỹ năng > Thanh toán không dùng tiền mặt",
            CO_KHONG,
            also=("Có kỹ năng TTKDTM", "TT không tiền mặt"),
        ),
        Column(
            "internet", "Internet", LUA_CHON, also=("Loại internet",), of=("Cáp quang", "Di động", "Không")
        ),
        Column("phan_loai_rac", "Phân loại rác tại nguồn", CO_KHONG, also=("Phân loại rác",)),
        Column("nang_luong_sach", "Dùng năng lượng sạch", CO_KHONG, also=("Năng lượng sạch",)),
    ),
    cross=(
        Cross(
            "ma_ho.khong_co_trong_dan_cu",
            on=("ma_ho",),
            with_="dan_cu",
            dimension="dung",
            severity="canh_bao",
            says="Mã hộ không có trong danh sách dân cư của thôn.",
        ),
        Cross(
            "ma_ho.chua_bao_cao",
            on=("ma_ho",),
            with_="dan_cu",
            dimension="du",
            severity="canh_bao",
            says="Hộ có trong danh sách dân cư nhưng thôn chưa báo cáo.",
            level="tep",
        ),
        Cross(
            "nhan_khau.khac_dan_cu",
            on=("ma_ho", "nhan_khau"),
            with_="dan_cu",
            dimension="sach",
            severity="canh_bao",
            says="Số nhân khẩu khác danh sách dân cư.",
        ),
    ),
)
