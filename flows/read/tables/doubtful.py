"""Warns about cells of records that are Vietnamese in Unicode and in a legacy encoding as well."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flows.read.problems import make_problem
from flows.read.sheet import Sheet, letter_of
from flows.read.table import Problem
from flows.read.tables.body import Body
from flows.read.tables.routing import Fit

# Further cells of a column are summarised in one problem.
_MAX_PROBLEMS = 100


def describe_doubtful(
    sheet: Sheet, body: Body, fit: Fit, doubtful: Sequence[tuple[int, int]]
) -> Iterator[Problem]:
    """One warning per doubtful cell of a record; it quotes no cell, which may be the name of a person."""
    records, rows = body.records, dict[str, list[int]]()
    for row, index in doubtful:
        place = row - body.start
        if letter_of(index) in fit.letters and 0 <= place < len(body.codes) and records[place]:
            rows.setdefault(letter_of(index), []).append(row)
    for letter, found in sorted(rows.items()):
        for place, row in enumerate(found[: _MAX_PROBLEMS + 1]):
            line, more = sheet.number(row), len(found) - place
            message = (
                f"Ô {letter}{line} có thể viết bằng phông chữ cũ (“TCVN3” hoặc “VNI”), không đoán được: "
                "gõ lại bằng phông Unicode nếu chữ hiện ra không đúng."
                if place < _MAX_PROBLEMS
                else f"Từ dòng {line} của cột {letter} còn {more} ô nữa có thể viết bằng phông chữ cũ."
            )
            name = fit.dataset.name
            yield make_problem(
                "tep.bang_ma", message, dataset=name, sheet=sheet.name, row=line, column=letter
            )
