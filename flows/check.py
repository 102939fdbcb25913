"""Checks files before they are submitted, with the same checks as a day's run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from flows.collect.submission import Submission
from flows.faults.table import build_fault_table
from flows.intake.records import clean_submission
from flows.protect import Key
from flows.returns.marks import Marks, make_marks
from flows.roll_call import FAULTS as ROLL_CALL_FAULTS
from flows.settle.model import JudgedPart
from flows.settle.periods import settle_submissions
from schemas.periods import in_words
from schemas.registry import Contracts
from schemas.units import Unit

_ANYBODY = Unit("khong_ro", "khong_ro", "Chưa rõ đơn vị")

#: JSON Schema of the output of `--json`.
SCHEMA: Mapping[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["blocking", "warnings", "files"],
    "properties": {
        "blocking": {"type": "integer", "description": "Số lỗi chặn của mọi tệp"},
        "warnings": {"type": "integer", "description": "Số cảnh báo của mọi tệp"},
        "files": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["file", "unit", "tables", "rows_seen", "repaired", "faults"],
                "properties": {
                    "file": {"type": "string", "description": "Đường dẫn của tệp"},
                    "unit": {"type": ["string", "null"], "description": "Đơn vị nộp, nếu biết"},
                    "rows_seen": {"type": "integer", "description": "Số dòng đã đọc"},
                    "repaired": {"type": "integer", "description": "Số ô đã tự sửa"},
                    "tables": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["dataset", "period", "accepted", "quarantined"],
                            "properties": {
                                "dataset": {"type": "string", "description": "Tên bộ dữ liệu"},
                                "period": {"type": "string", "description": "Kỳ, ví dụ 2026-11"},
                                "accepted": {"type": "integer", "description": "Số bản ghi dùng được"},
                                "quarantined": {"type": "integer", "description": "Số bản ghi bị giữ lại"},
                            },
                        },
                    },
                    "faults": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["code", "severity", "message"],
                            "properties": {
                                "dataset": {"type": ["string", "null"], "description": "Tên bộ dữ liệu"},
                                "sheet": {"type": ["string", "null"], "description": "Trang tính"},
                                "row": {"type": ["integer", "null"], "description": "Dòng"},
                                "column": {"type": ["string", "null"], "description": "Cột của bộ dữ liệu"},
                                "cell": {"type": ["string", "null"], "description": "Ô, ví dụ C17"},
                                "code": {"type": "string", "description": "Mã lỗi"},
                                "dimension": {"type": "string", "description": "dung, du, sach hoặc song"},
                                "severity": {"enum": ["chan", "canh_bao"], "description": "Mức"},
                                "value": {"type": ["string", "null"], "description": "Nội dung đang ghi"},
                                "message": {"type": "string", "description": "Sai gì, sửa thế nào"},
                                "proposal": {"type": ["string", "null"], "description": "Đề xuất"},
                            },
                        },
                    },
                },
            },
        },
    },
}
_SHOWN = tuple(SCHEMA["properties"]["files"]["items"]["properties"]["faults"]["items"]["properties"])


@dataclass(frozen=True, slots=True)
class Checked:
    """Result of checking one file; `faults` and `marks` hold values as typed, not masked."""

    path: Path
    unit: str | None
    parts: Sequence[JudgedPart]
    rows_seen: int
    faults: pl.DataFrame
    marks: Marks

    @property
    def blocking(self) -> int:
        """The number of blocking faults."""
        return self.faults.filter(pl.col("severity") == "chan").height


def check(path: Path, unit: str | None, day: date, contracts: Contracts) -> Checked:
    """Check the file as if `unit` had submitted it on `day`.

    Without `unit`, the name of a parent folder decides. If that names no unit either, the file is checked
    as if it came from a unit that owes every dataset.
    """
    data = path.read_bytes()
    unit = unit or _unit_of(path, contracts)
    effective = contracts if unit else _owed_by_anybody(contracts)
    who = unit or _ANYBODY.name
    submission = Submission(f"{day}T12:00:00+07:00", who, path.name, sha256(data).hexdigest(), len(data))
    cleaned = clean_submission(submission, data, effective)
    settled = settle_submissions([cleaned], [], effective)
    no_roll_call = pl.DataFrame(schema=ROLL_CALL_FAULTS)
    faults = build_fault_table(settled, no_roll_call, effective, Key(b"")).typed
    about = tuple(
        f"{contracts.datasets[one.dataset].title}, {in_words(one.period.label)}" for one in settled.judged
    )
    marks = make_marks(faults, settled.changes, contracts.datasets, (path.name, *about))
    return Checked(path, unit, settled.judged, cleaned.rows.height, faults, marks)


def _unit_of(path: Path, contracts: Contracts) -> str | None:
    folders = (folder.name for folder in path.resolve().parents)
    return next((name for name in folders if contracts.commune.unit(name) is not None), None)


def _owed_by_anybody(contracts: Contracts) -> Contracts:
    datasets = {name: replace(dataset, unit=_ANYBODY.kind) for name, dataset in contracts.datasets.items()}
    commune = replace(contracts.commune, units=(*contracts.commune.units, _ANYBODY))
    return replace(contracts, datasets=datasets, commune=commune)


def to_json(checked: Sequence[Checked]) -> dict[str, Any]:
    """The results as JSON, as declared by `SCHEMA`."""
    blocking = sum(one.blocking for one in checked)
    return {
        "blocking": blocking,
        "warnings": sum(one.faults.height for one in checked) - blocking,
        "files": [
            {
                "file": str(one.path),
                "unit": one.unit,
                "rows_seen": one.rows_seen,
                "repaired": one.marks.changes.height,
                "tables": [
                    {
                        "dataset": part.dataset,
                        "period": part.period.label,
                        "accepted": part.accepted,
                        "quarantined": part.quarantined,
                    }
                    for part in one.parts
                ],
                "faults": one.faults.select(_SHOWN).to_dicts(),
            }
            for one in checked
        ],
    }
