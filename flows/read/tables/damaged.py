"""Holds the records on damaged lines of a text file, and tells of every damaged line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

import numpy as np

from flows.read.formats.lines import Damage, LineFault
from flows.read.problems import make_problem
from flows.read.sheet import FrameSheet, Mask, Sheet
from flows.read.table import Problem
from flows.read.tables.body import CODE, Body, Codes
from schemas.contract import Severity

# Further lines with the same damage are summarised in one problem.
_MAX_PROBLEMS = 100


def hold_damaged(sheet: Sheet, body: Body) -> None:
    """Take the rows whose cells can't be trusted out of the records."""
    if isinstance(sheet, FrameSheet) and sheet.faults:
        held = np.zeros(sheet.height, np.bool_)
        held[[_row_of(sheet, fault.line) for fault in sheet.faults if fault.held]] = True
        hold(body, held[body.start : body.start + len(body.codes)])


def hold(body: Body, held: Mask) -> None:
    """Take the rows of the mask `held` out of the records."""
    body.codes[body.records & held] = CODE["ngoai_bang"]


def describe_damaged(sheet: Sheet, codes: Codes) -> Iterator[Problem]:
    """One problem per damaged line; it blocks if a record is held.

    Args:
        sheet: The sheet.
        codes: The role of each of its rows (`CODE`).
    """
    if not isinstance(sheet, FrameSheet):
        return
    by_damage: dict[Damage, list[LineFault]] = defaultdict(list)
    for fault in sheet.faults:
        by_damage[fault.damage].append(fault)
    for faults in by_damage.values():
        for fault in faults[:_MAX_PROBLEMS]:
            yield _describe(sheet, codes, fault)
        if rest := faults[_MAX_PROBLEMS:]:
            yield _describe_rest(sheet, codes, rest)


def _describe(sheet: FrameSheet, codes: Codes, fault: LineFault) -> Problem:
    held = _is_held(sheet, codes, fault)
    start = sheet.number(_row_of(sheet, fault.line)) if sheet.height else fault.line
    within = f" (trong bản ghi bắt đầu ở dòng {start})" if start < fault.line else ""
    rest = " Bản ghi này chưa được nhận." if held else ""
    severity: Severity = "chan" if held else "canh_bao"
    return make_problem(
        "tep.dong_hong",
        f"Dòng {fault.line}{within} {fault.damage.value}{rest}",
        severity=severity,
        sheet=sheet.name,
        row=start,
    )


def _describe_rest(sheet: FrameSheet, codes: Codes, faults: Sequence[LineFault]) -> Problem:
    held = any(_is_held(sheet, codes, fault) for fault in faults)
    severity: Severity = "chan" if held else "canh_bao"
    line = faults[0].line
    message = f"Từ dòng {line} còn {len(faults)} dòng nữa {faults[0].damage.value}"
    return make_problem("tep.dong_hong", message, severity=severity, sheet=sheet.name, row=line)


def _is_held(sheet: FrameSheet, codes: Codes, fault: LineFault) -> bool:
    return fault.held and sheet.height > 0 and bool(codes[_row_of(sheet, fault.line)] == CODE["ngoai_bang"])


def _row_of(sheet: FrameSheet, line: int) -> int:
    """The row (from 0) that a line is in."""
    row = line - 1 if sheet.lines is None else int(sheet.lines.search_sorted(line, side="right")) - 1
    return min(max(row, 0), sheet.height - 1)
