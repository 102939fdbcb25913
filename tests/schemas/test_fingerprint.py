"""The hashes of contracts change with every declaration, and with nothing else."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields, replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from schemas.contract import Column, Cross, Dataset, Rule
from schemas.fingerprint import hash_declarations
from schemas.indicator import Indicator, Target
from schemas.registry import load

CONTRACTS = load()
DAN_CU = CONTRACTS.datasets["dan_cu"]
CROSSED = next(each for each in CONTRACTS.datasets.values() if each.cross)
INDICATOR = next(iter(CONTRACTS.indicators.values()))


def changed(value: object) -> object:  # noqa: PLR0911 - one case a type
    """Something else of the same type."""
    match value:
        case bool():
            return not value
        case str():
            return f"{value} khác"
        case int() | float():
            return value + 1
        case pl.Expr():
            return ~value
        case None:
            return "ngay_cap_nhat"
        case tuple():
            return (*value, "khác")
        case _:
            return {"khác": "khác"}


def test_load_gives_the_same_hashes_in_every_process() -> None:
    program = "from schemas.registry import load; print(load().hash, load().rules_hash)"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.split() == [CONTRACTS.hash, CONTRACTS.rules_hash]


@pytest.mark.parametrize(
    "field",
    [each.name for each in fields(Dataset) if each.name not in ("columns", "rules", "cross", "key", "rows")],
)
def test_every_field_of_a_dataset_counts(field: str) -> None:
    other = replace(DAN_CU, **{field: changed(getattr(DAN_CU, field))})
    assert hash_declarations([other]) != hash_declarations([DAN_CU])


@pytest.mark.parametrize(
    "field", ["name", "label", "also", "required", "codes", "unit", "example", "may_be_future"]
)
def test_every_field_of_a_column_counts(field: str) -> None:
    # A plain column at the end, which no rule reads.
    column = Column("ghi_chu", "Ghi chú", CONTRACTS.datasets["sang_kien"].columns[0].kind)
    before = replace(DAN_CU, columns=(*DAN_CU.columns, column))
    after = replace(
        DAN_CU, columns=(*DAN_CU.columns, replace(column, **{field: changed(getattr(column, field))}))
    )
    assert hash_declarations([after]) != hash_declarations([before])


@pytest.mark.parametrize("field", [each.name for each in fields(Rule)])
def test_every_field_of_a_rule_counts(field: str) -> None:
    rule = DAN_CU.rules[0]
    on = DAN_CU.columns[0].name
    value = (on,) if field == "on" and rule.on != (on,) else changed(getattr(rule, field))
    if field == "note":
        value = pl.lit("khác")
    other = replace(DAN_CU, rules=(replace(rule, **{field: value}), *DAN_CU.rules[1:]))
    assert hash_declarations([other]) != hash_declarations([DAN_CU])


@pytest.mark.parametrize("field", [each.name for each in fields(Cross) if each.name not in ("tied", "on")])
def test_every_field_of_a_cross_rule_counts(field: str) -> None:
    rule = CROSSED.cross[0]
    value = pl.lit("khác") if field == "note" else changed(getattr(rule, field))
    other = replace(CROSSED, cross=(replace(rule, **{field: value}), *CROSSED.cross[1:]))
    assert hash_declarations([other]) != hash_declarations([CROSSED])


@pytest.mark.parametrize(
    "field", [each.name for each in fields(Indicator) if each.name not in ("over", "joined")]
)
def test_every_field_of_an_indicator_counts(field: str) -> None:
    value = {2031: Target(0.5)} if field == "targets" else changed(getattr(INDICATOR, field))
    if field in ("tu_so", "mau_so"):
        value = pl.lit(97)
    other = replace(INDICATOR, **{field: value})
    assert hash_declarations((), other) != hash_declarations((), INDICATOR)


def test_one_value_in_a_long_list_counts() -> None:
    many = [str(number) for number in range(500)]
    one, two = (pl.col("ma").is_in(values) for values in (many, [*many[:-1], "khác"]))
    assert hash_declarations((), one) != hash_declarations((), two)


def test_the_commune_its_thon_and_its_first_day_count() -> None:
    commune = CONTRACTS.commune
    others = (replace(commune, since=date(2030, 1, 1)), replace(commune, thon=commune.thon[1:]))
    assert len({hash_declarations((), each) for each in (commune, *others)}) == 3


def test_what_has_no_canonical_form_is_refused() -> None:
    with pytest.raises(TypeError, match="function"):
        hash_declarations((), changed)


def test_the_wording_of_a_source_file_does_not_count(tmp_path: Path) -> None:
    source = Path(sys.modules["schemas.datasets.dan_cu"].__file__ or "")
    text = source.read_text("utf-8")
    copy = tmp_path / "dan_cu.py"
    copy.write_text(text.replace('"""', '"""Chú thích khác. ', 1) + "\n# một lời bàn\n", encoding="utf-8")
    found: dict[str, Dataset] = {}
    exec(compile(copy.read_text("utf-8"), str(copy), "exec"), found)
    assert hash_declarations([found["DATASET"]]) == hash_declarations([DAN_CU])
