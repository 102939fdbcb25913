"""Puts every fault and repair of the day into the published tables: with its place, masked, numbered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

import polars as pl

from flows.clean.propose import propose
from flows.collect import HandIn
from flows.digest import Digest
from flows.followed import followed
from flows.protect import Key, masked, masked_text, without_numbers
from flows.read.table import Problem
from flows.settle import Judged, Settled
from schemas.contract import Dataset
from schemas.registry import Contracts
from schemas.tables import CHANGES, FAULTS

ISSUE_DIGITS = 12


def fault_table(
    settled: Settled,
    digests: Sequence[Digest],
    repeats: Sequence[HandIn],
    called: pl.DataFrame,
    contracts: Contracts,
    key: Key,
) -> Faults:
    """All faults of hand-ins that are not superseded and of the roll call `called`."""
    found = [
        *(_of_records(settled, name, contracts) for name in settled.verdicts),
        _of_files(digests, repeats, settled),
        called.with_columns(record=pl.col("period")),
    ]
    faults = pl.concat([pl.DataFrame(schema=_RAW), *(_raw(frame) for frame in found)])
    faults = _numbered(faults, key)
    return Faults(
        FAULTS.conform(_shown(faults, contracts.datasets)),
        followed(faults, settled, contracts.datasets),
        faults,
    )


@dataclass(frozen=True, slots=True)
class Faults:
    """The day's faults.

    `published` is the table; `followed` has `issue`, `unit`, `dataset`, `code`, `record` of those that
    the ledger follows; `typed` is the table with values and
    proposals as typed, for the unit that owns them and nobody else.
    """

    published: pl.DataFrame
    followed: pl.DataFrame
    typed: pl.DataFrame


_RAW = {name: dtype for name, dtype in FAULTS.schema.items() if name != "issue"} | {"record": pl.String}


def _raw(frame: pl.DataFrame) -> pl.DataFrame:
    missing = [pl.lit(None).alias(name) for name in _RAW if name not in frame.columns]
    return frame.with_columns(missing).select(pl.col(name).cast(dtype) for name, dtype in _RAW.items())


def _of_records(settled: Settled, name: str, contracts: Contracts) -> pl.DataFrame:
    """Faults of records of one dataset, with their file, sheet and cell."""
    places = _places(one for one in settled.judged if one.part.dataset == name and settled.counts(one))
    faults = (
        settled.verdicts[name]
        .faults.join(places, on=["_tep", "_bang", "column"], how="inner", maintain_order="left")
        .with_columns(
            row=pl.col("_row"),
            cell=pl.concat_str(pl.coalesce("_cot", "letter"), "_row"),
            record=pl.col("_key"),
        )
    )
    return _with_proposals(faults, contracts.datasets[name], contracts)


def _places(judged: Iterable[Judged]) -> pl.DataFrame:
    """Unit, file, period, sheet and letter of every column of every table."""
    rows = [
        (
            one.tep,
            bang,
            column,
            letter,
            sheet,
            one.digest.hand_in.unit,
            one.digest.hand_in.file,
            one.digest.hand_in.submission,
            one.part.dataset,
            one.part.period.label,
        )
        for one in judged
        for bang, (sheet, letters) in enumerate(one.part.tables)
        for column in (c for c in one.part.frame.columns if not c.startswith("_"))
        for letter in (letters.get(column),)
    ]
    names = ("column", "letter", "sheet", "unit", "file", "submission", "dataset", "period")
    schema = {"_tep": pl.UInt32, "_bang": pl.UInt16} | dict.fromkeys(names, pl.String)
    return pl.DataFrame(rows, schema=schema, orient="row")


def _with_proposals(faults: pl.DataFrame, dataset: Dataset, contracts: Contracts) -> pl.DataFrame:
    parts = [faults.clear().with_columns(proposal=pl.lit(None, pl.String))]
    for (code, column), group in faults.group_by("code", "column", maintain_order=True):
        flaw = str(code).rpartition(".")[2]
        proposals = propose(dataset[str(column)], group["value"], flaw, contracts.commune)
        parts.append(group.with_columns(proposals.alias("proposal")))
    return pl.concat(parts)


def _of_files(digests: Sequence[Digest], repeats: Sequence[HandIn], settled: Settled) -> pl.DataFrame:
    """Faults of files, sheets and tables; a file whose every table was superseded has none left to mend."""
    judged: dict[HandIn, list[Judged]] = {}
    for one in settled.judged:
        judged.setdefault(one.digest.hand_in, []).append(one)
    rows: list[dict[str, object]] = []
    for digest in digests:
        mine = judged.get(digest.hand_in, [])
        if mine and not any(settled.counts(one) for one in mine):
            continue
        period = mine[0].part.period.label if len(mine) == 1 else None
        rows += [
            _filed(digest.hand_in) | {"period": period} | asdict(problem) | {"record": problem.sheet}
            for problem in digest.problems
            if not _mended(problem, digest.hand_in, mine, settled)
        ]
    rows += [
        _filed(hand_in)
        | {
            "code": "tep.nop_lai_y_het",
            "dimension": "sach",
            "severity": "canh_bao",
            "message": "Tệp giống hệt một tệp đã nộp trước đó: không tính lại.",
        }
        for hand_in in repeats
    ]
    if not rows:
        return pl.DataFrame(schema=_RAW)
    frame = _raw(pl.DataFrame(rows, infer_schema_length=None))
    return frame.with_columns(cell=pl.concat_str("column", "row"), column=pl.lit(None))


def _mended(problem: Problem, hand_in: HandIn, taken: Sequence[Judged], settled: Settled) -> bool:
    """Whether what was refused was handed in again, or is forgotten since.

    What it was is the dataset that the problem names, whoever owed it. Where it names none it may have been
    anything: the unit's file of that name, what it first handed in after, or, were that all it owed, nothing.
    With a later period it is forgotten: what the unit still owes is a fault of the roll call.
    """
    if problem.dataset in {one.part.dataset for one in taken}:
        return False
    later = [one for one in settled.judged if one.taken and one.digest.hand_in > hand_in]
    astray = problem.code == "tep.sai_don_vi"
    mine = [one for one in later if one.digest.hand_in.unit == hand_in.unit or astray]
    if problem.dataset is not None:
        return any(one.part.dataset == problem.dataset for one in mine)
    had = {one.owes for one in settled.judged if one.taken and one.digest.hand_in < hand_in}
    return any(
        one.digest.hand_in.file == hand_in.file or one.owes not in had or one.part.period.end > hand_in.day
        for one in mine
    )


def _filed(hand_in: HandIn) -> dict[str, object]:
    return {"unit": hand_in.unit, "file": hand_in.file, "submission": hand_in.submission}


def _numbered(faults: pl.DataFrame, key: Key) -> pl.DataFrame:
    """Each fault with `record`, the token of what it is about, and `issue`, its number over the days."""
    record = key.tokens("ban_ghi", faults["record"])
    faults = faults.with_columns(record=record)
    about = faults.select(
        pl.concat_str("unit", "dataset", "code", "record", separator="|", ignore_nulls=True)
    )
    return faults.with_columns(issue=key.tokens("loi", about.to_series()).str.slice(0, ISSUE_DIGITS))


def _personal(datasets: Mapping[str, Dataset]) -> pl.Expr:
    """Whether the row's dataset and column hold personal values."""
    names = [f"{d.name}.{c.name}" for d in datasets.values() for c in d.columns if c.personal]
    return pl.concat_str("dataset", "column", separator=".").is_in(names).fill_null(value=False)


def _of_people(datasets: Mapping[str, Dataset]) -> pl.Expr:
    """Whether the row's dataset tells of people, or is not known."""
    nobody = [d.name for d in datasets.values() if not any(c.personal for c in d.columns)]
    return ~pl.col("dataset").is_in(nobody).fill_null(value=False)


def _shown(faults: pl.DataFrame, datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    personal, people = _personal(datasets), _of_people(datasets)
    quoted = pl.col("code").str.starts_with("tep.")
    return faults.with_columns(
        *(masked(pl.col(name), personal=personal, of_people=people) for name in ("value", "proposal")),
        sheet=without_numbers(pl.col("sheet")),
        # Where a table has no heading, somebody's name may be taken for one.
        message=pl.when(quoted).then(masked_text(pl.col("message"))).otherwise("message"),
    )


def change_table(settled: Settled, datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    """Every repaired cell of the hand-ins in effect, masked."""
    personal = _personal(datasets)
    typed = typed_changes(settled.in_effect.values())
    return CHANGES.conform(
        typed.with_columns(
            *(
                masked(pl.col(name), personal=personal, of_people=_of_people(datasets))
                for name in ("before", "after")
            ),
            sheet=without_numbers(pl.col("sheet")),
        )
    )


def typed_changes(judged: Iterable[Judged]) -> pl.DataFrame:
    """Every repaired cell of `judged`, with what stood there as typed."""
    frames = [pl.DataFrame(schema=CHANGES.schema)]
    for one in judged:
        sheets = pl.DataFrame(
            {"_bang": range(len(one.part.tables)), "sheet": [sheet for sheet, _ in one.part.tables]},
            schema={"_bang": pl.UInt16, "sheet": pl.String},
        )
        hand_in = one.digest.hand_in
        frame = one.part.changes.join(sheets, on="_bang", how="left", maintain_order="left").with_columns(
            cell=pl.concat_str("column", "row"),
            column=pl.col("name"),
            unit=pl.lit(hand_in.unit),
            file=pl.lit(hand_in.file),
            submission=pl.lit(hand_in.submission),
            dataset=pl.lit(one.part.dataset),
            period=pl.lit(one.part.period.label),
        )
        frames.append(frame.select(frames[0].columns))
    return pl.concat(frames)
