"""Hashes what contracts declare, not the text of the files that declare it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Set
from dataclasses import fields, is_dataclass
from datetime import date
from hashlib import sha256

import polars as pl

from schemas.contract import Dataset
from schemas.judgement import judgements_of
from schemas.kinds import Kind


def hash_declarations(datasets: Iterable[Dataset], *others: object) -> str:
    """SHA-256 over the datasets and other declarations: indicators, a commune, texts, collections of these.

    Raises:
        TypeError: something declared has no canonical form here; it would be left out of the hash.
    """
    # The rules of a column's kind stand nowhere in the dataset: they are made for each column.
    described = [[_describe_fields(each), _describe(judgements_of(each))] for each in datasets]
    text = json.dumps([described, _describe(others)], ensure_ascii=False, sort_keys=True)
    return sha256(text.encode()).hexdigest()


def _describe(value: object) -> object:
    """`value` as JSON that is the same in every process and on every machine."""
    if isinstance(value, Dataset):
        return value.name  # where an indicator refers to it
    if isinstance(value, Kind):
        # What its flaws say and when a cell has them is told by the judgements.
        said = [value.name, value.title, str(value.dtype), value.form, value.example, value.source]
        return [*said, value.adds_up, *value.headings]
    if is_dataclass(value) and not isinstance(value, type):
        return _describe_fields(value)
    return _describe_plain(value)


def _describe_fields(value: object) -> dict[str, object]:
    return {each.name: _describe(getattr(value, each.name)) for each in fields(value)}  # type: ignore[arg-type]


def _describe_plain(value: object) -> object:  # noqa: PLR0911 - one case a type
    match value:
        case None | bool() | int() | float() | str():
            return value
        case bytes():
            return sha256(value).hexdigest()
        case date() | pl.DataType() | type():
            return str(value)
        case pl.Expr():
            return _describe_expression(value)
        case Mapping():
            return [[_describe(key), _describe(each)] for key, each in value.items()]
        case Set():
            return sorted(map(str, value))
        case Iterable():
            return [_describe(each) for each in value]
    raise TypeError(f"{type(value).__name__} has no canonical form.")


def _describe_expression(expression: pl.Expr) -> str:
    """The whole expression, literals included; `str` alone would cut long lists of values short.

    A Python function inside is pickled with the path of its file, which differs between machines: such an
    expression is told by its outline. Its code is part of every cache key (`flows.cache.hash_code`).
    """
    serialized = expression.meta.serialize()
    return str(expression) if b"AnonymousFunction" in serialized else sha256(serialized).hexdigest()
