"""Describes the published release in a few lines for the command `status`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from flows.faults.ledger import OPEN
from flows.release.intact import require_intact
from flows.release.manifest import read_manifest


def describe_status(release: Path) -> Iterator[str]:
    """Yield Vietnamese lines: id and day, submissions, missing ones, open faults, acknowledged surprises.

    Raises:
        DamagedReleaseError: the release is not as it was published.
    """
    manifest = read_manifest(release)
    require_intact(release)
    called = pl.read_parquet(release / "roll_call.parquet")
    issues = pl.read_parquet(release / "issues.parquet")
    indicators = pl.read_parquet(release / "indicators.parquet").filter(pl.col("by") == "xa")
    missing = called.filter(pl.col("state") == "chua_co")
    late = called.filter(pl.col("state") == "tre_han").height
    opened = issues.filter(pl.col("state").is_in(OPEN)).height
    unknown = indicators.filter(pl.col("status") == "chua_du_can_cu").height
    yield f"Đang cho xem: {release.name}, tính đến ngày {manifest['as_of']}"
    inputs = len(manifest["inputs"])
    yield f"Tệp nộp: {inputs}; phải nộp {called.height}, chưa có {missing.height}, trễ {late}"
    yield f"Lỗi còn mở: {opened}; chỉ tiêu chưa đủ căn cứ: {unknown}/{indicators.height}"
    tables = [entry for entry in manifest["files"] if "left_out" in entry]
    shown, left_out = (sum(entry[name] for entry in tables) for name in ("rows", "left_out"))
    yield f"Bảng mở: {len(tables)}, có {shown} dòng, {left_out} bản ghi để ngoài vì nhóm quá nhỏ"
    if missing.height:
        yield f"Chưa nộp: {', '.join(missing['unit'].unique().sort().head(12))}"
    if "acknowledged" in manifest:
        yield f"Thay đổi bất thường đã được xác nhận: {manifest['acknowledged']['reason']}"
