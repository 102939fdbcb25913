"""Files are read once for good, side by side, and none takes the others down with it."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from flows.cache import SUBMISSIONS_CACHE
from flows.collect.submission import Submission
from flows.engine.workers import Guard, LostError, map_in_order
from flows.intake import cache as submission_cache
from flows.intake.cache import SubmissionCache, Work, clean_all_submissions
from flows.intake.model import CleanedSubmission, ReadSubmission
from flows.intake.owed import read_submission
from flows.protect import read_key
from flows.root import Root
from schemas.registry import Contracts, load
from tests.flows.read.hostile import GOOD, REFUSED

CONTRACTS = load()
TEXT = b"x;y\n1;2\n"


def handed_in(root: Root, *files: tuple[str, bytes]) -> list[Submission]:
    """These files in the archive."""
    found = []
    for name, data in files:
        one = Submission("2026-11-17T09:30:00+07:00", "T01", name, sha256(data).hexdigest(), len(data))
        one.content(root).parent.mkdir(parents=True, exist_ok=True)
        one.content(root).write_bytes(data)
        one.receipt(root).write_text(json.dumps(one.to_json()))
        found.append(one)
    return found


class Each:
    """Does the work in worker processes and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(
        self, work: Work, items: Sequence[Submission], guard: Guard[Submission, ReadSubmission]
    ) -> list[ReadSubmission]:
        self.asked += [item.file for item in items]
        return map_in_order(work, items, guard=guard)


@pytest.fixture
def root(tmp_path: Path) -> Root:
    root = Root(tmp_path)
    root.prepare()
    read_key(root)
    return root


def read(
    root: Root, submissions: Sequence[Submission], contracts: Contracts = CONTRACTS
) -> tuple[list[CleanedSubmission], list[str]]:
    each = Each()
    return clean_all_submissions(submissions, root, contracts, each), each.asked


def said(found: Sequence[CleanedSubmission]) -> list[object]:
    return [
        (
            one.submission,
            one.problems,
            one.rows.to_dicts(),
            [(part.dataset, part.period, part.tables, part.nil, part.frame.to_dicts()) for part in one.parts],
        )
        for one in found
    ]


def test_a_file_is_read_once_and_comes_out_the_same(root: Root) -> None:
    submissions = handed_in(root, ("a.xlsx", GOOD), ("b.csv", TEXT), ("c.xlsx", b"PK broken"))
    first, asked = read(root, submissions)
    assert asked == ["a.xlsx", "b.csv", "c.xlsx"]
    again, asked = read(root, submissions)
    assert asked == []
    assert said(again) == said(first)


def test_a_file_is_read_again_under_other_contracts_and_after_damage(root: Root) -> None:
    submissions = handed_in(root, ("a.xlsx", GOOD))
    first, _ = read(root, submissions)
    (kept,) = SUBMISSIONS_CACHE.path_in(root).iterdir()
    kept.write_bytes(kept.read_bytes()[:100])
    again, asked = read(root, submissions)
    assert asked == ["a.xlsx"]
    assert said(again) == said(first)
    _, asked = read(root, submissions, replace(CONTRACTS, rules_hash="other"))
    assert asked == ["a.xlsx"]


def test_a_waiver_makes_no_file_be_read_again(root: Root) -> None:
    submissions = handed_in(root, ("a.xlsx", GOOD))
    read(root, submissions)
    waived = "T01,phan_anh_ha_tang,ngay_giai_quyet.truoc_ngay,,Sổ gốc thất lạc,2026-12-31"
    waiving = CONTRACTS.with_waivers(f"unit,dataset,code,record,reason,until\n{waived}\n".encode())
    assert waiving.hash != CONTRACTS.hash
    assert read(root, submissions, waiving)[1] == []


def test_a_rebuild_reads_the_archive_and_keeps_nothing(root: Root) -> None:
    submissions = handed_in(root, ("a.xlsx", GOOD), ("b.xlsx", GOOD + b"\0"))
    read(root, submissions[:1])
    kept = {*SUBMISSIONS_CACHE.path_in(root).iterdir()}
    each = Each()
    readings = SubmissionCache(root, CONTRACTS, each, fresh=True)
    assert [one.submission for one in readings.summaries(submissions)] == submissions
    assert each.asked == ["a.xlsx", "b.xlsx"]
    assert {*SUBMISSIONS_CACHE.path_in(root).iterdir()} == kept


def test_summaries_are_cached_and_cleaned_submissions_loaded_only_on_request(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    submissions = handed_in(root, ("a.xlsx", GOOD), ("b.csv", TEXT))
    first = SubmissionCache(root, CONTRACTS, Each()).summaries(submissions)
    assert [one.rows for one in first] == [read(root, submissions)[0][at].rows.height for at in (0, 1)]
    each = Each()
    again = SubmissionCache(root, CONTRACTS, each)
    monkeypatch.setattr(SubmissionCache, "_load", lambda *_: pytest.fail("a cleaned submission was fetched"))
    assert again.summaries(submissions) == first
    assert again.summaries(submissions[:1]) == first[:1]
    assert each.asked == []


def test_what_is_kept_is_private_and_goes_when_nobody_asks_for_it(root: Root) -> None:
    one, two = handed_in(root, ("a.xlsx", GOOD), ("b.xlsx", GOOD + b"\0"))
    SubmissionCache(root, CONTRACTS, Each()).summaries([one, two])
    kept = {*SUBMISSIONS_CACHE.path_in(root).iterdir()}
    assert len(kept) == 3  # two cleaned submissions, and the summaries of both
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
    assert SUBMISSIONS_CACHE.path_in(root).stat().st_mode & 0o777 == 0o700
    SubmissionCache(root, CONTRACTS, Each()).summaries([two])
    assert len({*SUBMISSIONS_CACHE.path_in(root).iterdir()}) == 2


def test_hostile_files_are_refused_and_the_others_read(root: Root) -> None:
    bad = [(f"{number}.xlsx", make()) for number, (make, _) in enumerate(REFUSED.values())]
    submissions = handed_in(root, ("đầu.xlsx", GOOD), *bad, ("cuối.xlsx", GOOD))
    found, _ = read(root, submissions)
    assert [one.rows.height > 0 for one in (found[0], found[-1])] == [True, True]
    codes = [[p.code for p in one.problems if p.severity == "chan"] for one in found[1:-1]]
    assert codes == [[code] for _, code in REFUSED.values()]


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_a_damaged_content_is_refused_and_the_others_read(root: Root, damage: str) -> None:
    submissions = handed_in(root, ("a.xlsx", GOOD), ("b.csv", TEXT))
    content = submissions[0].content(root)
    if damage == "gone":
        content.unlink()
    else:
        content.write_bytes(content.read_bytes()[:-1] + b"?")
    found, _ = read(root, submissions)
    assert [problem.code for problem in found[0].problems] == ["tep.kho_luu_hong"]
    assert found[1].rows.height == 2


def test_a_file_over_which_the_reader_dies_is_refused_and_tried_again(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    submissions = handed_in(root, ("a.xlsx", GOOD), ("b.csv", TEXT))
    monkeypatch.setattr(
        submission_cache.SubmissionReader, "__reduce__", lambda _: (_Crashing, ()), raising=False
    )
    found, _ = read(root, submissions)
    assert [problem.code for problem in found[0].problems] == ["tep.nguy_hiem"]
    assert found[1].rows.height == 2
    monkeypatch.undo()
    found, asked = read(root, submissions)
    assert asked == ["a.xlsx"]
    assert "tep.nguy_hiem" not in [problem.code for problem in found[0].problems]


class _Crashing:
    """Stands in for a reader that the workbook makes crash."""

    def __call__(self, submission: Submission) -> ReadSubmission:
        if submission.file == "a.xlsx":
            os.abort()
        return read_submission(submission, TEXT, CONTRACTS)


class _Failing:
    """Stands in for a reader with a fault of its own, which the workbook brings out."""

    def __call__(self, submission: Submission) -> ReadSubmission:
        if submission.file == "a.xlsx":
            raise KeyError("Nguyễn Văn Bí Mật")
        return read_submission(submission, TEXT, CONTRACTS)


def test_a_file_over_which_our_code_fails_is_refused_and_told_of_without_its_content(
    root: Root, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(
        submission_cache.SubmissionReader, "__reduce__", lambda _: (_Failing, ()), raising=False
    )
    found, _ = read(root, handed_in(root, ("a.xlsx", GOOD), ("b.csv", TEXT)))
    assert [problem.code for problem in found[0].problems] == ["tep.khong_mo_duoc"]
    assert found[1].rows.height == 2
    assert "KeyError test_cache.py:" in caplog.text
    assert "Mật" not in caplog.text + found[0].problems[0].message


@pytest.mark.parametrize("late", [True, False])
def test_a_lost_file_says_why(late: bool) -> None:
    one = Submission("2026-11-17T09:30:00+07:00", "T01", "a.xlsx", "0" * 64, 1)
    found = submission_cache._refuse(one, LostError(late=late))
    assert found.rows.height == 0
    assert ("lâu" in found.problems[0].message) == late
