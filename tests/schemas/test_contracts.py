from __future__ import annotations

import pickle
import tomllib
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from schemas.contract import DIMENSIONS, SEVERITIES, UNREAD, Dataset, unread_column
from schemas.datasets import load
from schemas.judgement import judgements_of
from schemas.kinds import KINDS
from schemas.kinds.dates import precision
from schemas.privacy import PROTECTIONS, protection
from schemas.registry import load as load_contracts
from schemas.units import KINDS as UNIT_KINDS
from tests.outside import OUTSIDE

SPECIFICATION = Path(__file__).parents[3] / "shared" / "domain" / "contracts.toml"
DATASETS = load()
# A date of death is basic personal data as a date of birth is (Nghị định 356/2025, article 3).
STRICTER = {("dan_cu", "ngay_mat"): {"personal": "quasi"}}


def specified() -> dict[str, Any]:
    if not SPECIFICATION.exists():
        pytest.skip(OUTSIDE)
    return tomllib.loads(SPECIFICATION.read_text(encoding="utf-8"))


@pytest.fixture(params=sorted(DATASETS))
def dataset(request: pytest.FixtureRequest) -> Dataset:
    return DATASETS[request.param]


def test_the_datasets_are_those_specified() -> None:
    assert set(DATASETS) == set(specified())


def test_columns_say_what_the_specification_says(dataset: Dataset) -> None:
    wanted = specified()[dataset.name]["columns"]
    said = [
        {
            "name": c.name,
            "label": c.label,
            "also": list(c.also),
            "kind": c.kind.name,
            "required": c.required,
            "personal": c.personal,
            "pattern": c.pattern,
            "range": list(c.range) if c.range else None,
            "unit": c.unit,
        }
        for c in dataset.columns
    ]
    defaults = dict.fromkeys(("personal", "pattern", "range", "unit")) | {
        "required": True,
        "also": [],
    }
    assert said == [
        defaults
        | {k: v for k, v in column.items() if k not in ("of", "example")}
        | STRICTER.get((dataset.name, column["name"]), {})
        for column in wanted
    ]


def test_examples_are_those_specified(dataset: Dataset) -> None:
    wanted = {c["name"]: c["example"] for c in specified()[dataset.name]["columns"] if "example" in c}
    assert {name: dataset[name].example for name in wanted} == wanted


def test_code_lists_are_those_specified(dataset: Dataset) -> None:
    wanted = {
        c["name"]: tuple(c["of"])
        for c in specified()[dataset.name]["columns"]
        if isinstance(c.get("of"), list)
    }
    assert {name: dataset[name].of for name in wanted} == wanted


def test_rules_say_what_the_specification_says(dataset: Dataset) -> None:
    wanted = specified()[dataset.name]
    rules = [*wanted.get("rules", []), *wanted.get("cross", [])]
    said = [*dataset.rules, *dataset.cross]
    assert [(r.code, list(r.on), r.dimension, r.severity, r.says) for r in said] == [
        (r["code"], r["on"], r["dimension"], r["severity"], r["says"]) for r in rules
    ]


def test_the_head_says_what_the_specification_says(dataset: Dataset) -> None:
    wanted = specified()[dataset.name]
    names = ("title", "unit", "cadence", "basis", "grain")
    flags = ("nil_allowed", "totals", "external")
    assert {name: getattr(dataset, name) for name in names} == {name: wanted[name] for name in names}
    assert {name: getattr(dataset, name) for name in flags} == {
        name: wanted.get(name, False) for name in flags
    }
    assert (dataset.key, dataset.rows) == (tuple(wanted["key"]), tuple(wanted["rows"]))


def test_keys_and_rules_name_columns_that_are_there(dataset: Dataset) -> None:
    named = {*dataset.key, *(name for rule in (*dataset.rules, *dataset.cross) for name in rule.on)}
    assert named <= {column.name for column in dataset.columns}


def test_the_unit_is_a_kind_of_unit(dataset: Dataset) -> None:
    assert dataset.unit in UNIT_KINDS


def test_headings_are_told_apart(dataset: Dataset) -> None:
    headings = [heading.casefold() for c in dataset.columns for heading in (c.label, *c.also)]
    assert len(headings) == len(set(headings))


def test_every_column_is_classed_for_publication(dataset: Dataset) -> None:
    assert {protection(column) for column in dataset.columns} <= set(PROTECTIONS)
    assert all(protection(column) != "nguyen" for column in dataset.columns if column.personal)


def test_a_dataset_survives_the_way_to_another_process(dataset: Dataset) -> None:
    assert pickle.loads(pickle.dumps(dataset)).columns == dataset.columns


def blank_frame(dataset: Dataset, reading: str | None) -> pl.DataFrame:
    columns: dict[str, pl.Series] = {
        "_part": pl.Series([0, 1], dtype=pl.UInt32),
    }
    columns |= {
        name: pl.Series([None, None], dtype=pl.Date)
        for name in ("_judged_on", "_period_start", "_period_end")
    }
    for column in dataset.columns:
        columns[column.name] = pl.Series([None, None], dtype=column.kind.dtype)
        columns[f"{column.name}.typed"] = pl.Series([None, None], dtype=pl.String)
        columns[unread_column(column.name)] = pl.Series([reading, reading], dtype=UNREAD)
        if column.kind.name == "ngay_sinh":
            columns[precision(column.name)] = pl.Series([None, None], dtype=pl.String)
    return pl.DataFrame(columns)


def failing(dataset: Dataset, reading: str | None) -> set[str]:
    frame = blank_frame(dataset, reading)
    failed = {
        j.code: frame.select(j.fails_when).to_series().fill_null(value=False) for j in judgements_of(dataset)
    }
    return {code for code, rows in failed.items() if rows.any()}


def test_nothing_known_is_no_fault(dataset: Dataset) -> None:
    assert failing(dataset, None) == set()


def test_blank_cells_are_missing_where_required_and_never_unreadable(dataset: Dataset) -> None:
    assert failing(dataset, "thieu") == {f"{c.name}.thieu" for c in dataset.columns if c.required}


def test_unreadable_cells_are_unreadable_and_nothing_else(dataset: Dataset) -> None:
    assert failing(dataset, "khong_doc_duoc") == {f"{c.name}.khong_doc_duoc" for c in dataset.columns}


def test_a_judgement_is_told_in_a_sentence(dataset: Dataset) -> None:
    for judgement in judgements_of(dataset):
        assert judgement.dimension in DIMENSIONS, judgement
        assert judgement.severity in SEVERITIES, judgement
        assert judgement.column in dataset, judgement
        assert judgement.says[0] in "“" or judgement.says[0].isupper(), judgement
        assert judgement.says.endswith((".", "?")), judgement
        assert "{" not in judgement.says, judgement


def test_codes_of_a_dataset_are_unique(dataset: Dataset) -> None:
    codes = [judgement.code for judgement in judgements_of(dataset)]
    assert len(codes) == len(set(codes))


def test_there_are_16_kinds() -> None:
    assert len(KINDS) == 16


def test_the_commune_has_its_units() -> None:
    kinds = [unit.kind for unit in load_contracts().commune.units]
    assert {kind: kinds.count(kind) for kind in UNIT_KINDS} == dict.fromkeys(UNIT_KINDS, 1) | {
        "thon": 48,
        "vien_thong": 3,
    }
