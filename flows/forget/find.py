"""Where one person's data is: in which releases and which submissions; every question is written down."""

from __future__ import annotations

import getpass
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from flows.collect.archive import list_archived
from flows.files import add_lines
from flows.intake.cache import clean_all_submissions, read_side_by_side
from flows.protect import read_key
from flows.release.publish import list_releases
from flows.root import HERE, Root
from schemas.privacy import TOKEN_PATTERN, protection
from schemas.registry import Contracts

#: What a person is called in releases.
TOKEN = re.compile(TOKEN_PATTERN)
_DIGITS = r"\D"


@dataclass(frozen=True, slots=True)
class Place:
    """How many rows about the person a file holds: one of a release, or one handed in."""

    what: str
    rows: int


def tokens_of(root: Root, said: str, contracts: Contracts) -> set[str]:
    """What the person of an identifier is called in releases; a token stands for itself."""
    if TOKEN.fullmatch(said.strip().lower()):
        return {said.strip().lower()}
    key, values = read_key(root), {said.strip(), re.sub(_DIGITS, "", said)}
    return {key.token(column, value) for column in token_columns(contracts) for value in values}


def token_columns(contracts: Contracts) -> set[str]:
    """Columns that releases hold as tokens."""
    return {c.name for d in contracts.datasets.values() for c in d.columns if protection(c) == "ma_hoa"}


def find_in_releases(root: Root, tokens: set[str]) -> list[Place]:
    """Files of records, in all releases at hand, with a row that carries one of `tokens`."""
    found = []
    counts: dict[tuple[int, int], int] = {}
    for name in list_releases(root):
        for path in sorted((root.releases / name).glob("data/*/*/*.parquet")):
            # One file on the disk stands in all releases of its period: it is read once.
            stat = path.stat()
            count = counts.get((stat.st_dev, stat.st_ino))
            if count is None:
                count = counts[stat.st_dev, stat.st_ino] = _count(path, tokens)
            if count:
                found.append(Place(f"{name}/{path.relative_to(root.releases / name).as_posix()}", count))
    return found


def _count(path: Path, tokens: set[str]) -> int:
    """Rows of a file with one of `tokens`."""
    texts = [column for column, dtype in pl.read_parquet_schema(path).items() if dtype == pl.String]
    rows = pl.read_parquet(path, columns=texts, hive_partitioning=False)
    return rows.filter(pl.any_horizontal(pl.col(texts).is_in(list(tokens)))).height


def find_in_archive(root: Root, number: str, contracts: Contracts) -> list[Place]:
    """Files handed in that hold the number, however it was typed; read anew, so it takes seconds."""
    submissions = list_archived(root, date.max)
    # Excel takes the zero in front away.
    digits = re.sub(_DIGITS, "", number).lstrip("0")
    found = []
    for one in clean_all_submissions(submissions, root, contracts, read_side_by_side):
        count = sum(_rows_with(part.frame, digits) for part in one.parts)
        if count:
            submission = one.submission
            found.append(Place(f"{submission.unit}/{submission.file} ({submission.sha256[:12]})", count))
    return found


def _rows_with(frame: pl.DataFrame, number: str) -> int:
    typed = [column for column in frame.columns if column.endswith(".typed")]
    said = (
        pl.col(column).str.replace_all(_DIGITS, "").str.contains(number, literal=True) for column in typed
    )
    return frame.filter(pl.any_horizontal(*said)).height if typed else 0


def note_access(root: Root, tokens: set[str], reason: str, places: Sequence[Place]) -> None:
    """Write down who asked for whom, why, and how much was found; the person as a token only."""
    path = root.state / "truy_cap.jsonl"
    line = {
        "at": datetime.now(HERE).isoformat(timespec="seconds"),
        "who": getpass.getuser(),
        "about": sorted(tokens),
        "reason": reason,
        "found": len(places),
    }
    add_lines(path, [json.dumps(line, ensure_ascii=False)], mode=0o600)
