"""Finds the releases and submissions with data of one person, and logs every search."""

from __future__ import annotations

import getpass
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from flows.books.book import accesses_of
from flows.collect.archive import list_archived
from flows.forget.person import ForgottenPerson
from flows.forget.traces import look_for
from flows.intake.cache import clean_all_submissions, read_side_by_side
from flows.protect import read_key
from flows.release.intact import State, require_intact
from flows.release.publish import list_releases
from flows.root import HERE, Root
from schemas.privacy import TOKEN_PATTERN, protection, token_domains
from schemas.registry import Contracts

#: The form of a token: what stands for a person in releases.
TOKEN = re.compile(TOKEN_PATTERN)
_DIGITS = r"\D"


@dataclass(frozen=True, slots=True)
class Place:
    """A file, published or handed in, and its rows about the person; 0 if it mentions him elsewhere."""

    what: str
    rows: int


def tokens_of(root: Root, said: str, contracts: Contracts) -> set[str]:
    """The tokens of an identifier in releases; a token stands for itself."""
    if TOKEN.fullmatch(said.strip().lower()):
        return {said.strip().lower()}
    key, values = read_key(root), {said.strip(), re.sub(_DIGITS, "", said)}
    return {key.token(domain, value) for domain in list_token_domains(contracts) for value in values}


def list_token_domains(contracts: Contracts) -> set[str]:
    """The domains of all tokens in published records."""
    columns = (column for dataset in contracts.datasets.values() for column in dataset.columns)
    return {domain for each in columns if protection(each) == "ma_hoa" for domain in token_domains(each)}


def find_in_releases(root: Root, tokens: set[str]) -> list[Place]:
    """All published files of records that have a row with one of `tokens`.

    Raises:
        DamagedReleaseError: a release is damaged, so nobody can say what it holds.
    """
    found = []
    known: dict[State, str] = {}
    counts: dict[tuple[int, int], int] = {}
    for name in list_releases(root):
        require_intact(root.releases / name, known)
        for path in sorted((root.releases / name).glob("data/*/*/*.parquet")):
            # Releases share files by hard links: each is read once.
            stat = path.stat()
            count = counts.get((stat.st_dev, stat.st_ino))
            if count is None:
                count = counts[stat.st_dev, stat.st_ino] = _count_rows(path, tokens)
            if count:
                found.append(Place(f"{name}/{path.relative_to(root.releases / name).as_posix()}", count))
    return found


def _count_rows(path: Path, tokens: set[str]) -> int:
    """The number of rows with one of `tokens`."""
    texts = [column for column, dtype in pl.read_parquet_schema(path).items() if dtype == pl.String]
    rows = pl.read_parquet(path, columns=texts, hive_partitioning=False)
    return rows.filter(pl.any_horizontal(pl.col(texts).is_in(list(tokens)))).height


def find_in_archive(root: Root, person: ForgottenPerson, contracts: Contracts) -> list[Place]:
    """Submissions that mention the person: in records, however his number was typed, or anywhere else."""
    submissions = list_archived(root, date.max)
    counts = dict.fromkeys(submissions, 0)
    for one in clean_all_submissions(submissions, root, contracts, read_side_by_side):
        parts = (*one.parts, *one.refused)
        counts[one.submission] = sum(_count_matches(part.frame, person) for part in parts)
    others = list(dict.fromkeys(one.content(root) for one, count in counts.items() if not count))
    seen = dict(zip(others, look_for(person, contracts.datasets, others), strict=True))
    return [
        Place(f"{one.unit}/{one.file} ({one.sha256[:12]})", count)
        for one, count in counts.items()
        if count or seen[one.content(root)]
    ]


def _count_matches(frame: pl.DataFrame, person: ForgottenPerson) -> int:
    """The number of rows with the number in a cell, or over several that stand side by side."""
    typed = [pl.col(column) for column in frame.columns if column.endswith(".typed")]
    if not typed:
        return 0
    # Excel drops leading zeros.
    digits = person.number.lstrip("0")
    said = (column.str.replace_all(_DIGITS, "").str.contains(digits, literal=True) for column in typed)
    beside = pl.concat_str(typed, separator=" ", ignore_nulls=True).str.contains(person.mentions[0][0])
    return frame.filter(pl.any_horizontal(*said, beside)).height


def note_access(root: Root, tokens: set[str], reason: str, places: Sequence[Place]) -> None:
    """Log who searched for whom, why, and how many files were found. The person is logged as a token."""
    line = {
        "at": datetime.now(HERE).isoformat(timespec="seconds"),
        "who": getpass.getuser(),
        "about": sorted(tokens),
        "reason": reason,
        "found": len(places),
    }
    accesses_of(root).add(line)
