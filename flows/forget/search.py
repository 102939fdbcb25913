"""Finds the person of a number or token in all submissions, with names and phones that only he has."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import polars as pl

from flows.collect.archive import list_archived
from flows.forget.person import LEAST_DIGITS, NUMBER_DIGITS, ForgottenPerson, digits_of, fold_name
from flows.intake.cache import clean_all_submissions, read_side_by_side
from flows.intake.model import CleanedSubmission
from flows.protect import Key
from flows.root import Root
from schemas.contract import Dataset, typed_column
from schemas.registry import Contracts

#: One row per submitted row with a personal number: the number, the record's key, its name and phone.
PEOPLE = dict.fromkeys(("number", "record", "name", "phone"), pl.String)


def list_people(root: Root, contracts: Contracts) -> pl.DataFrame:
    """All persons with a number in any archived submission, as `PEOPLE`."""
    return people_in(
        clean_all_submissions(list_archived(root, date.max), root, contracts, read_side_by_side), contracts
    )


def people_in(all_cleaned: Iterable[CleanedSubmission], contracts: Contracts) -> pl.DataFrame:
    """All persons with a number in these submissions, as `PEOPLE`."""
    parts = (part for each in all_cleaned for part in (*each.parts, *each.refused))
    frames = [_list_rows(part.frame, contracts.datasets[part.dataset]) for part in parts]
    return pl.concat([pl.DataFrame(schema=PEOPLE), *frames]).unique(maintain_order=True)


def _list_rows(frame: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    def typed(kind: str) -> list[str]:
        here = (c.name for c in dataset.columns if c.personal and c.kind.name == kind)
        return [name for name in here if typed_column(name) in frame.columns]

    numbers = [
        pl.col(typed_column(name)).str.replace_all(r"\D", "").str.zfill(NUMBER_DIGITS)
        for name in typed("so_dinh_danh")
    ]
    # A tax code of twelve digits is a personal number; shorter ones belong to businesses.
    numbers += [pl.col(typed_column(name)).str.replace_all(r"\D", "") for name in typed("mst")]
    if not numbers:
        return pl.DataFrame(schema=PEOPLE)
    blank = pl.lit(None, pl.String)
    names, phones = typed("ho_ten"), typed("dien_thoai")
    return frame.select(
        number=pl.coalesce(numbers),
        record=pl.concat_str([typed_column(name) for name in dataset.key], separator="|", ignore_nulls=True),
        name=pl.col(typed_column(names[0])) if names else blank,
        phone=pl.col(typed_column(phones[0])) if phones else blank,
    ).filter(pl.col("number").str.len_chars() == NUMBER_DIGITS)


def find_person(number: str, people: pl.DataFrame) -> ForgottenPerson:
    """The person of `number`, with the names and phones that nobody else in `people` has."""
    own, others = (people.filter(mine) for mine in (pl.col("number") == number, pl.col("number") != number))
    return ForgottenPerson(
        number,
        _select_unique(own["name"], others["name"], fold_name),
        _select_unique(own["phone"], others["phone"], digits_of),
    )


def _select_unique(own: pl.Series, others: pl.Series, alike: Callable[[str], str]) -> tuple[str, ...]:
    """Texts of `own` that are neither a text of `others` nor a part of one."""
    mine = {alike(said) for said in own.drop_nulls().unique()}
    # A single word or a few digits would also match other people.
    mine = {said for said in mine if " " in said or len(digits_of(said)) > 8}
    theirs = "\n".join(f" {alike(said)} " for said in others.drop_nulls().unique()) if mine else ""
    return tuple(sorted(said for said in mine if f" {said} " not in theirs))


def person_of(said: str, people: pl.DataFrame) -> ForgottenPerson | None:
    """The person of a typed number, with names and phones that only he has; None if it is no such number."""
    number = digits_of(said).zfill(NUMBER_DIGITS)
    # Fewer digits would also match numbers of other people.
    if not LEAST_DIGITS <= len(number.lstrip("0")) <= NUMBER_DIGITS:
        return None
    return find_person(number, people)


def find_number(said: str, people: pl.DataFrame, key: Key, domains: Iterable[str]) -> str | None:
    """The number with the token `said` in one of `domains`; None if nobody has it."""
    for domain in sorted(domains):
        for number in people["number"].unique():
            if key.token(domain, number) == said:
                return str(number)
    return None
