"""One hand-in from its bytes to cleaned records: read, told which dataset and period, cleaned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath

import polars as pl

from flows.clean import clean
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
    """What one hand-in came to: its parts, its problems, the role of each of its rows."""

    hand_in: HandIn
    parts: tuple[Part, ...]
    rows: pl.DataFrame
    problems: tuple[Problem, ...]


def digest(hand_in: HandIn, data: bytes, contracts: Contracts) -> Digest:
    """Read `data`, decide for each table whether this unit owes it and for which period, clean it.

    A table that is refused keeps its rows in `rows`, as `ngoai_bang`; its problem says why.
    """
    return digest_of(hand_in, read_file(data, _name(hand_in), contracts.datasets), contracts)


def digest_file(hand_in: HandIn, content: Path, contracts: Contracts) -> Digest:
    """The same of the file `content`, whose bytes are let go once they are read."""
    return digest_of(hand_in, read_file(content.read_bytes(), _name(hand_in), contracts.datasets), contracts)


def _name(hand_in: HandIn) -> str:
    return PurePath(hand_in.file).name


def digest_of(hand_in: HandIn, doc: Doc, contracts: Contracts) -> Digest:
    """The digest of a file as read."""
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
    parts, cleaning = _parts(taken, contracts)
    return Digest(hand_in, parts, _rows(doc, taken), (*problems, *cleaning))


def refused(hand_in: HandIn, why: Problem) -> Digest:
    """A hand-in of which nothing was read."""
    return Digest(hand_in, (), refusal(why).rows, (why,))


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


def _parts(
    taken: Iterable[tuple[Table, Period]], contracts: Contracts
) -> tuple[tuple[Part, ...], list[Problem]]:
    """Clean each table; tables of one dataset and period (a list continued elsewhere) are one part."""
    parts: dict[tuple[str, Period], Part] = {}
    problems: list[Problem] = []
    for table, when in taken:
        dataset = contracts.datasets[table.dataset]
        cleaned = clean(table, dataset, contracts.commune)
        before = parts.get((table.dataset, when))
        number = pl.lit(len(before.tables) if before else 0, pl.UInt16).alias("_bang")
        part = Part(
            table.dataset,
            when,
            cleaned.frame.with_columns(number),
            cleaned.changes.with_columns(number),
            ((table.sheet, table.letters),),
            table.nil,
        )
        parts[table.dataset, when] = part if before is None else _joined(before, part)
        problems += cleaned.problems
        if table.totals.height:
            problems += wrong_totals(table, cleaned.frame, dataset, contracts.commune)
    return tuple(parts.values()), problems


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
