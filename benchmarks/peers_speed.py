"""Compares the speed of this project and five libraries on the same register and rules, in alternating runs.

Every library gets the parsed table and the rules as polars expressions. Libraries without expressions get
their results as columns; computing these is part of the measured time. Each reports which rows fail which
rule, and all must agree. Prints one line per library: name and version, seconds of its fastest run, seconds
of this project, ratio.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Mapping
from functools import partial
from importlib.metadata import version
from typing import Any

import pandera.polars as pa
import polars as pl

from flows.intake.model import SubmissionPart
from flows.validate.records import validate
from measuring import seconds, tell
from schemas.contract import Dataset
from schemas.judgement import judgements_of
from schemas.periods import Period, period
from schemas.registry import load
from validate import DAY, register

ROWS = 100_000
TIMES = 3


class Task:
    """The table to validate, and its rules by code."""

    def __init__(self, dataset: Dataset, when: Period) -> None:
        self.dataset, self.when = dataset, when
        self.frame = register(dataset, ROWS).unique("so_dinh_danh", maintain_order=True)
        self.typed = self.frame.with_columns(
            pl.lit(0, pl.UInt32).alias("_part"),
            pl.lit(when.start).alias("_period_start"),
            pl.lit(when.end).alias("_period_end"),
            pl.lit(DAY).alias("_judged_on"),
        )
        self.rules = {rule.code: rule for rule in judgements_of(dataset)}
        self.masks = [rule.fails_when.fill_null(value=False).alias(code) for code, rule in self.rules.items()]


def ours(task: Task) -> int:
    """This project: every rule, and every fault with its place and message."""
    part = SubmissionPart(
        task.dataset.name, task.when, task.frame, pl.DataFrame(), (("Danh sách", {}),), nil=False
    )
    return validate([(part, DAY)], task.dataset).faults.height


def pandera(task: Task) -> int:
    """Plain Pandera: one column-level check per rule, collect all errors."""
    checks: dict[str, list[pa.Check]] = {}
    for code, rule in task.rules.items():
        passes = ~rule.fails_when.fill_null(value=False)
        check = pa.Check(lambda data, passes=passes: data.lazyframe.select(passes.alias(data.key)), name=code)
        checks.setdefault(rule.column, []).append(check)
    columns = {
        column.name: pa.Column(column.kind.dtype, checks.get(column.name), nullable=True)
        for column in task.dataset.columns
    }
    try:
        pa.DataFrameSchema(columns).validate(task.typed, lazy=True)
    except pa.errors.SchemaErrors as errors:
        return errors.failure_cases.height
    return 0


def dataframely(task: Task) -> int:
    """Dataframely: a schema class with one rule per expression, details of the failing rows."""
    dy: Any = importlib.import_module("dataframely")
    members: dict[str, Any] = {name: dy.Any() for name in task.typed.columns}
    for code, mask in zip(task.rules, task.masks, strict=True):
        members[f"rule {code}"] = dy.rule()(lambda _, mask=mask: ~mask)
    schema = type("Register", (dy.Schema,), members)
    details = schema.filter(task.typed).failure.details()
    return sum((details[f"rule {code}"] == "invalid").sum() for code in task.rules)


def pointblank(task: Task) -> int:
    """Pointblank: one step per rule, and the extract of failing rows of each."""
    pb: Any = importlib.import_module("pointblank")
    plan = pb.Validate(task.typed)
    for mask in task.masks:
        plan = plan.col_vals_expr(~mask)
    done = plan.interrogate(extract_limit=ROWS)
    extracts = (done.get_data_extracts(i=at, frame=True) for at in range(1, len(task.rules) + 1))
    return sum(extract.height for extract in extracts if extract is not None)


def frictionless(task: Task) -> int:
    """Frictionless: read row by row, with a constraint that no result column is true."""
    fr: Any = importlib.import_module("frictionless")
    answers = task.typed.select(task.masks)
    never = {"type": "boolean", "constraints": {"enum": [False]}}
    schema = fr.Schema.from_descriptor({"fields": [{"name": code, **never} for code in task.rules]})
    resource = fr.Resource(data=[answers.columns, *answers.iter_rows()], schema=schema)
    report = resource.validate(limit_errors=10 * ROWS)
    return len(report.flatten(["rowNumber", "fieldName"]))


def great_expectations(task: Task) -> int:
    """Great Expectations: one expectation per result column over a pandas frame, complete results."""
    gx: Any = importlib.import_module("great_expectations")
    data = task.typed.select(task.masks).to_pandas()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("p").add_dataframe_asset("a")
    batch = asset.add_batch_definition_whole_dataframe("b").get_batch({"dataframe": data})
    suite = gx.ExpectationSuite("s")
    for code in task.rules:
        suite.add_expectation(gx.expectations.ExpectColumnValuesToBeInSet(column=code, value_set=[False]))
    results = batch.validate(suite, result_format={"result_format": "COMPLETE"}).results
    return sum(len(result.result["unexpected_index_list"]) for result in results)


PEERS: Mapping[str, Callable[[Task], int]] = {
    "dulieuxa": ours,
    "pandera": pandera,
    "dataframely": dataframely,
    "pointblank": pointblank,
    "frictionless": frictionless,
    "great-expectations": great_expectations,
}


def main() -> None:
    """Print one line per library."""
    warnings.simplefilter("ignore")
    dataset = load().datasets["dan_cu"]
    task = Task(dataset, period(dataset, "2026-10"))
    counts = {name: peer(task) for name, peer in PEERS.items()}
    if len(set(counts.values())) > 1:
        raise SystemExit(f"Các thư viện không tìm ra như nhau: {counts}")
    goes = [{name: seconds(partial(peer, task)) for name, peer in PEERS.items()} for _ in range(TIMES)]
    quickest = {name: min(go[name] for go in goes) for name in PEERS}
    for name, taken in quickest.items():
        tell(f"{name} {version(name)}", taken, quickest["dulieuxa"])


if __name__ == "__main__":
    main()
