"""Decides from its headings which dataset a table belongs to, and which contract column each column is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flows.read.problems import make_problem
from flows.read.table import Problem
from flows.read.tables.heading import Path, Vocabulary, number_keys, remark_keys
from flows.read.tables.layout import Block
from flows.read.tables.matching import Match, find_matches
from schemas.contract import Column, Dataset, Severity


@dataclass(frozen=True, slots=True)
class Fit:
    """How the headings of a table fit one dataset; `columns` has the headings of each contract column."""

    dataset: Dataset
    columns: Mapping[str, tuple[tuple[Match, Path], ...]]

    @property
    def missing(self) -> tuple[Column, ...]:
        """Contract columns that no heading names."""
        return tuple(column for column in self.dataset.columns if column.name not in self.columns)

    @property
    def complete(self) -> bool:
        """Whether no required column is missing, except a thôn, which may be in section rows."""
        return not any(c.required and c.kind.name != "thon" for c in self.missing)

    @property
    def share(self) -> float:
        """The share (0..1) of required columns that a heading names."""
        required = [column.name for column in self.dataset.columns if column.required]
        return sum(name in self.columns for name in required) / len(required)

    @property
    def letters(self) -> frozenset[str]:
        """The letters of all columns whose heading names a contract column."""
        return frozenset(path.letter for pairs in self.columns.values() for _, path in pairs)


def list_fits(block: Block, vocabulary: Vocabulary) -> list[Fit]:
    """One fit per dataset that the headings name a column of, the best first."""
    found: dict[str, dict[str, list[tuple[Match, Path]]]] = {}
    for path in block.paths:
        for match in find_matches(path.levels, vocabulary):
            found.setdefault(match.dataset, {}).setdefault(match.column, []).append((match, path))
    all_fits = [
        Fit(vocabulary.datasets[name], {column: _prefer_exact(pairs) for column, pairs in columns.items()})
        for name, columns in found.items()
    ]
    return sorted(all_fits, key=lambda fit: (-fit.complete, -len(fit.columns), -fit.share, fit.dataset.name))


def _prefer_exact(pairs: Sequence[tuple[Match, Path]]) -> tuple[tuple[Match, Path], ...]:
    exact = [pair for pair in pairs if pair[0].exact]
    return tuple(exact or pairs)


def choose(candidates: Sequence[Fit]) -> tuple[Fit, ...]:
    """The fit to use; empty if no dataset fits, two or more if they fit equally well."""
    near = [fit for fit in candidates if fit.complete or (fit.share >= 0.5 and len(fit.columns) >= 2)]
    if not near:
        return ()
    best = near[0]
    if best.complete:
        return tuple(fit for fit in near if fit is best or (fit.complete and not fit.letters < best.letters))
    rank = (len(best.columns), best.share)
    return tuple(fit for fit in near if (len(fit.columns), fit.share) == rank)


def describe_unclear(
    sheet: str, row: int | None, chosen: Sequence[Fit], paths: Sequence[Path] = (), *, blocks: bool = True
) -> Problem:
    """The problem of a table that fits no dataset, or several; `paths` are its headings."""
    seen = ", ".join(path.label for path in paths)[:300] or None
    if chosen:
        titles = " và ".join(f"“{fit.dataset.title}”" for fit in chosen)
        message = f"Bảng ở trang tính “{sheet}” hợp với nhiều bộ dữ liệu: {titles}. Dùng biểu mẫu của một bộ."
    else:
        message = (
            f"Không nhận ra bảng ở trang tính “{sheet}” thuộc bộ dữ liệu nào. "
            "Dùng đúng tiêu đề cột của biểu mẫu."
        )
    severity: Severity = "chan" if blocks else "canh_bao"
    return make_problem(
        "tep.khong_ro_bo_du_lieu", message, severity=severity, sheet=sheet, row=row, value=seen
    )


def find_heading_problems(
    fit: Fit, block: Block, place: tuple[str, int], vocabulary: Vocabulary
) -> list[Problem]:
    """One problem per repeated or unknown column; `place` is the sheet and the row of the last heading."""
    sheet, row = place
    return [*_repeated(fit, sheet, row), *_find_unknown(fit, block, sheet, row, vocabulary)]


def _repeated(fit: Fit, sheet: str, row: int) -> Iterator[Problem]:
    for name, pairs in fit.columns.items():
        sexes = [match.sex for match, _ in pairs]
        if len(pairs) > 1 and sorted(sexes) != ["Nam", "Nữ"]:
            letters = ", ".join(path.letter for _, path in pairs)
            label = fit.dataset[name].label
            yield make_problem(
                "tep.trung_cot",
                f"Cột “{label}” có ở nhiều nơi ({letters}): giữ một cột, bỏ các cột kia.",
                dataset=fit.dataset.name,
                sheet=sheet,
                row=row,
                column=pairs[1][1].letter,
                value=pairs[1][1].label,
            )


def _find_unknown(fit: Fit, block: Block, sheet: str, row: int, vocabulary: Vocabulary) -> Iterator[Problem]:
    for path in block.paths:
        if path.letter in fit.letters or is_idle(path):
            continue
        near = vocabulary.nearest(path, fit.dataset, fit.missing)
        perhaps = f" Nếu đây là cột “{near.label}” thì sửa tiêu đề." if near else ""
        yield make_problem(
            "tep.cot_la",
            f"Biểu mẫu không có cột “{path.label}”: cột này không được đọc.{perhaps}",
            dataset=fit.dataset.name,
            sheet=sheet,
            row=row,
            column=path.letter,
            value=path.label,
            proposal=near.label if near else None,
        )


def is_idle(path: Path) -> bool:
    """Whether a column holds row numbers or remarks, which are ignored without a warning."""
    return bool((number_keys() | remark_keys()) & {*path.keys})


def find_missing_columns(
    fit: Fit, block: Block, place: tuple[str, int], found: frozenset[str], vocabulary: Vocabulary
) -> list[Problem]:
    """One problem per contract column that is neither under a heading nor in section rows.

    `place` is the name of the sheet and the sheet row of the last heading row, `found` the columns read.
    """
    sheet, row = place
    unknown = [path for path in block.paths if path.letter not in fit.letters and not is_idle(path)]
    problems = []
    for column in fit.missing:
        if column.name in found:
            continue
        near = [path for path in unknown if vocabulary.nearest(path, fit.dataset, [column])]
        what = "bắt buộc" if column.required else "không bắt buộc"
        problems.append(
            make_problem(
                "tep.thieu_cot",
                f"Thiếu cột {what} “{column.label}”.",
                severity="chan" if column.required else "canh_bao",
                dataset=fit.dataset.name,
                sheet=sheet,
                row=row,
                column=near[0].letter if near else None,
                value=near[0].label if near else None,
                proposal=column.label if near else None,
            )
        )
    return problems


def list_source_columns(fit: Fit) -> Mapping[str, tuple[Path, ...]]:
    """The headings from which to read each contract column: one, or two if its values are split by sex."""
    return {
        name: tuple(path for _, path in sorted(pairs, key=lambda pair: pair[0].sex))
        for name, pairs in fit.columns.items()
    }
