"""Four clocks, never mixed: when it happened, which period it is for, when it came, when it was published."""

from __future__ import annotations

import os
from datetime import date, datetime
from pathlib import Path

import polars as pl

from flows.root import HERE
from tests.conftest import lines, run_plainly

COMPLAINTS = lines(
    [
        ["Tháng 10 năm 2026"],
        ["STT", "Ngày phản ánh", "Nhà mạng", "Nội dung", "Trạng thái", "Ngày giải quyết"],
        [1, "20/09/2026", "Viettel", "Mất sóng đầu thôn", "Mới", None],
        [2, "18/11/2026", "VNPT", "Đứt cáp", "Mới", None],
    ]
)


def test_each_clock_keeps_its_own_time(tmp_path: Path) -> None:
    path = tmp_path / "raw" / "inbox" / "T01" / "phan anh.csv"
    path.parent.mkdir(parents=True)
    path.write_text(COMPLAINTS, encoding="utf-8")
    came = datetime(2026, 11, 17, 9, 30, tzinfo=HERE).timestamp()
    os.utime(path, (came, came))
    outcome = run_plainly(tmp_path, as_of=date(2026, 11, 24))
    records = pl.read_parquet(outcome.release / "data" / "phan_anh_ha_tang" / "ky=2026-10" / "T01.parquet")
    assert records["ngay"].to_list() == [date(2026, 9, 20)]
    assert outcome.submissions.select("period", "received").rows() == [
        ("2026-10", "2026-11-17T09:30:00+07:00")
    ]
    owed = outcome.roll_call.filter(unit="T01", dataset="phan_anh_ha_tang", period="2026-10")
    assert owed.select("due", "received", "state").rows() == [
        (date(2026, 10, 19), date(2026, 11, 17), "tre_han")
    ]
    # What had not happened when it came is no event, though it had when it was published.
    assert outcome.faults.filter(code="ngay.tuong_lai").select("cell").to_series().to_list() == ["B4"]
    issues = pl.read_parquet(outcome.release / "issues.parquet").filter(code="ngay.tuong_lai")
    assert issues["opened"].to_list() == [date(2026, 11, 24)]
    assert outcome.release.name.startswith("20261124-")
