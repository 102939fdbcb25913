"""Headings that changed: proposed rightly nine times of ten, never taken for something else."""

from __future__ import annotations

import csv
import io
from collections import Counter

import pytest

from flows.clean import clean
from flows.read import read_file
from flows.read.table import ReadFile
from schemas.contract import Column, typed_column
from schemas.registry import load
from tests.flows.read.drifts import Drift, drifts, drifts_among_others, good_records

CONTRACTS = load()
ALL = list(drifts())
AMONG_OTHERS = list(drifts_among_others())
#: Sizes of the units that headings of the drifts state, in the contract's unit of the column.
SIZES = {
    "rac_phat_sinh": 0.001,
    "dien_mat_troi": 1000.0,
    "doanh_thu": 0.001,
    "doanh_thu_so": 1000.0,
    "gia_tri": 1e-6,
    "grdp": 0.001,
    "toc_do": 1000.0,
    "lam_loi": 1e-6,
    "le_phi": 1000.0,
}


def read(drift: Drift) -> ReadFile:
    target = io.StringIO()
    csv.writer(target).writerows(drift.rows)
    return read_file(target.getvalue().encode(), "a.csv", CONTRACTS.datasets)


def is_told_rightly(drift: Drift, doc: ReadFile) -> bool:
    """Whether each column that drifted is proposed with all its headings, or read as what it is."""
    read_as = doc.tables[0].letters if doc.tables else {}
    return all(
        read_as.get(column.name) == drift.letters[column.name] or _is_proposed(drift, column, doc)
        for column in drift.columns or drift.dataset.columns
    )


def _is_proposed(drift: Drift, column: Column, doc: ReadFile) -> bool:
    """Whether the fault of a missing column stands at its first cell, with its heading and all its parts."""
    faults = [
        problem
        for problem in doc.problems
        if problem.code == "tep.thieu_cot" and f"bắt buộc “{column.label}”." in problem.message
    ]
    return any(
        (fault.dataset, fault.column, fault.proposal)
        == (drift.dataset.name, drift.letters[column.name], column.label)
        and all(heading in fault.message for heading in drift.headings if len(drift.headings) > 1)
        for fault in faults
    )


def is_wrong_in_silence(drift: Drift, doc: ReadFile) -> bool:
    """Whether a table was taken and one of its values is not what its record says."""
    for table in doc.tables:
        frame = clean(table, drift.dataset, CONTRACTS.commune).frame
        names = [column.name for column in drift.dataset.columns]
        good = dict(zip(names, zip(*good_records(drift.dataset), strict=True), strict=True))
        for column in drift.dataset.columns:
            if column in drift.columns and drift.kind == "new unit":
                size = SIZES.get(column.name, 1.0)
                right = [value * size for value in good[column.name]]
                read = frame[column.name].to_list()
                if any(v is not None and abs(v - r) > 1e-9 * r for v, r in zip(read, right, strict=True)):
                    return True
            elif column.name in table.letters:
                typed = table.cells[typed_column(column.name)].to_list()
                if typed != [None if v is None else str(v) for v in good[column.name]]:
                    return True
    return False


def test_there_are_200_of_all_kinds_over_all_datasets() -> None:
    kinds = Counter(drift.kind for drift in ALL)
    assert len(ALL) >= 200
    assert set(kinds) == {"renamed", "split", "merged", "new unit", "moved"}
    assert {drift.dataset.name for drift in ALL} == set(CONTRACTS.datasets)


@pytest.mark.slow
def test_nine_proposals_of_ten_are_right() -> None:
    for recorded in (ALL, AMONG_OTHERS):
        wrong = [str(drift) for drift in recorded if not is_told_rightly(drift, read(drift))]
        assert len(wrong) <= len(recorded) // 10, "\n".join(wrong)


def test_no_drift_is_taken_for_something_else() -> None:
    assert [str(drift) for drift in (*ALL, *AMONG_OTHERS) if is_wrong_in_silence(drift, read(drift))] == []
