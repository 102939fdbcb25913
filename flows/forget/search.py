"""Finds who a number or token stands for in all that was handed in, and what else only he goes by."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import polars as pl

from flows.collect.archive import list_archived
from flows.forget.person import NUMBER_DIGITS, ForgottenPerson, digits_of, fold_name
from flows.intake.cache import clean_all_submissions, read_side_by_side
from flows.intake.model import CleanedSubmission
from flows.protect import Key
from flows.root import Root
from schemas.contract import Dataset, typed_column
from schemas.registry import Contracts

#: One row a row handed in that has a person's number: the number, what the ledger knows the record by,
#: name and phone beside it.
PEOPLE = dict.fromkeys(("number", "record", "name", "phone"), pl.String)


def list_people(root: Root, contracts: Contracts) -> pl.DataFrame:
    """Everybody who has a number in any submission of the archive (`PEOPLE`)."""
    return people_in(
        clean_all_submissions(list_archived(root, date.max), root, contracts, read_side_by_side), contracts
    )


def people_in(all_cleaned: Iterable[CleanedSubmission], contracts: Contracts) -> pl.DataFrame:
    """Everybody who has a number in `digests` (`PEOPLE`)."""
    frames = [
        _people(part.frame, contracts.datasets[part.dataset]) for each in all_cleaned for part in each.parts
    ]
    return pl.concat([pl.DataFrame(schema=PEOPLE), *frames]).unique(maintain_order=True)


def _people(frame: pl.DataFrame, dataset: Dataset) -> pl.DataFrame:
    def typed(kind: str) -> list[str]:
        here = (c.name for c in dataset.columns if c.personal and c.kind.name == kind)
        return [name for name in here if typed_column(name) in frame.columns]

    numbers = [
        pl.col(typed_column(name)).str.replace_all(r"\D", "").str.zfill(NUMBER_DIGITS)
        for name in typed("so_dinh_danh")
    ]
    # A tax code of twelve digits is a person's number; shorter ones are those of businesses.
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
    """The person of `number`, with the names and phones that nobody else among `people` has."""
    own, others = (people.filter(mine) for mine in (pl.col("number") == number, pl.col("number") != number))
    return ForgottenPerson(
        number,
        _alone(own["name"], others["name"], fold_name),
        _alone(own["phone"], others["phone"], digits_of),
    )


def _alone(own: pl.Series, others: pl.Series, alike: Callable[[str], str]) -> tuple[str, ...]:
    """What stands in `own` and not, whole or as a part, in `others`."""
    mine = {alike(said) for said in own.drop_nulls().unique()}
    # A single word, or a few digits, would be found in what tells of somebody else.
    mine = {said for said in mine if " " in said or len(digits_of(said)) > 8}
    theirs = "\n".join(f" {alike(said)} " for said in others.drop_nulls().unique()) if mine else ""
    return tuple(sorted(said for said in mine if f" {said} " not in theirs))


def find_number(said: str, people: pl.DataFrame, key: Key, columns: Iterable[str]) -> str | None:
    """The number whose person has the token `said` in one of `columns`; None where nobody has."""
    for column in sorted(columns):
        for number in people["number"].unique():
            if key.token(column, number) == said:
                return str(number)
    return None
