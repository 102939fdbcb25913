"""Decides from its headings which dataset a table belongs to, and which contract column each column is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flows.read.problems import make_problem
from flows.read.sheet import index_of
from flows.read.table import Problem
from flows.read.tables.heading import Path, Vocabulary, number_keys, remark_keys
from flows.read.tables.layout import Block
from flows.read.tables.matching import Match, find_matches
from flows.read.tables.proposals import Proposal, Values, propose_columns
from schemas.contract import Column, Dataset, Severity

# A dataset is nearest if half of its form is there, and clearly more of it than of any other.
_HALF, _CLEARLY = 0.5, 0.05


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
    suited = vocabulary.suited_to(path.levels for path in block.paths)
    found: dict[str, dict[str, list[tuple[Match, Path]]]] = {}
    for path in block.paths:
        for match in find_matches(path.levels, suited):
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


def find_nearest(block: Block, values: Values, vocabulary: Vocabulary) -> Fit | None:
    """The dataset that most headings name or may mean; None if that is less than half of a form.

    Only a proposal: for a table that `choose` gives no dataset.
    """
    fits = {fit.dataset.name: fit for fit in list_fits(block, vocabulary)}
    ranked = sorted(
        (
            _measure_nearness(fits.get(name) or Fit(dataset, {}), block, values)
            for name, dataset in vocabulary.datasets.items()
        ),
        key=lambda pair: -pair[0],
    )
    nearness, fit = ranked[0]
    is_clear = len(ranked) < 2 or nearness - ranked[1][0] >= _CLEARLY
    return fit if nearness >= _HALF and is_clear else None


def _measure_nearness(fit: Fit, block: Block, values: Values) -> tuple[float, Fit]:
    """The share (0..1) of the required columns and of the headings that belong together; and `fit`."""
    proposals = propose(fit, block, values)
    sure = dict.fromkeys(fit.columns, 1.0) | {
        column.name: proposal.score for proposal in proposals for column in proposal.columns
    }
    required = [column.name for column in fit.dataset.columns if column.required]
    wanted = sum(sure.get(name, 0.0) for name in required) / len(required)
    headings = sum(not is_idle(path) for path in block.paths)
    used = (len(fit.letters) + sum(len(proposal.paths) for proposal in proposals)) / max(headings, 1)
    return (wanted * min(used, 1.0)) ** 0.5 if len(sure) > 1 else 0.0, fit


def propose(fit: Fit, block: Block, values: Values) -> list[Proposal]:
    """What the unknown headings of a table may mean among the columns that it lacks."""
    return propose_columns(list_unknown(fit, block), fit.missing, values, _find_places(fit, block))


def _find_places(fit: Fit, block: Block) -> Mapping[str, str]:
    """The column that the contract has where an unknown heading stands, by letter.

    Between two known columns, as many unknown headings must stand as the contract has other columns there.
    """
    known = {path.letter: name for name, pairs in fit.columns.items() for _, path in pairs}
    headings = [known.get(path.letter, path) for path in block.paths if not is_idle(path)]
    contract = [column.name for column in fit.dataset.columns]
    places: dict[str, str] = {}
    for before, run, after in _split_runs(headings):
        start = 0 if before is None else contract.index(before) + 1
        stop = len(contract) if after is None else contract.index(after)
        if stop - start == len(run):
            places |= {path.letter: name for path, name in zip(run, contract[start:stop], strict=True)}
    return places


def _split_runs(headings: Sequence[str | Path]) -> Iterator[tuple[str | None, list[Path], str | None]]:
    """Each run of unknown headings, with the known column before and after it."""
    before: str | None = None
    run: list[Path] = []
    for each in headings:
        if isinstance(each, Path):
            run.append(each)
            continue
        if run:
            yield before, run, each
        before, run = each, []
    if run:
        yield before, run, None


def list_unknown(fit: Fit, block: Block) -> list[Path]:
    """The headings that name no column of the dataset, and hold more than row numbers or remarks."""
    return [path for path in block.paths if path.letter not in fit.letters and not is_idle(path)]


def describe_unclear(
    sheet: str,
    row: int | None,
    chosen: Sequence[Fit],
    paths: Sequence[Path] = (),
    *,
    blocks: bool = True,
    nearest: Fit | None = None,
) -> Problem:
    """The problem of a table that fits no dataset, or several; `paths` are its headings."""
    seen = ", ".join(path.label for path in paths)[:300] or None
    if len(chosen) > 1 and not chosen[0].letters & chosen[1].letters:
        titles = " và ".join(f"“{fit.dataset.title}”" for fit in chosen)
        message = (
            f"Trang tính “{sheet}” có nhiều bảng đặt cạnh nhau: {titles}. Đặt mỗi bảng ở một trang tính."
        )
    elif chosen:
        titles = " và ".join(f"“{fit.dataset.title}”" for fit in chosen)
        message = f"Bảng ở trang tính “{sheet}” hợp với nhiều bộ dữ liệu: {titles}. Dùng biểu mẫu của một bộ."
    elif nearest:
        message = (
            f"Không chắc bảng ở trang tính “{sheet}” thuộc bộ dữ liệu nào; gần nhất là "
            f"“{nearest.dataset.title}”. Sửa từng tiêu đề cột như gợi ý, hoặc dùng biểu mẫu của bộ này."
        )
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
    fit: Fit, block: Block, place: tuple[str, int], values: Values, found: frozenset[str]
) -> list[Problem]:
    """One problem per repeated or unknown column, and per contract column that the table lacks.

    `place` is the name of the sheet and the sheet row of the last heading row; `values` are the values below
    the headings, evidence for what an unknown one means; `found` are the columns read, some of which may
    stand in section rows instead of under a heading.
    """
    sheet, row = place
    proposals = [
        proposal
        for proposal in propose(fit, block, values)
        if not found & {column.name for column in proposal.columns}
    ]
    return [
        *_find_repeated(fit, sheet, row),
        *_find_unknown(fit, block, sheet, row, proposals),
        *_find_missing(fit, sheet, row, proposals, found),
    ]


def _find_repeated(fit: Fit, sheet: str, row: int) -> Iterator[Problem]:
    repeated = {name: pairs for name, pairs in fit.columns.items() if _is_repeated(pairs)}
    beside = _find_second_table(fit, repeated)
    if beside is not None:
        yield make_problem(
            "tep.trung_cot",
            f"Hai bảng cùng mẫu đặt cạnh nhau: bảng sau bắt đầu từ cột {beside.letter}. "
            "Chép các dòng của bảng sau xuống dưới bảng trước, rồi bỏ bảng sau.",
            dataset=fit.dataset.name,
            sheet=sheet,
            row=row,
            column=beside.letter,
            value=beside.label,
        )
        return
    for name, pairs in repeated.items():
        letters = ", ".join(path.letter for _, path in pairs)
        yield make_problem(
            "tep.trung_cot",
            f"Cột “{fit.dataset[name].label}” có ở nhiều nơi ({letters}): giữ một cột, bỏ các cột kia.",
            dataset=fit.dataset.name,
            sheet=sheet,
            row=row,
            column=pairs[1][1].letter,
            value=pairs[1][1].label,
        )


def _is_repeated(pairs: Sequence[tuple[Match, Path]]) -> bool:
    return len(pairs) > 1 and sorted(match.sex for match, _ in pairs) != ["Nam", "Nữ"]


def _find_second_table(fit: Fit, repeated: Mapping[str, Sequence[tuple[Match, Path]]]) -> Path | None:
    """The first heading of a second table to the right, whose columns are those of the first again."""
    if len(repeated) < 2 or 2 * len(repeated) < len(fit.columns):
        return None
    left = max(index_of(pairs[0][1].letter) for pairs in repeated.values())
    second = min((pairs[1][1] for pairs in repeated.values()), key=lambda path: index_of(path.letter))
    return second if index_of(second.letter) > left else None


def _find_unknown(
    fit: Fit, block: Block, sheet: str, row: int, proposals: Sequence[Proposal]
) -> Iterator[Problem]:
    for path in list_unknown(fit, block):
        near = next((proposal for proposal in proposals if path in proposal.paths), None)
        advice = f" {near.advise()}" if near else ""
        yield make_problem(
            "tep.cot_la",
            f"Biểu mẫu không có cột “{path.label}”: cột này không được đọc.{advice}",
            dataset=fit.dataset.name,
            sheet=sheet,
            row=row,
            column=path.letter,
            value=path.label,
            proposal=near.columns[0].label if near and len(near.columns) == 1 else None,
        )


def is_idle(path: Path) -> bool:
    """Whether a column holds row numbers or remarks, which are ignored without a warning."""
    return bool((number_keys() | remark_keys()) & {*path.keys})


def _find_missing(
    fit: Fit, sheet: str, row: int, proposals: Sequence[Proposal], found: frozenset[str]
) -> Iterator[Problem]:
    for column in fit.missing:
        if column.name in found:
            continue
        near = next((proposal for proposal in proposals if column in proposal.columns), None)
        what = "bắt buộc" if column.required else "không bắt buộc"
        advice = f" {near.advise()}" if near and near.how != "renamed" else ""
        yield make_problem(
            "tep.thieu_cot",
            f"Thiếu cột {what} “{column.label}”.{advice}",
            severity="chan" if column.required else "canh_bao",
            dataset=fit.dataset.name,
            sheet=sheet,
            row=row,
            column=near.paths[0].letter if near else None,
            value=", ".join(path.label for path in near.paths) if near else None,
            proposal=column.label if near else None,
        )


def list_source_columns(fit: Fit) -> Mapping[str, tuple[Path, ...]]:
    """The headings from which to read each contract column: one, or two if its values are split by sex.

    A column that several headings name is left out: which one holds its values is not known.
    """
    return {
        name: tuple(path for _, path in sorted(pairs, key=lambda pair: pair[0].sex))
        for name, pairs in fit.columns.items()
        if not _is_repeated(pairs)
    }
