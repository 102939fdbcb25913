"""Runs the day of one commune for a roll-up and returns the figures that the province adds up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import chain
from multiprocessing import current_process

import fsspec
import polars as pl

from flows.audit.auditor import audit_in_process
from flows.day import run_day
from flows.engine.plain import PlainRunner
from flows.engine.screen import open_console
from flows.errors import message_of
from flows.protect import Key
from flows.province.storage import open_root
from flows.root import read_contracts
from flows.settle.model import Settled, trace_rows
from schemas.contract import Dataset
from schemas.province import identifier
from schemas.registry import load
from schemas.tables import SCORES

#: One row per identifier of an accepted record: its token, made with the province's key, and its place.
TOKENS = {
    "token": pl.String,
    "dataset": pl.String,
    "period": pl.String,
    "column": pl.String,
    "commune": pl.String,
    "unit": pl.String,
    "file": pl.String,
    "sheet": pl.String,
    "row": pl.UInt32,
}


# Files are read in child processes, since a bad file may crash its reader. A daemon process may not have any.
_NO_CHILDREN = (
    "Tiến trình làm việc của Dask không được mở tiến trình con; "
    "chạy `dask worker` với biến DASK_DISTRIBUTED__WORKER__DAEMON=False."
)


class CommuneFailedError(RuntimeError):
    """A commune's day failed; the message says why, without personal data."""


@dataclass(frozen=True, slots=True)
class CommuneTask:
    """The task of one worker: the day of the commune at `root` (path or URL).

    `key` is the province's key; `tokens` is the file (path or URL) to write the commune's tokens to.
    """

    root: str
    as_of: date
    key: Key
    tokens: str


@dataclass(frozen=True, slots=True)
class CommuneFigures:
    """The figures of one commune for the province; `indicators` holds only those of the whole commune."""

    code: str
    name: str
    province: str
    contract: str
    release: str
    records: int
    faults: int
    indicators: pl.DataFrame
    scores: pl.DataFrame


def run_commune(task: CommuneTask) -> CommuneFigures:
    """Run the day of one commune, write its tokens to `task.tokens`, and return its figures.

    Raises:
        CommuneFailedError: for any error; the commune's previous release stays published.
    """
    if current_process().daemon:
        raise CommuneFailedError(_NO_CHILDREN)
    try:
        return _run_day(task)
    except Exception as error:
        raise CommuneFailedError(message_of(error)) from None


def _run_day(task: CommuneTask) -> CommuneFigures:
    with open_root(task.root, task.as_of) as root:
        runner = PlainRunner(open_console(quiet=True))
        outcome = run_day(root, load(), task.as_of, runner, audits=audit_in_process)
        contracts = read_contracts(root, load())
        commune = contracts.commune
        tokens = list_tokens(outcome.settled, contracts.datasets, commune.code, task.key)
        with fsspec.open(task.tokens, "wb") as handle:
            tokens.write_parquet(handle)
        return CommuneFigures(
            commune.code,
            commune.name,
            commune.province,
            load().hash,
            outcome.release.name,
            int(outcome.submissions["rows_accepted"].sum()),
            outcome.faults.height,
            outcome.indicators.filter(by="xa"),
            SCORES.conform(pl.read_parquet(outcome.release / "scores.parquet")),
        )


def list_tokens(settled: Settled, datasets: Mapping[str, Dataset], commune: str, key: Key) -> pl.DataFrame:
    """The identifiers of the accepted records in effect, with the columns `TOKENS`."""
    tokens = [pl.DataFrame(schema=TOKENS)]
    for one, pieces in chain.from_iterable(period_records.accepted() for period_records in settled.periods):
        dataset = datasets[one.dataset]
        column = identifier(dataset)
        if column is None:
            continue
        for rows in pieces:
            row_tokens = rows.select(
                key.tokens(column.name, rows[column.name]).alias("token"),
                pl.lit(dataset.name).alias("dataset"),
                pl.lit(one.period.label).alias("period"),
                pl.lit(column.name).alias("column"),
                pl.lit(commune).alias("commune"),
            )
            place = trace_rows(one, rows).rename(lambda name: name.removeprefix("_"))
            tokens.append(row_tokens.hstack(place.get_columns()))
    return pl.concat(tokens)
