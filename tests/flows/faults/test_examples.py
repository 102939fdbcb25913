"""Every rule is proved by rows of its own: good ones pass, the bad one fails, no mutant goes unseen."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

import flows.validate.across
import flows.validate.records
from flows.faults.examples import make_examples
from schemas.contract import Dataset
from schemas.judgement import Judgement, judgements_of
from schemas.registry import load
from tests.flows.trial import trial

CONTRACTS = load()
DATASETS = list(CONTRACTS.datasets.values())
CROSS = {rule.code for dataset in DATASETS for rule in dataset.cross}


@pytest.fixture(params=DATASETS, ids=lambda dataset: dataset.name)
def dataset(request: pytest.FixtureRequest) -> Dataset:
    return request.param  # type: ignore[no-any-return]


def codes(dataset: Dataset) -> set[str]:
    return {rule.code for rule in (*judgements_of(dataset), *dataset.cross)}


def test_every_code_has_rows_that_pass_and_rows_that_fail(dataset: Dataset) -> None:
    found = make_examples(dataset)
    assert set(found) == codes(dataset)
    assert [code for code, example in found.items() if not (example.good and example.bad)] == []


def test_there_are_at_least_60_kinds_of_fault() -> None:
    assert len({code for dataset in DATASETS for code in codes(dataset)}) > 400


def test_each_rule_tells_its_rows_apart(dataset: Dataset) -> None:
    assert trial(dataset, CONTRACTS).unnoticed() == []


def _negated(rule: Judgement) -> Judgement:
    return replace(rule, fails_when=~rule.fails_when)


def _dropped(rule: Judgement) -> Judgement:
    never = pl.when(rule.fails_when.is_not_null()).then(pl.lit(value=False))
    return replace(rule, fails_when=never)


def survivors(dataset: Dataset, monkeypatch: pytest.MonkeyPatch, mutate) -> set[str]:
    """Codes whose examples still hold when each of the rules is mutated, cross rules apart."""
    left: set[str] = set()
    with monkeypatch.context() as patch:
        patch.setattr(flows.validate.records, "judgements_of", lambda d: tuple(map(mutate, judgements_of(d))))
        left |= codes(dataset) - CROSS - {*trial(replace(dataset, cross=()), CONTRACTS).unnoticed()}
    if not dataset.cross:
        return left
    whole = flows.validate.across.crossing

    def crossing(*args, **kwargs):
        return mutate(whole(*args, **kwargs))

    def whole_file(rule):
        return replace(rule, fails_when=mutate(_as_judgement(rule)).fails_when)

    cross = tuple(whole_file(rule) if rule.level == "tep" else rule for rule in dataset.cross)
    with monkeypatch.context() as patch:
        patch.setattr(flows.validate.across, "crossing", crossing)
        mutant = replace(dataset, cross=cross)
        left |= {rule.code for rule in cross} - {*trial(mutant, CONTRACTS).unnoticed()}
    return left


def _as_judgement(rule) -> Judgement:
    return Judgement(rule.code, "", rule.on, rule.dimension, rule.severity, rule.says, rule.fails_when)


def test_no_rule_survives_being_negated(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    assert survivors(dataset, monkeypatch, _negated) == set()


@pytest.mark.slow
def test_no_rule_survives_being_dropped(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    assert survivors(dataset, monkeypatch, _dropped) == set()
