"""Checks files before they are submitted, with the same checks as a day's run."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import polars as pl

from flows.collect.archive import list_archived
from flows.collect.folder import show_path
from flows.collect.inbox import is_possible, time_written
from flows.collect.submission import Submission
from flows.day_tables import list_received
from flows.faults.table import build_fault_table
from flows.intake.cache import Each, SubmissionCache, read_side_by_side
from flows.intake.model import CleanedSubmission, split_repeats, summarize
from flows.intake.records import clean_submission
from flows.protect import Key
from flows.read.clerk_marks import MARKS, FileMarks
from flows.read.table import ROLES
from flows.returns.marks import Marks, make_marks
from flows.roll_call import FAULTS as ROLL_CALL_FAULTS
from flows.roll_call import OWED_PART, call_roll, find_roll_call_faults
from flows.root import Root
from flows.settle.cache import PeriodCache
from flows.settle.faults import REPEATED
from flows.settle.model import Comparison, JudgedPart, Settled, filter_about
from flows.settle.periods import settle_all, settle_submissions
from flows.validate.across import explain_unjudged
from schemas.periods import in_words
from schemas.registry import Contracts
from schemas.units import Unit

_ANYBODY = Unit("khong_ro", "khong_ro", "Chưa rõ đơn vị")
_ALONE = (
    "Chưa so được với kỳ trước, lần nộp trước và bộ dữ liệu khác: cần đọc được kho lưu của xã (--root) và"
    " biết đơn vị nộp (--unit)."
)

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
                "required": [
                    "file",
                    "unit",
                    "tables",
                    "rows_seen",
                    "repaired",
                    "compared",
                    "unknown",
                    "noticed",
                    "comments",
                    "faults",
                ],
                "properties": {
                    "file": {"type": "string", "description": "Đường dẫn của tệp"},
                    "unit": {"type": ["string", "null"], "description": "Đơn vị nộp, nếu biết"},
                    "rows_seen": {"type": "integer", "description": "Số dòng đã đọc"},
                    "left_out": {
                        "type": "object",
                        "description": "Số dòng không phải bản ghi, theo loại: "
                        + ", ".join(
                            f"{role} ({title})" for role, title in ROLES.items() if role != "ban_ghi"
                        ),
                        "additionalProperties": {"type": "integer"},
                    },
                    "repaired": {"type": "integer", "description": "Số ô đã tự sửa"},
                    "compared": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": [
                                "dataset",
                                "period",
                                "former",
                                "added",
                                "changed",
                                "removed",
                                "same",
                            ],
                            "properties": {
                                "dataset": {"type": "string", "description": "Tên bộ dữ liệu"},
                                "period": {"type": "string", "description": "Kỳ, ví dụ 2026-11"},
                                "former": {"type": "string", "description": "So với tệp hay kỳ nào"},
                                "added": {"type": "integer", "description": "Số bản ghi mới"},
                                "changed": {"type": "integer", "description": "Số bản ghi đổi nội dung"},
                                "removed": {"type": "integer", "description": "Số bản ghi không còn"},
                                "same": {"type": "integer", "description": "Số bản ghi giữ nguyên"},
                            },
                        },
                    },
                    "noticed": {
                        "type": "object",
                        "description": "Số chỗ theo loại: "
                        + ", ".join(f"{kind} ({title})" for kind, title in MARKS.items()),
                        "additionalProperties": {"type": "integer"},
                    },
                    "comments": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "required": ["sheet", "cell", "text"],
                            "properties": {
                                "sheet": {"type": "string", "description": "Trang tính"},
                                "cell": {"type": "string", "description": "Ô"},
                                "text": {"type": "string", "description": "Ghi chú của người nhập"},
                            },
                        },
                    },
                    "unknown": {
                        "type": "array",
                        "items": {"type": "string"},
                        "description": "Những gì chưa kiểm được, và vì sao",
                    },
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
                                "refused": {
                                    "type": "boolean",
                                    "description": "Chưa được nhận vì đầu cột; các cột khác đã kiểm",
                                },
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
    """Result of checking one file; `faults` and `marks` hold values as typed, not masked.

    `compared` says what the file changes against earlier submissions. `unknown` are sentences about what
    could not be checked. `noticed` is what was done to cells besides typing. `left_out` counts the rows that
    are no records, by their role (`ROLES`).
    """

    path: Path
    unit: str | None
    parts: Sequence[JudgedPart]
    rows_seen: int
    faults: pl.DataFrame
    marks: Marks
    compared: Sequence[Comparison]
    unknown: Sequence[str]
    noticed: FileMarks
    left_out: Mapping[str, int]

    @property
    def blocking(self) -> int:
        """The number of blocking faults."""
        return self.faults.filter(pl.col("severity") == "chan").height


def check(
    path: Path,
    unit: str | None,
    day: date,
    contracts: Contracts,
    root: Root | None = None,
    each: Each = read_side_by_side,
) -> Checked:
    """Check the file as if `unit` had submitted it on `day`, as the last file of that day.

    Without `unit`, the name of a parent folder decides. If that names no unit either, the file is checked
    as if it came from a unit that owes every dataset.

    With a `root` that has an archive, the file is judged beside what was submitted there until `day`: the
    rules that need another dataset or an earlier submission. Nothing is written into the root. `each` reads
    those of its files that no run has read yet.
    """
    data = path.read_bytes()
    unit = unit or _unit_of(path, contracts)
    effective = contracts if unit else _owed_by_anybody(contracts)
    who = unit or _ANYBODY.name
    name = show_path(path, path.parent)
    received, written = f"{day}T23:59:59+07:00", time_written(path.stat())
    # A file may be checked as of a day before it was written.
    clock = written.isoformat() if is_possible(written, datetime.fromisoformat(received)) else None
    submission = Submission(received, who, name, sha256(data).hexdigest(), len(data), clock)
    cleaned = clean_submission(submission, data, effective)
    beside = root if root and unit and os.access(root.archive, os.R_OK | os.X_OK) else None
    settled, late = (
        _settle_beside(beside, cleaned, effective, each) if beside else _settle_alone(cleaned, effective)
    )
    every = build_fault_table(settled, late, effective, Key(b"")).typed
    faults = _select_own(every, submission, settled)
    mine = [one for one in settled.judged if one.submission == submission]
    about = tuple(f"{contracts.datasets[one.dataset].title}, {in_words(one.period.label)}" for one in mine)
    changes = filter_about(settled.changes, [submission])
    return Checked(
        path,
        unit,
        mine,
        cleaned.rows.height,
        faults,
        make_marks(faults, changes, contracts.datasets, (name, *about), unit),
        settled.compared.get(submission, ()),
        _list_unknown(settled, mine, contracts) if beside else [_ALONE],
        cleaned.marks,
        _count_left_out(cleaned.rows),
    )


def _count_left_out(rows: pl.DataFrame) -> Mapping[str, int]:
    counts = dict(rows["role"].value_counts().iter_rows())
    return {role: counts[role] for role in ROLES if role in counts and role != "ban_ghi"}


def _settle_alone(cleaned: CleanedSubmission, contracts: Contracts) -> tuple[Settled, pl.DataFrame]:
    return settle_submissions([cleaned], [], contracts), pl.DataFrame(schema=ROLL_CALL_FAULTS)


def _settle_beside(
    root: Root, cleaned: CleanedSubmission, contracts: Contracts, each: Each
) -> tuple[Settled, pl.DataFrame]:
    """Settle the submission after those in the archive; also returns what is then late in the roll call.

    Only the periods that it changes are judged.
    """
    content, day = (cleaned.submission.unit, cleaned.submission.sha256), cleaned.submission.day
    archived = list_archived(root, day)
    others = [one for one in archived if (one.unit, one.sha256) != content]
    if repeated := len(others) < len(archived):
        cleaned = replace(cleaned, problems=(*cleaned.problems, REPEATED))
    submissions = SubmissionCache(root, contracts, each, frozen=True)
    summaries, repeats = split_repeats([*submissions.summaries(others), summarize(cleaned)])
    submissions.add(cleaned)
    periods = PeriodCache(root, contracts, submissions, summaries, frozen=True)
    if missing := periods.read_missing():
        periods.judge(missing)
    settled = settle_all(periods.all_periods(), periods.summaries, repeats, contracts)
    called = call_roll(contracts.commune, contracts.datasets, list_received(settled), day)
    late = find_roll_call_faults(called, contracts.commune, contracts.datasets)
    return settled, late.clear() if repeated else late


def _select_own(faults: pl.DataFrame, submission: Submission, settled: Settled) -> pl.DataFrame:
    """The faults of `submission`: of its cells, of the file, and of the parts of which it is in effect."""
    owed = [owes for owes, one in settled.in_effect.items() if one.submission == submission]
    parts = pl.DataFrame(owed, dict.fromkeys(OWED_PART, pl.String), orient="row")
    of_parts = faults.filter(pl.col("file").is_null()).join(
        parts, on=OWED_PART, how="semi", maintain_order="left"
    )
    return pl.concat([filter_about(faults, [submission]), of_parts])


def _list_unknown(settled: Settled, mine: Sequence[JudgedPart], contracts: Contracts) -> list[str]:
    """Why rules that need another dataset were not judged, a sentence for each dataset."""
    parts = pl.DataFrame([one.owes for one in mine], dict.fromkeys(OWED_PART, pl.String), orient="row")
    unjudged = settled.unjudged.join(parts, on=OWED_PART, how="semi", maintain_order="left")
    reasons = explain_unjudged(unjudged, contracts.datasets)
    sentences: list[str] = reasons["reason"].unique(maintain_order=True).to_list()
    return sentences


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
                "left_out": dict(one.left_out),
                "repaired": one.marks.changes.height,
                "tables": [
                    {
                        "dataset": part.dataset,
                        "period": part.period.label,
                        "accepted": part.accepted,
                        "quarantined": part.quarantined,
                        "refused": part.refused,
                    }
                    for part in one.parts
                ],
                "compared": [
                    {
                        "dataset": each.dataset,
                        "period": each.period,
                        "former": each.former,
                    }
                    | asdict(each.change)
                    for each in one.compared
                ],
                "unknown": [*one.unknown],
                "noticed": dict(one.noticed.counts),
                "comments": [asdict(comment) for comment in one.noticed.comments],
                "faults": one.faults.select(_SHOWN).to_dicts(),
            }
            for one in checked
        ],
    }
