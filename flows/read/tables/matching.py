"""Finds the contract columns that a heading may name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from flows.read.tables.heading import (
    Heading,
    Path,
    Vocabulary,
    is_about_others,
    key_of,
    scales_counts,
    split_unit,
    strip_parentheses,
)
from schemas.contract import Cadence, Column
from schemas.periods import read_alone


@dataclass(frozen=True, slots=True)
class Match:
    """A contract column that a heading names.

    Attributes:
        dataset: Name of the dataset.
        column: Name of the column.
        exact: False if some upper levels of the heading are unknown.
        sex: Set if the form has two columns for it, one for men and one for women.
        side: Set if the form may have a column for each period: the period in words (`read_alone`).
    """

    dataset: str
    column: str
    exact: bool = True
    sex: Literal["", "Nam", "Nữ"] = ""
    side: str = ""


_SEXES: Mapping[str, Literal["Nam", "Nữ"]] = {key_of("Nam"): "Nam", key_of("Nữ"): "Nữ"}


@lru_cache(maxsize=8192)
def find_matches(heading: Heading, vocabulary: Vocabulary) -> Sequence[Match]:
    """All columns that a heading names, in all contracts; a count never by a heading that scales it."""
    beside = _match_in_period(heading, vocabulary)
    wide = {match.dataset for match in beside}
    return [*beside, *(match for match in _match(heading, vocabulary) if match.dataset not in wide)]


def _match(heading: Heading, vocabulary: Vocabulary) -> Sequence[Match]:
    path = Path("", heading)
    return [match for match in _find_matches(path, vocabulary) if not _is_scaled(match, path, vocabulary)]


def _find_matches(path: Path, vocabulary: Vocabulary) -> Sequence[Match]:
    for depth, words in enumerate(map(vocabulary.key, path.keys)):
        if depth and _may_not_be_dropped(path.levels[depth - 1], vocabulary):
            break
        if words in vocabulary.whole:
            return [Match(dataset, column, depth == 0) for dataset, column in vocabulary.whole[words]]
    return (
        _match_by_sex(path, vocabulary)
        or _match_without_unit(path, vocabulary)
        or _match_without_group(path, vocabulary)
    )


def _may_not_be_dropped(group: str, vocabulary: Vocabulary) -> bool:
    """Whether a heading means something else without this group: `Cha > Họ tên`, `Ngày sinh > Ngày`."""
    return is_about_others(group) or vocabulary.key(key_of(split_unit(group)[0])) in vocabulary.whole


def _is_scaled(match: Match, path: Path, vocabulary: Vocabulary) -> bool:
    column = vocabulary.datasets[match.dataset][match.column]
    return column.kind.name == "so_luong" and path.unit is not None and scales_counts(path.unit)


def _match_by_sex(path: Path, vocabulary: Vocabulary) -> list[Match]:
    sexes = {vocabulary.key(words): sex for words, sex in _SEXES.items()}
    sex = sexes.get(vocabulary.key(key_of(path.levels[-1])))
    if sex is None or len(path.levels) == 1:
        return []
    return [
        Match(match.dataset, match.column, match.exact, sex)
        for match in _match(path.levels[:-1], vocabulary)
        if _is_split_by_sex(vocabulary.datasets[match.dataset][match.column])
    ]


def _is_split_by_sex(column: Column) -> bool:
    """Whether forms may have two columns for it: birth dates of men and of women, ticks for the sex."""
    return column.kind.name == "ngay_sinh" or column.of == tuple(_SEXES.values())


def _match_without_unit(path: Path, vocabulary: Vocabulary) -> list[Match]:
    if "(" not in path.label:
        return []
    words = " ".join(filter(None, (key_of(strip_parentheses(level)[0]) for level in path.levels)))
    pairs = vocabulary.without_parentheses.get(vocabulary.key(words), ())
    return [Match(dataset, column) for dataset, column in pairs]


def _match_without_group(path: Path, vocabulary: Vocabulary) -> list[Match]:
    if len(path.levels) > 1:
        return []
    pairs = vocabulary.without_group.get(vocabulary.key(path.keys[0]), ())
    return [Match(dataset, column, exact=False) for dataset, column in pairs]


def _match_in_period(heading: Heading, vocabulary: Vocabulary) -> list[Match]:
    """The columns that a heading names for one period, in contracts that allow periods side by side.

    A heading that is a period alone names the column if only one stands side by side.
    """
    found: list[Match] = []
    for dataset in vocabulary.wide:
        side, rest = split_period(heading, dataset.cadence)
        if side and rest:
            named = (match for match in _match(rest, vocabulary) if match.dataset == dataset.name)
            found += [replace(match, side=side) for match in named if match.column in dataset.wide]
        elif side and len(dataset.wide) == 1:
            found.append(Match(dataset.name, dataset.wide[0], side=side))
    return found


def split_period(heading: Heading, cadence: Cadence) -> tuple[str, Heading]:
    """Split a heading into the period in words (empty if it names none) and the other levels.

    The period is one level ("Tháng 1"), or two of which the upper one has the word: "Tháng" > "1".
    """
    for at in range(len(heading)):
        for stop in (at + 1, at + 2):
            text = " ".join(split_unit(each)[0].strip() for each in heading[at:stop])
            if stop <= len(heading) and (side := read_alone(text, cadence)):
                return side, heading[:at] + heading[stop:]
    return "", heading
