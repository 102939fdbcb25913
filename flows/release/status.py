"""The published release in a few lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from flows.faults.ledger import OPEN
from flows.release.manifest import read_manifest


def describe_status(release: Path) -> Iterator[str]:
    """Lines for a person: id and day, submissions, what is missing, faults that are open."""
    said = read_manifest(release)
    called = pl.read_parquet(release / "roll_call.parquet")
    issues = pl.read_parquet(release / "issues.parquet")
    indicators = pl.read_parquet(release / "indicators.parquet").filter(pl.col("by") == "xa")
    missing = called.filter(pl.col("state") == "chua_co")
    late = called.filter(pl.col("state") == "tre_han").height
    opened = issues.filter(pl.col("state").is_in(OPEN)).height
    unknown = indicators.filter(pl.col("status") == "chua_du_can_cu").height
    yield f"Đang cho xem: {release.name}, tính đến ngày {said['as_of']}"
    yield f"Tệp nộp: {len(said['inputs'])}; phải nộp {called.height}, chưa có {missing.height}, trễ {late}"
    yield f"Lỗi còn mở: {opened}; chỉ tiêu chưa đủ căn cứ: {unknown}/{indicators.height}"
    if missing.height:
        yield f"Chưa nộp: {', '.join(missing['unit'].unique().sort().head(12))}"
    if "acknowledged" in said:
        yield f"Thay đổi bất thường đã được xác nhận: {said['acknowledged']['reason']}"
