"""Quy mô kinh tế số: một năm mỗi dòng."""

from polars import col

from schemas.contract import Column, Dataset, Rule
from schemas.kinds import NAM, SO_TIEN, VAN_BAN

DATASET = Dataset(
    name="kinh_te_so",
    title="Quy mô kinh tế số",
    unit="kinh_te",
    cadence="nam",
    basis="calendar",
    grain="một năm",
    key=("nam",),
    rows=(1, 20),
    of_places=True,
    external=True,
    columns=(
        Column("nam", "Năm", NAM),
        Column("grdp", "GRDP (tỷ đồng)", SO_TIEN, unit="tỷ đồng", adds_up=False),
        Column(
            "kinh_te_so",
            "Giá trị tăng thêm kinh tế số (tỷ đồng)",
            SO_TIEN,
            also=("Kinh tế số (tỷ đồng)",),
            unit="tỷ đồng",
            adds_up=False,
        ),
        Column("nguon", "Nguồn số liệu", VAN_BAN, also=("Nguồn",)),
    ),
    rules=(
        Rule(
            "kinh_te_so.vuot_grdp",
            on=("grdp", "kinh_te_so"),
            dimension="dung",
            severity="chan",
            says="Kinh tế số lớn hơn GRDP.",
            fails_when=col("kinh_te_so") > col("grdp"),
            good=({"grdp": "1.250,5", "kinh_te_so": "1.250,5"},),
            bad=({"grdp": "1.250,5", "kinh_te_so": "1.250,6"},),
        ),
    ),
)
