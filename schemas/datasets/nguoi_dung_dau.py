"""Người đứng đầu thực hiện nhiệm vụ chuyển đổi số, chuyển đổi xanh: một người đứng đầu mỗi dòng."""

from polars import col

from schemas.contract import Column, Dataset, Rule
from schemas.kinds import CO_KHONG, HO_TEN, SO_LUONG, VAN_BAN

DATASET = Dataset(
    name="nguoi_dung_dau",
    title="Người đứng đầu thực hiện nhiệm vụ chuyển đổi số, chuyển đổi xanh",
    unit="van_phong",
    cadence="quy",
    basis="nd09",
    grain="một người đứng đầu",
    key=("co_quan",),
    rows=(1, 500),
    columns=(
        Column("co_quan", "Cơ quan, đơn vị", VAN_BAN, also=("Đơn vị",)),
        Column("ho_ten", "Họ và tên", HO_TEN, personal="direct"),
        Column("chuc_vu", "Chức vụ", VAN_BAN),
        Column("nhiem_vu_giao", "Số nhiệm vụ được giao", SO_LUONG),
        Column("nhiem_vu_xong", "Số nhiệm vụ hoàn thành", SO_LUONG),
        Column("guong_mau", "Gương mẫu, tiên phong", CO_KHONG, also=("Gương mẫu",)),
    ),
    rules=(
        Rule(
            "nhiem_vu_xong.vuot_giao",
            on=("nhiem_vu_giao", "nhiem_vu_xong"),
            dimension="dung",
            severity="chan",
            says="Số nhiệm vụ hoàn thành nhiều hơn số được giao.",
            fails_when=col("nhiem_vu_xong") > col("nhiem_vu_giao"),
            good=({"nhiem_vu_giao": "5", "nhiem_vu_xong": "5"},),
            bad=({"nhiem_vu_giao": "5", "nhiem_vu_xong": "6"},),
        ),
    ),
)
