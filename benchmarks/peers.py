"""Compares how many planted faults this project and five validation libraries find.

Each fault is planted alone in a row, and each pair of faults in different columns together. A fault is found
if the library names its row and its column or rule. Each library is used as its manual introduces it.
Dates are in a format that all of them read (2026-06-05). Prints one line per library: name, version, faults
found, faults planted, share found, good rows reported.
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable, Mapping
from datetime import date
from importlib.metadata import version
from itertools import combinations
from typing import Any

import pandera.polars as pa
import polars as pl

from flows.clean.cleaning import clean
from flows.intake.model import SubmissionPart
from flows.read.table import CellType, ReadTable
from flows.validate.records import validate
from schemas.contract import stored_column, typed_column
from schemas.periods import latest_ended
from schemas.registry import load

DAY = date(2026, 11, 17)
Row = dict[str, str | None]
Found = set[tuple[int, str]]  # row (from 0), and the column or rule reported

DATES = ("ngay_thu_nhan", "ngay_phe_duyet", "ngay_kich_hoat")
REQUIRED = ("so_dinh_danh", "muc_do", "ngay_thu_nhan", "giay_to", "chu_ky_so")
RULES = ("truoc_thu_nhan", "truoc_phe_duyet", "chua_phe_duyet")
GOOD: Row = {
    "so_dinh_danh": "",
    "muc_do": "2",
    "ngay_thu_nhan": "2026-01-05",
    "ngay_phe_duyet": "2026-01-10",
    "ngay_kich_hoat": "2026-01-12",
    "giay_to": "3",
    "chu_ky_so": "true",
}
#: The column or rule to report, and the values typed.
FAULTS: list[tuple[str, Row]] = [
    *((column, {column: None}) for column in REQUIRED),
    ("so_dinh_danh", {"so_dinh_danh": "12345"}),
    ("muc_do", {"muc_do": "3"}),
    *((column, {column: "cuối năm"}) for column in DATES),
    ("giay_to", {"giay_to": "hai"}),
    ("giay_to", {"giay_to": "35"}),
    ("chu_ky_so", {"chu_ky_so": "chưa rõ"}),
    ("truoc_thu_nhan", {"ngay_thu_nhan": "2026-01-09", "ngay_phe_duyet": "2026-01-08"}),
    ("truoc_phe_duyet", {"ngay_phe_duyet": "2026-01-10", "ngay_kich_hoat": "2026-01-09"}),
    ("chua_phe_duyet", {"ngay_phe_duyet": None, "ngay_kich_hoat": "2026-01-12"}),
]


def planted() -> tuple[pl.DataFrame, Found]:
    """The table as text, with good rows between faulty ones, and the planted faults."""
    alone = [(fault,) for fault in FAULTS]
    pairs = [(one, two) for one, two in combinations(FAULTS, 2) if not {*one[1]} & {*two[1]}]
    rows: list[Row] = []
    truth: Found = set()
    for faults in [*alone, *pairs]:
        changed = {column: typed for _, typed_row in faults for column, typed in typed_row.items()}
        truth |= {(len(rows), blamed) for blamed, _ in faults}
        rows += [{**_good(len(rows)), **changed}, _good(len(rows) + 1)]
    return pl.DataFrame(rows, schema=dict.fromkeys(GOOD, pl.String)), truth


def _good(at: int) -> Row:
    return {**GOOD, "so_dinh_danh": f"038090{at:06}"}


def ours(table: pl.DataFrame) -> Found:
    """This project: clean the text, then validate."""
    contracts = load()
    dataset = contracts.datasets["dinh_danh"]
    stored = pl.lit(CellType.TEXT, pl.UInt8)
    cells = table.select(
        (pl.int_range(pl.len(), dtype=pl.UInt32) + 2).alias("_row"),
        *(pl.col(name).alias(typed_column(name)) for name in table.columns),
        *(stored.alias(stored_column(name)) for name in table.columns),
    )
    cleaned = clean(ReadTable(dataset.name, "", (), cells, {}), dataset, contracts.commune)
    frame = cleaned.frame.with_columns(pl.lit(0, pl.UInt16).alias("_table"))
    window = latest_ended(dataset.cadence, dataset.basis, DAY)
    part = SubmissionPart(dataset.name, window, frame, cleaned.changes, (("", {}),), nil=False)
    faults = validate([(part, DAY)], dataset).faults
    rules = {rule.code: rule.code.partition(".")[2] for rule in dataset.rules}
    blamed = pl.col("code").replace(rules)
    reported = faults.select(
        pl.col("_row") - 2, pl.when(pl.col("code").is_in(list(rules))).then(blamed).otherwise("column")
    )
    return set(reported.iter_rows())


def pandera(table: pl.DataFrame) -> Found:
    """Plain Pandera: coerce types, collect all errors."""
    columns: dict[str, Any] = {
        "so_dinh_danh": pa.Column(pl.String, pa.Check.str_matches(r"^\d{12}$")),
        "muc_do": pa.Column(pl.String, pa.Check.isin(["1", "2"])),
        "ngay_thu_nhan": pa.Column(pl.Date),
        "ngay_phe_duyet": pa.Column(pl.Date, nullable=True),
        "ngay_kich_hoat": pa.Column(pl.Date, nullable=True),
        "giay_to": pa.Column(pl.Int64, pa.Check.in_range(0, 20), coerce=True),
        "chu_ky_so": pa.Column(pl.Boolean),
    }
    checks = [
        pa.Check(lambda data, rule=rule: data.lazyframe.select(~rule.fill_null(value=False)), name=name)
        for name, rule in _expressions().items()
    ]
    try:
        pa.DataFrameSchema(columns, checks=checks).validate(_as_dates(table), lazy=True)
    except pa.errors.SchemaErrors as errors:
        cases = errors.failure_cases.select("index", "column", "check").iter_rows()
        return {(at, check if check in RULES else column) for at, column, check in cases if at is not None}
    return set()


def _expressions() -> dict[str, pl.Expr]:
    taken, approved, active = (pl.col(name) for name in DATES)
    return {
        "truoc_thu_nhan": approved < taken,
        "truoc_phe_duyet": active < approved,
        "chua_phe_duyet": active.is_not_null() & approved.is_null(),
    }


def _as_dates(table: pl.DataFrame) -> pl.DataFrame:
    """Parse dates and booleans from text where possible: polars casts neither from text."""
    booleans = {"true": True, "false": False}
    return table.with_columns(
        *(pl.col(name).str.to_date("%Y-%m-%d", strict=False) for name in DATES),
        pl.col("chu_ky_so").replace_strict(booleans, default=None, return_dtype=pl.Boolean),
    )


def dataframely(table: pl.DataFrame) -> Found:
    """Dataframely: a schema class, `filter` with cast, details of the failures."""
    dy: Any = importlib.import_module("dataframely")
    members: dict[str, Any] = {
        "so_dinh_danh": dy.String(nullable=False, regex=r"^\d{12}$"),
        "muc_do": dy.Enum(["1", "2"], nullable=False),
        "ngay_thu_nhan": dy.Date(nullable=False),
        "ngay_phe_duyet": dy.Date(nullable=True),
        "ngay_kich_hoat": dy.Date(nullable=True),
        "giay_to": dy.Int64(nullable=False, min=0, max=20),
        "chu_ky_so": dy.Bool(nullable=False),
    }
    rules = {name: dy.rule()(lambda _, rule=rule: ~rule) for name, rule in _expressions().items()}
    schema = type("Accounts", (dy.Schema,), members | rules | {"dong": dy.UInt32(nullable=False)})
    details = schema.filter(_as_dates(table).with_row_index("dong"), cast=True).failure.details()
    blamed = [name for name in details.columns if "|" in name or name in RULES]
    return {
        (row["dong"], name.partition("|")[0])
        for row in details.iter_rows(named=True)
        for name in blamed
        if row[name] == "invalid"
    }


def frictionless(table: pl.DataFrame) -> Found:
    """Frictionless: a schema with constraints; rules as row constraints."""
    fr: Any = importlib.import_module("frictionless")
    kinds = {**dict.fromkeys(GOOD, "string"), **dict.fromkeys(DATES, "date")}
    kinds |= {"giay_to": "integer", "chu_ky_so": "boolean"}
    limits: dict[str, dict[str, Any]] = {name: {"required": True} for name in REQUIRED}
    limits["so_dinh_danh"]["pattern"] = r"\d{12}"
    limits["muc_do"]["enum"] = ["1", "2"]
    limits["giay_to"] |= {"minimum": 0, "maximum": 20}
    fields = [
        {"name": name, "type": kind, "constraints": limits.get(name, {})} for name, kind in kinds.items()
    ]
    formulas = {
        "truoc_thu_nhan": "ngay_phe_duyet is None or ngay_phe_duyet >= ngay_thu_nhan",
        "truoc_phe_duyet": "None in (ngay_kich_hoat, ngay_phe_duyet) or ngay_kich_hoat >= ngay_phe_duyet",
        "chua_phe_duyet": "ngay_kich_hoat is None or ngay_phe_duyet is not None",
    }
    lines = [table.columns, *table.fill_null("").iter_rows()]
    resource = fr.Resource(data=lines, schema=fr.Schema.from_descriptor({"fields": fields}))
    checks = [fr.checks.row_constraint(formula=formula) for formula in formulas.values()]
    report = resource.validate(fr.Checklist(checks=checks), limit_errors=100_000)
    names = {formula: name for name, formula in formulas.items()}
    found: Found = set()
    for number, field, note in report.flatten(["rowNumber", "fieldName", "note"]):
        rule = next((name for formula, name in names.items() if formula in (note or "")), None)
        if number is not None:
            found.add((number - 2, rule or field))
    return found


def pointblank(table: pl.DataFrame) -> Found:
    """Pointblank: validation steps, and the extract of failing rows of each."""
    pb: Any = importlib.import_module("pointblank")
    frame = _as_dates(table).with_columns(pl.col("giay_to").cast(pl.Int64, strict=False))
    plan, blamed = pb.Validate(frame), []
    for name in REQUIRED:
        plan, blamed = plan.col_vals_not_null(name), [*blamed, name]
    plan = plan.col_vals_regex("so_dinh_danh", r"^\d{12}$", na_pass=True)
    plan = plan.col_vals_in_set("muc_do", ["1", "2"]).col_vals_between("giay_to", 0, 20, na_pass=True)
    for rule in _expressions().values():
        plan = plan.col_vals_expr(~rule.fill_null(value=False))
    blamed += ["so_dinh_danh", "muc_do", "giay_to", *RULES]
    done = plan.interrogate(extract_limit=100_000)
    found: Found = set()
    for at, name in enumerate(blamed, start=1):
        extract = done.get_data_extracts(i=at, frame=True)
        found |= {(number - 1, name) for number in (extract["_row_num_"] if extract is not None else [])}
    return found


def great_expectations(table: pl.DataFrame) -> Found:
    """Great Expectations: a suite over a pandas frame, complete results."""
    gx: Any = importlib.import_module("great_expectations")
    frame = _as_dates(table).with_columns(pl.col("giay_to").cast(pl.Int64, strict=False))
    masks = frame.select(rule.fill_null(value=False).alias(name) for name, rule in _expressions().items())
    data = frame.with_columns(masks).to_pandas()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    asset = context.data_sources.add_pandas("p").add_dataframe_asset("a")
    batch = asset.add_batch_definition_whole_dataframe("b").get_batch({"dataframe": data})
    e = gx.expectations
    suite = [(name, e.ExpectColumnValuesToNotBeNull(column=name)) for name in REQUIRED]
    suite += [
        ("so_dinh_danh", e.ExpectColumnValuesToMatchRegex(column="so_dinh_danh", regex=r"^\d{12}$")),
        ("muc_do", e.ExpectColumnValuesToBeInSet(column="muc_do", value_set=["1", "2"])),
        ("giay_to", e.ExpectColumnValuesToBeBetween(column="giay_to", min_value=0, max_value=20)),
        *((name, e.ExpectColumnValuesToBeInSet(column=name, value_set=[False])) for name in RULES),
    ]
    found: Found = set()
    for name, expectation in suite:
        result = batch.validate(expectation, result_format={"result_format": "COMPLETE"})
        found |= {(int(at), name) for at in result.result.get("unexpected_index_list") or []}
    return found


PEERS: Mapping[str, Callable[[pl.DataFrame], Found]] = {
    "dulieuxa": ours,
    "pandera": pandera,
    "dataframely": dataframely,
    "frictionless": frictionless,
    "pointblank": pointblank,
    "great-expectations": great_expectations,
}


def main() -> None:
    """Print one line per library."""
    warnings.simplefilter("ignore")
    table, truth = planted()
    for name, peer in PEERS.items():
        found = peer(table)
        surplus = len({at for at, _ in found} - {at for at, _ in truth})
        hits = len(found & truth)
        print(f"{name} {version(name)} {hits} {len(truth)} {hits / len(truth):.3f} {surplus}")


if __name__ == "__main__":
    main()
