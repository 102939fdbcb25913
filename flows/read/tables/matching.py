"""Finds the contract columns that a heading may name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from flows.read.tables.heading import Heading, Path, Vocabulary, key_of, strip_parentheses
from schemas.contract import Column


@dataclass(frozen=True, slots=True)
class Match:
    """A contract column that a heading names.

    Attributes:
        dataset: Name of the dataset.
        column: Name of the column.
        exact: False if some upper levels of the heading are unknown.
        sex: Set if the form has two columns for it, one for men and one for women.
    """

    dataset: str
    column: str
    exact: bool = True
    sex: Literal["", "Nam", "Nữ"] = ""


_SEXES: Mapping[str, Literal["Nam", "Nữ"]] = {key_of("Nam"): "Nam", key_of("Nữ"): "Nữ"}


@lru_cache(maxsize=8192)
def find_matches(heading: Heading, vocabulary: Vocabulary) -> Sequence[Match]:
    """All columns that a heading names, in all contracts."""
    path = Path("", heading)
    whole = vocabulary.whole
    for depth, words in enumerate(path.keys):
        if words in whole:
            return [Match(dataset, column, depth == 0) for dataset, column in whole[words]]
    return _match_by_sex(path, vocabulary) or _match_without_unit(path, vocabulary)


def _match_by_sex(path: Path, vocabulary: Vocabulary) -> list[Match]:
    sex = _SEXES.get(key_of(path.levels[-1]))
    if sex is None or len(path.levels) == 1:
        return []
    return [
        Match(match.dataset, match.column, match.exact, sex)
        for match in find_matches(path.levels[:-1], vocabulary)
        if _is_split_by_sex(vocabulary.datasets[match.dataset][match.column])
    ]


def _is_split_by_sex(column: Column) -> bool:
    """Whether forms may have two columns for it: birth dates of men and of women, ticks for the sex."""
    return column.kind.name == "ngay_sinh" or column.of == tuple(_SEXES.values())


def _match_without_unit(path: Path, vocabulary: Vocabulary) -> list[Match]:
    if "(" not in path.label:
        return []
    words = " ".join(filter(None, (key_of(strip_parentheses(level)[0]) for level in path.levels)))
    return [Match(dataset, column) for dataset, column in vocabulary.without_parentheses.get(words, ())]
