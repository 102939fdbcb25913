"""A province of three made-up communes, one that failed, and its page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl

from flows.province.commune import CommuneFigures
from flows.province.release import Gathered, write_province_tables
from flows.report.names import Names
from flows.report.province import write_province
from schemas.province import DUPLICATES
from schemas.registry import load
from tests.flows.report.fake import AS_OF, COMMUNE, DATASETS, INDICATORS, write_release

NAMES = Names(DATASETS, COMMUNE, INDICATORS)
PROVINCE = "Tỉnh Mẫu"
FAILED = {"/xa/90009": "Trùng mã xã 90001 với /xa/90001."}


def shares(folder: Path) -> dict[str, CommuneFigures]:
    """Three communes, each with fewer of everything than the one before."""
    made = write_release(folder, faults=60)
    figures = pl.read_parquet(made / "indicators.parquet").filter(by="xa")
    scores = pl.read_parquet(made / "scores.parquet")
    first = CommuneFigures("90001", "Xã Mẫu 1", PROVINCE, "c", "20261124-a", 1200, 7, figures, scores)
    return {
        f"/xa/9000{number}": replace(
            first,
            code=f"9000{number}",
            name=f"Xã Mẫu {number}",
            indicators=figures.with_columns(
                pl.col("tu_so", "value", "low", "high") * (1 - number / 10),
                key=pl.lit(f"9000{number}"),
            ),
        )
        for number in (1, 2, 3)
    }


def write_page(folder: Path, failed: dict[str, str] = FAILED) -> Path:
    twice = [
        {"case": 1, "dataset": "dan_cu", "period": "2026-10", "column": "so_dinh_danh", "unit": "cong_an"}
        | {"commune": code, "file": f"dan cu {code}.xlsx", "sheet": "Danh sách", "row": row}
        for code, row in (("90001", 41), ("90003", 1207))
    ]
    doubles = DUPLICATES.conform(pl.DataFrame(twice) if failed else pl.DataFrame())
    release = folder / "ban"
    release.mkdir()
    write_province_tables(release, PROVINCE, Gathered(shares(folder / "xa"), failed, doubles), load())
    return write_province(release, PROVINCE, NAMES, AS_OF)
