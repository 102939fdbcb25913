"""Carries out a person's request to be forgotten, and proves that nothing is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path, PurePath
from shutil import rmtree

from flows.cache import clear_all
from flows.collect.archive import exchange, list_archived, read_receipts, remove_orphans
from flows.collect.folder import look_through, read_open
from flows.collect.submission import Submission
from flows.engine.workers import Guard, LostError, map_in_order
from flows.forget.find import TOKEN, find_in_releases, list_token_domains, tokens_of
from flows.forget.gate import clear_half_put_back, note_rewrite, put_back
from flows.forget.person import ForgottenPerson
from flows.forget.redact import Redacted, redact
from flows.forget.search import find_number, list_people, person_of
from flows.forget.traces import find_traces
from flows.intake.cache import SubmissionReader
from flows.protect import read_key
from flows.root import Root
from schemas.registry import Contracts


@dataclass(frozen=True, slots=True)
class Subject:
    """The person who asked, his tokens in releases, and the tokens of his records in the ledger of issues."""

    person: ForgottenPerson
    tokens: frozenset[str]
    records: frozenset[str]


@dataclass(frozen=True, slots=True)
class Cleared:
    """How many submissions were rewritten, rows about the person blanked, other cells changed."""

    files: int
    rows: int
    cells: int


def find_subject(root: Root, said: str, contracts: Contracts) -> Subject | None:
    """The person of an identifier or token; None if it is neither, or nobody in the archive has the token."""
    people, key = list_people(root, contracts), read_key(root)
    if TOKEN.fullmatch(said.strip().lower()):
        said = find_number(said.strip().lower(), people, key, list_token_domains(contracts)) or ""
    person = person_of(said, people)
    if person is None:
        return None
    records = key.tokens("ban_ghi", people.filter(number=person.number)["record"].unique())
    return Subject(
        person,
        frozenset(tokens_of(root, person.number, contracts)),
        frozenset(records.drop_nulls()),
    )


def clear(root: Root, contracts: Contracts, person: ForgottenPerson, mark: str) -> Cleared:
    """Remove the person from the inbox, the archive and every cache; all drafts of the page go.

    Submissions with rows about him are rewritten last: after a kill, they still tell his name and phones.
    """
    clear_all(root)
    # Nobody handed them in, and whoever brought them still has them.
    rmtree(root.drafts, ignore_errors=True)
    # It may name files after him.
    root.last_look.unlink(missing_ok=True)
    clear_half_put_back(root)
    remove_orphans(root)
    submissions = list_archived(root, date.max)
    contents = list({one.sha256: one for one in submissions}.values())
    looked = map_in_order(partial(_redact, root, contracts, person), contents, guard=_guard(root, contracts))
    found = {one.sha256: new for one, new in zip(contents, looked, strict=True) if new is not None}
    _clear_inbox(root, contracts, person, mark, found)
    for one in sorted(submissions, key=lambda one: one.sha256 in found and found[one.sha256].rows > 0):
        new = found.get(one.sha256)
        if new is not None:
            _rewrite(root, one, new, person, mark)
        else:
            exchange(root, one, None, partial(_strip_name, person=person))
    for each in read_receipts(root):
        if each.purged:
            exchange(root, each.submission, None, partial(_strip_name, person=person))
    return Cleared(
        len(found), sum(new.rows for new in found.values()), sum(new.cells for new in found.values())
    )


def _redact(root: Root, contracts: Contracts, person: ForgottenPerson, one: Submission) -> Redacted | None:
    try:
        data = one.content(root).read_bytes()
    except FileNotFoundError:
        # Lost, and told of by every look: there is nothing to remove him from.
        return None
    return redact(data, PurePath(one.file).name, person, contracts.datasets)


def _guard(root: Root, contracts: Contracts) -> Guard[Submission, Redacted | None]:
    """What reading a file may cost. One that costs more stays; `prove` searches its bytes."""

    def lost(_: Submission, error: Exception) -> None:
        if not isinstance(error, LostError):
            raise error

    return Guard(SubmissionReader(root, contracts).limits, lost)


def _clear_inbox(
    root: Root, contracts: Contracts, person: ForgottenPerson, mark: str, found: Mapping[str, Redacted]
) -> None:
    kept = {one.sha256 for one in list_archived(root, date.max)}
    purged = {each.submission.sha256: each.submission for each in read_receipts(root) if each.purged}
    files, _ = look_through(root.inbox)
    for one in files:
        path, (data, _) = one.path, read_open(one)
        content = sha256(data).hexdigest()
        new = found.get(content)
        if content not in kept:
            new = redact(data, path.name, person, contracts.datasets)
        if new is not None and content not in kept:
            note_rewrite(root, mark, one.unit, data, new)
        if new is not None and content in purged:
            # It counts no more, and must not come back as a new submission.
            exchange(root, purged[content], new.data, partial(_strip_name, person=person))
        if new is not None or person.taken_out_of(path.name) != path.name:
            put_back(path, new.data if new else data, person)


def _rewrite(root: Root, one: Submission, new: Redacted, person: ForgottenPerson, mark: str) -> None:
    data = one.content(root).read_bytes()
    note_rewrite(root, mark, one.unit, data, new)
    exchange(root, one, new.data, partial(_strip_name, person=person))


def _strip_name(file: str, person: ForgottenPerson) -> str:
    path = PurePath(file)
    return path.with_name(person.taken_out_of(path.name)).as_posix()


@dataclass(frozen=True, slots=True)
class Proof:
    """What is left: files that mention the person, how many published rows have his tokens, and files that
    can't be searched (`sealed`)."""

    left: Sequence[Path]
    rows: int
    sealed: Sequence[Path]


def prove(root: Root, who: Subject, contracts: Contracts) -> Proof:
    """Search every file of the root for the person."""
    left, sealed = find_traces(root, who.person, contracts)
    return Proof(left, sum(place.rows for place in find_in_releases(root, set(who.tokens))), sealed)
