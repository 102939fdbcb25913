"""Builds a believable release out of the contracts, without a single submission."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from flows.words import period_order
from schemas import datasets, indicators, periods
from schemas.contract import DIMENSIONS, Dataset
from schemas.judgement import judgements_of
from schemas.tables import TABLES
from schemas.units import ngoc_lac

AS_OF = date(2026, 11, 24)
DATASETS = datasets.load()
INDICATORS = indicators.load()
COMMUNE = ngoc_lac()
Row = dict[str, Any]
UNJUDGED = "Chưa đối chiếu được với “Dân cư” tháng 10/2026: chưa có lượt nộp nào dùng được."


def write_release(folder: Path, *, faults: int = 400, since: date = date(2026, 8, 1)) -> Path:
    """A release as of AS_OF with `faults` faults and all periods that ended since `since`."""
    owed = [
        (unit.name, dataset, period)
        for dataset in DATASETS.values()
        for unit in COMMUNE.owing(dataset)
        for period in periods.ended(dataset.cadence, dataset.basis, since, AS_OF)
    ]
    found = _faults(owed, faults)
    made = {
        "roll_call": [_call(index, *each) for index, each in enumerate(owed)],
        "submissions": [_file(index, *each) for index, each in enumerate(owed) if index % 11 != 3],
        "scores": [
            _score(index, unit, dataset, period, dimension)
            for index, (unit, dataset, period) in enumerate(owed)
            for dimension in DIMENSIONS
        ],
        "indicators": _indicators(since),
        "ranking": _ranking(since),
        "faults": found,
        "issues": [_issue(index, row) for index, row in enumerate(found)],
        "changes": [
            {"unit": row["unit"], "dataset": row["dataset"], "change": ("khoang_trang", "unicode")[index % 2]}
            for index, row in enumerate(found[: len(found) // 3])
        ],
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in made.items():
        table = TABLES[name]
        frame = pl.DataFrame(rows, infer_schema_length=None)
        table.conform(frame).write_parquet(folder / f"{name}.parquet")
    return folder


def _name_of(dataset: Dataset, period: periods.Period) -> str:
    return f"{dataset.title} {period.label}.xlsx"


def _hash(index: int) -> str:
    return f"{index * 2654435761 % 2**32:08x}" * 8


def _call(index: int, unit: str, dataset: Dataset, period: periods.Period) -> Row:
    due = periods.due(period, dataset.due, COMMUNE.moved)
    late = 4 if index % 7 == 2 else -1
    state = (
        "chua_den_han"
        if due > AS_OF
        else "chua_co"
        if index % 11 == 3
        else "tre_han"
        if late > 0
        else "dung_han"
    )
    came = state in ("tre_han", "dung_han")
    return {
        "unit": unit,
        "dataset": dataset.name,
        "period": period.label,
        "due": due,
        "received": due + timedelta(days=late) if came else None,
        "days_late": max(late, 0) if came else None,
        "state": state,
    }


def _file(index: int, unit: str, dataset: Dataset, period: periods.Period) -> Row:
    bad, seen = index % 5, 60 + index % 300
    return {
        "submission": _hash(index),
        "unit": unit,
        "file": _name_of(dataset, period),
        "received": f"{period.end + timedelta(days=2)}T08:{index % 60:02}:00",
        "dataset": dataset.name,
        "period": period.label,
        "state": "mot_phan" if bad else "chap_nhan",
        "sheets": 1,
        "rows_seen": seen,
        "rows_left_out": 8,
        "rows_accepted": seen - 8 - bad,
        "rows_quarantined": bad,
    }


def _score(index: int, unit: str, dataset: Dataset, period: periods.Period, dimension: str) -> Row:
    judged = 0 if index % 11 == 3 else 900 + index % 37
    failed = (index * 7 + len(dimension) * 13) % 60 * (index % 3) * (3 if unit == "cong_an" else 1)
    return {
        "unit": unit,
        "dataset": dataset.name,
        "period": period.label,
        "dimension": dimension,
        "judged": judged,
        "failed": min(failed, judged),
        "score": 1 - min(failed, judged) / judged if judged else None,
        "reason": UNJUDGED if index % 11 == 5 and dimension == "du" else None,
    }


def _faults(owed: list[tuple[str, Dataset, periods.Period]], count: int) -> list[Row]:
    rules = {name: judgements_of(dataset) for name, dataset in DATASETS.items()}
    rows = []
    for index in range(count):
        place = (index // 23 * 37) % len(owed)
        unit, dataset, period = owed[place]
        rule = rules[dataset.name][(index // 23 * 5) % len(rules[dataset.name])]
        letter = chr(ord("A") + [column.name for column in dataset.columns].index(rule.column))
        row = 9 + index * 31 % 400
        rows.append(
            {
                "unit": unit,
                "dataset": dataset.name,
                "period": period.label,
                "submission": _hash(place),
                "file": _name_of(dataset, period),
                "sheet": "Danh sách",
                "row": row,
                "column": rule.column,
                "cell": f"{letter}{row}",
                "code": rule.code,
                "dimension": rule.dimension,
                "severity": rule.severity,
                "value": None if rule.code.endswith(".thieu") else f"sai {index % 977}",
                "message": rule.says,
                "proposal": f"đúng {index % 977}" if index % 3 == 0 else None,
                "issue": f"{index * 2654435761 % 2**32:08x}{index:08x}",
            }
        )
    whole = {"unit": "viettel", "submission": _hash(0), "file": "Báo cáo.docx", "dimension": "dung"}
    code, message = "tep.khong_phai_bang_tinh", "Tệp này không phải bảng tính. Nộp lại bằng tệp Excel."
    absent = {"unit": "T09", "dataset": "ho_gia_dinh", "period": "2026-10", "code": "giao_nop.chua_co"}
    if count:
        said = "Chưa nhận được báo cáo kỳ này."
        rows.append(absent | {"dimension": "du", "severity": "chan", "message": said, "issue": "1" * 16})
        rows.append(whole | {"code": code, "severity": "chan", "message": message, "issue": "0" * 16})
    return rows


def _issue(index: int, row: Row) -> Row:
    age = index * 13 % 45
    state = (
        "mo_lai" if index % 17 == 0 else "da_sua" if index % 5 == 1 else "mien" if index % 97 == 0 else "mo"
    )
    return {
        "issue": row["issue"],
        "unit": row["unit"],
        "dataset": row.get("dataset"),
        "code": row["code"],
        "record": f"{index:012x}",
        "state": state,
        "opened": AS_OF - timedelta(days=age),
        "closed": AS_OF if state == "da_sua" else None,
        "age_days": age,
        "reason": "Chờ cấp lại thẻ" if state == "mien" else None,
        "until": date(2026, 12, 31) if state == "mien" else None,
    }


def _months(since: date) -> list[str]:
    return [each.label for each in periods.ended("thang", "nd09", since, AS_OF)]


def _indicators(since: date) -> list[Row]:
    rows: list[Row] = []
    for rank, indicator in enumerate(INDICATORS.values()):
        for step, label in enumerate(_months(since)):
            rows.append(_figure(indicator.name, label, rank, step, by="xa", key=COMMUNE.code))
            if "thon" in indicator.by:
                rows += [
                    _figure(indicator.name, label, rank + place, step, by="thon", key=thon.code)
                    for place, thon in enumerate(COMMUNE.thon)
                ]
    return rows


def _figure(name: str, label: str, rank: int, step: int, *, by: str, key: str) -> Row:
    indicator = INDICATORS[name]
    target = indicator.target(int(label[:4]))
    wanted, floor = (target.muc_tieu, target.san) if target else (None, None)
    place = {"indicator": name, "period": label, "by": by, "key": key}
    if indicator.mau_so is None:
        told = {"tu_so": 17.0 + step, "value": 17.0 + step, "completeness": 1.0}
        return place | told | {"status": "khong_co_muc_tieu"}
    base = 9412.0 if by == "xa" else 190.0
    value = min(1.0, 0.62 + rank * 37 % 40 / 100 + step * 0.011)
    unsure = rank % 9 == 4
    status = (
        "khong_co_muc_tieu" if wanted is None
        else "chua_du_can_cu" if unsure
        else "dat" if value >= wanted
        else "dat_san" if floor and value >= floor
        else "chua_dat"
    )  # fmt: skip
    return place | {
        "tu_so": round(base * value),
        "mau_so": base,
        "value": round(base * value) / base,
        "muc_tieu": wanted,
        "san": floor,
        "status": status,
        "low": value - 0.05 if unsure else value,
        "high": min(1.0, value + 0.06) if unsure else value,
        "completeness": 0.875 if unsure else 1.0,
        "quarantined_share": 0.021 if rank % 4 == 1 else 0.0,
        "reason": "Phố 3, Thôn Cao Vân chưa nộp; phần chưa có có thể đổi kết luận" if unsure else None,
    }


def _ranking(since: date) -> list[Row]:
    rows = [
        {
            "period": label,
            "thon": thon.code,
            "score": None if place == 20 else 0.99 - (place * 17 + step * 5) % 48 / 120,
            "computed_from": "dinh_danh_muc_2_kich_hoat, dan_cu_dung_du_sach_song",
        }
        for step, label in enumerate(_months(since))
        for place, thon in enumerate(COMMUNE.thon)
    ]
    ranked = pl.DataFrame(rows, infer_schema_length=None).with_columns(
        rank=pl.col("score").rank("min", descending=True).over("period")
    )
    return sorted(ranked.to_dicts(), key=lambda row: (period_order(row["period"]), row["thon"]))
