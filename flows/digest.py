"""One hand-in from its bytes to cleaned records: read, told which dataset and period, cleaned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

import polars as pl

from flows.clean import Cleaned, clean_all
from flows.collect import HandIn
from flows.read.reader import read_file, refusal
from flows.read.table import Doc, Problem, Table
from flows.totals import wrong_totals
from schemas.contract import Dataset
from schemas.periods import Period, in_words, open_window, period, read_period
from schemas.registry import Contracts


@dataclass(frozen=True, slots=True)
class Part:
    """The records that one hand-in brings for one dataset and period.

    `frame` and `changes` are the cleaned ones plus `_bang` (UInt16), the number of the table in
    `tables`, which gives its sheet and its columns' letters.
    """

    dataset: str
    period: Period
    frame: pl.DataFrame
    changes: pl.DataFrame
    tables: tuple[tuple[str, Mapping[str, str]], ...]
    nil: bool


@dataclass(frozen=True, slots=True)
class Digest:
    """What one hand-in came to: its parts, its problems, the role of each of its rows.

    `lost` says that reading it was broken off, and may not be another time.
    """

    hand_in: HandIn
    parts: tuple[Part, ...]
    rows: pl.DataFrame
    problems: tuple[Problem, ...]
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """What was read of one hand-in: its sheets, its rows by what they were taken for, its problems.

    `brings` names dataset and period of each of its parts. `lost` says that reading it was broken off, and
    may not be another time.
    """

    hand_in: HandIn
    sheets: int
    roles: Mapping[str, int]
    problems: tuple[Problem, ...]
    brings: tuple[tuple[str, str], ...] = ()
    lost: bool = False

    @property
    def rows(self) -> int:
        """How many rows it has."""
        return sum(self.roles.values())


@dataclass(frozen=True, slots=True)
class ReadIn:
    """One hand-in as read: the tables that its unit owes, with their periods; its problems and its rows.

    `lost` says that reading it was broken off, and may not be another time.
    """

    hand_in: HandIn
    taken: tuple[tuple[Table, Period], ...]
    rows: pl.DataFrame
    problems: tuple[Problem, ...]
    lost: bool = False


def account_of(digest: Digest) -> Account:
    """What was read of a hand-in, without its records."""
    roles = digest.rows["role"].value_counts(sort=True)
    return Account(
        digest.hand_in,
        digest.rows["sheet"].n_unique(),
        dict(roles.iter_rows()),
        digest.problems,
        tuple((part.dataset, part.period.label) for part in digest.parts),
        digest.lost,
    )


def digest(hand_in: HandIn, data: bytes, contracts: Contracts) -> Digest:
    """Read `data`, decide for each table whether this unit owes it and for which period, clean it."""
    return cleaned([read_in(hand_in, data, contracts)], contracts)[0]


def read_in(hand_in: HandIn, data: bytes, contracts: Contracts) -> ReadIn:
    """Read `data`, decide for each table whether this unit owes it and for which period.

    A table that is refused keeps its rows in `rows`, as `ngoai_bang`; its problem says why.
    """
    doc = read_file(data, PurePath(hand_in.file).name, contracts.datasets)
    problems = [*doc.problems]
    taken: list[tuple[Table, Period]] = []
    for table in doc.tables:
        dataset = contracts.datasets[table.dataset]
        refusal = _not_owed(hand_in, table, contracts) or _hollow(table, dataset)
        found = _period_of(table, hand_in, dataset) if refusal is None else refusal
        if isinstance(found, Problem):
            problems.append(found)
        else:
            taken.append((table, found))
    return ReadIn(hand_in, tuple(taken), _rows(doc, taken), tuple(problems))


def lost(hand_in: HandIn, why: Problem) -> ReadIn:
    """A hand-in of which nothing was read this time."""
    return ReadIn(hand_in, (), refusal(why).rows, (why,), lost=True)


def _not_owed(hand_in: HandIn, table: Table, contracts: Contracts) -> Problem | None:
    unit = contracts.commune.unit(hand_in.unit)
    dataset = contracts.datasets[table.dataset]
    if unit is not None and unit.kind == dataset.unit:
        return None
    who = unit.title if unit else f"Thư mục “{hand_in.unit}”"
    return Problem(
        "tep.sai_don_vi",
        "dung",
        "chan",
        f"{who} không phải đơn vị nộp bảng “{dataset.title}”. Chuyển tệp cho đúng đơn vị nộp.",
        dataset=dataset.name,
        sheet=table.sheet,
    )


def _hollow(table: Table, dataset: Dataset) -> Problem | None:
    if table.cells.height or (table.nil and dataset.nil_allowed):
        return None
    hint = " Nếu kỳ này không có gì, ghi “Không phát sinh”." if dataset.nil_allowed else ""
    return Problem(
        "tep.khong_co_dong",
        "du",
        "chan",
        f"Bảng “{dataset.title}” không có dòng nào.{hint}",
        dataset=dataset.name,
        sheet=table.sheet,
    )


def _period_of(table: Table, hand_in: HandIn, dataset: Dataset) -> Period | Problem:
    """The period from the title rows, else from the sheet's or file's name, else the one being handed in."""
    titled = read_period(table.title, dataset.cadence)
    named = read_period([PurePath(hand_in.file).stem], dataset.cadence)
    if len(titled) > 1:
        return _unclear(table, dataset, f"Tiêu đề ghi hơn một kỳ: {_said(titled)}")
    if titled and named and not titled & named:
        return Problem(
            "tep.khac_ky",
            "dung",
            "chan",
            f"Tiêu đề ghi kỳ {_said(titled)} nhưng tên tệp ghi kỳ {_said(named)}. Sửa cho khớp rồi nộp lại.",
            dataset=dataset.name,
            sheet=table.sheet,
        )
    labels = titled or (named if len(named) == 1 else set())
    if not labels:
        return open_window(dataset.cadence, dataset.basis, hand_in.day)
    found = period(dataset, min(labels))
    if found.start > hand_in.day:
        return _unclear(table, dataset, f"Kỳ {in_words(found.label)} chưa bắt đầu")
    return found


def _said(labels: Iterable[str]) -> str:
    return ", ".join(map(in_words, sorted(labels)))


def _unclear(table: Table, dataset: Dataset, why: str) -> Problem:
    return Problem(
        "tep.khong_ro_ky",
        "dung",
        "chan",
        f"{why}. Ghi rõ kỳ báo cáo ở tiêu đề, ví dụ “Tháng 11 năm 2026”.",
        dataset=dataset.name,
        sheet=table.sheet,
    )


def cleaned(reads: Sequence[ReadIn], contracts: Contracts) -> list[Digest]:
    """Clean the tables of all `reads`, those of one dataset together."""
    tables = [table for read in reads for table, _ in read.taken]
    clean = _cleaned(tables, contracts)
    totals = _cleaned([replace(each, cells=each.totals) for each in tables if each.totals.height], contracts)
    return [_digest(read, clean, totals, contracts) for read in reads]


def _cleaned(tables: Iterable[Table], contracts: Contracts) -> Iterator[Cleaned]:
    """Each of `tables` cleaned, in their order."""
    by_dataset: dict[str, list[Table]] = {}
    order: list[str] = []
    for table in tables:
        order.append(table.dataset)
        by_dataset.setdefault(table.dataset, []).append(table)
    done = {
        name: iter(clean_all(some, contracts.datasets[name], contracts.commune))
        for name, some in by_dataset.items()
    }
    return (next(done[name]) for name in order)


def _digest(
    read: ReadIn, clean: Iterator[Cleaned], totals: Iterator[Cleaned], contracts: Contracts
) -> Digest:
    """The digest of one hand-in; tables of one dataset and period (a list continued) are one part."""
    parts: dict[tuple[str, Period], Part] = {}
    problems = [*read.problems]
    for table, when in read.taken:
        one = next(clean)
        before = parts.get((table.dataset, when))
        number = pl.lit(len(before.tables) if before else 0, pl.UInt16).alias("_bang")
        part = Part(
            table.dataset,
            when,
            one.frame.with_columns(number),
            one.changes.with_columns(number),
            ((table.sheet, table.letters),),
            table.nil,
        )
        parts[table.dataset, when] = part if before is None else _joined(before, part)
        problems += one.problems
        if table.totals.height:
            problems += wrong_totals(table, one.frame, next(totals).frame, contracts.datasets[table.dataset])
    return Digest(read.hand_in, tuple(parts.values()), read.rows, tuple(problems), read.lost)


def _joined(one: Part, two: Part) -> Part:
    return replace(
        one,
        frame=pl.concat([one.frame, two.frame], how="diagonal"),
        changes=pl.concat([one.changes, two.changes]),
        tables=(*one.tables, *two.tables),
        nil=one.nil and two.nil,
    )


def _rows(doc: Doc, taken: Sequence[tuple[Table, Period]]) -> pl.DataFrame:
    """The row account, with the records of tables that were not taken moved out of the tables."""
    if len(taken) == len(doc.tables):
        return doc.rows
    kept = [
        table.cells.select(pl.lit(table.sheet).alias("sheet"), pl.col("_row").alias("row"))
        for table, _ in taken
    ]
    records = pl.concat([*kept, doc.rows.clear().select("sheet", "row")]).with_columns(taken=True)
    lost = (pl.col("role") == "ban_ghi") & pl.col("taken").is_null()
    return (
        doc.rows.join(records, on=["sheet", "row"], how="left", maintain_order="left")
        .with_columns(role=pl.when(lost).then(pl.lit("ngoai_bang")).otherwise("role"))
        .drop("taken")
    )
