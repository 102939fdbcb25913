"""Files are read once for good, side by side, and none takes the others down with it."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path

import pytest

from flows.collect.hand_in import HandIn
from flows.engine.workers import Guard, LostError, in_order
from flows.intake import cache as digests
from flows.intake.cache import KEPT, Readings, Work, digest_all
from flows.intake.model import Digest, ReadIn
from flows.root import Root
from schemas.registry import Contracts, load
from tests.flows.read.hostile import GOOD, REFUSED

CONTRACTS = load()


def handed_in(root: Root, *files: tuple[str, bytes]) -> list[HandIn]:
    """These files in the archive."""
    found = []
    for name, data in files:
        one = HandIn("2026-11-17T09:30:00+07:00", "T01", name, sha256(data).hexdigest(), len(data))
        one.content(root).parent.mkdir(parents=True, exist_ok=True)
        one.content(root).write_bytes(data)
        one.receipt(root).write_text(json.dumps(asdict(one)))
        found.append(one)
    return found


class Each:
    """Does the work in worker processes and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, work: Work, items: Sequence[HandIn], guard: Guard[HandIn, ReadIn]) -> list[ReadIn]:
        self.asked += [item.file for item in items]
        return in_order(work, items, guard=guard)


@pytest.fixture
def root(tmp_path: Path) -> Root:
    root = Root(tmp_path)
    root.prepare()
    return root


def read(
    root: Root, hand_ins: Sequence[HandIn], contracts: Contracts = CONTRACTS
) -> tuple[list[Digest], list[str]]:
    each = Each()
    return digest_all(hand_ins, root, contracts, each), each.asked


def said(found: Sequence[Digest]) -> list[object]:
    return [
        (
            one.hand_in,
            one.problems,
            one.rows.to_dicts(),
            [(part.dataset, part.period, part.tables, part.nil, part.frame.to_dicts()) for part in one.parts],
        )
        for one in found
    ]


def test_a_file_is_read_once_and_comes_out_the_same(root: Root) -> None:
    hand_ins = handed_in(root, ("a.xlsx", GOOD), ("b.csv", b"x;y\n1;2\n"), ("c.xlsx", b"PK broken"))
    first, asked = read(root, hand_ins)
    assert asked == ["a.xlsx", "b.csv", "c.xlsx"]
    again, asked = read(root, hand_ins)
    assert asked == []
    assert said(again) == said(first)


def test_a_file_is_read_again_under_other_contracts_and_after_damage(root: Root) -> None:
    hand_ins = handed_in(root, ("a.xlsx", GOOD))
    first, _ = read(root, hand_ins)
    (kept,) = (root.state / KEPT).iterdir()
    kept.write_bytes(kept.read_bytes()[:100])
    again, asked = read(root, hand_ins)
    assert asked == ["a.xlsx"]
    assert said(again) == said(first)
    _, asked = read(root, hand_ins, replace(CONTRACTS, rules="other"))
    assert asked == ["a.xlsx"]


def test_a_waiver_makes_no_file_be_read_again(root: Root) -> None:
    hand_ins = handed_in(root, ("a.xlsx", GOOD))
    read(root, hand_ins)
    waived = "T01,phan_anh_ha_tang,ngay_giai_quyet.truoc_ngay,,Sổ gốc thất lạc,2026-12-31"
    waiving = CONTRACTS.with_waivers(f"unit,dataset,code,record,reason,until\n{waived}\n".encode())
    assert waiving.digest != CONTRACTS.digest
    assert read(root, hand_ins, waiving)[1] == []


def test_a_rebuild_reads_the_archive_and_keeps_nothing(root: Root) -> None:
    hand_ins = handed_in(root, ("a.xlsx", GOOD), ("b.xlsx", GOOD + b"\0"))
    read(root, hand_ins[:1])
    kept = {*(root.state / KEPT).iterdir()}
    each = Each()
    readings = Readings(root, CONTRACTS, each, anew=True)
    assert [one.hand_in for one in readings.accounts(hand_ins)] == hand_ins
    assert each.asked == ["a.xlsx", "b.xlsx"]
    assert {*(root.state / KEPT).iterdir()} == kept


def test_accounts_are_kept_and_digests_fetched_only_for_those_who_ask(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_ins = handed_in(root, ("a.xlsx", GOOD), ("b.csv", b"x;y\n1;2\n"))
    first = Readings(root, CONTRACTS, Each()).accounts(hand_ins)
    assert [one.rows for one in first] == [read(root, hand_ins)[0][at].rows.height for at in (0, 1)]
    each = Each()
    again = Readings(root, CONTRACTS, each)
    monkeypatch.setattr(Readings, "_kept", lambda *_: pytest.fail("a digest was fetched"))
    assert again.accounts(hand_ins) == first
    assert again.accounts(hand_ins[:1]) == first[:1]
    assert each.asked == []


def test_what_is_kept_is_private_and_goes_when_nobody_asks_for_it(root: Root) -> None:
    one, two = handed_in(root, ("a.xlsx", GOOD), ("b.xlsx", GOOD + b"\0"))
    Readings(root, CONTRACTS, Each()).accounts([one, two])
    kept = {*(root.state / KEPT).iterdir()}
    assert len(kept) == 3  # two digests, and the accounts of both
    assert {path.stat().st_mode & 0o777 for path in kept} == {0o600}
    assert (root.state / KEPT).stat().st_mode & 0o777 == 0o700
    Readings(root, CONTRACTS, Each()).accounts([two])
    assert len({*(root.state / KEPT).iterdir()}) == 2


def test_hostile_files_are_refused_and_the_others_read(root: Root) -> None:
    bad = [(f"{number}.xlsx", make()) for number, (make, _) in enumerate(REFUSED.values())]
    hand_ins = handed_in(root, ("đầu.xlsx", GOOD), *bad, ("cuối.xlsx", GOOD))
    found, _ = read(root, hand_ins)
    assert [one.rows.height > 0 for one in (found[0], found[-1])] == [True, True]
    codes = [[p.code for p in one.problems if p.severity == "chan"] for one in found[1:-1]]
    assert codes == [[code] for _, code in REFUSED.values()]


def test_a_file_over_which_the_reader_dies_is_refused_and_tried_again(
    root: Root, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_ins = handed_in(root, ("a.xlsx", GOOD), ("b.csv", b"x;y\n1;2\n"))
    monkeypatch.setattr(digests.Reader, "__reduce__", lambda _: (_Crashing, ()), raising=False)
    found, _ = read(root, hand_ins)
    assert [problem.code for problem in found[0].problems] == ["tep.nguy_hiem"]
    assert found[1].rows.height == 2
    monkeypatch.undo()
    found, asked = read(root, hand_ins)
    assert asked == ["a.xlsx"]
    assert "tep.nguy_hiem" not in [problem.code for problem in found[0].problems]


class _Crashing:
    """Stands in for a reader that a file makes crash."""

    def __call__(self, _: HandIn) -> ReadIn:
        os.abort()


class _Failing:
    """Stands in for a reader with a fault of its own."""

    def __call__(self, _: HandIn) -> ReadIn:
        raise KeyError("Nguyễn Văn Bí Mật")


def test_a_file_over_which_our_code_fails_is_refused_and_told_of_without_its_content(
    root: Root, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(digests.Reader, "__reduce__", lambda _: (_Failing, ()), raising=False)
    found, _ = read(root, handed_in(root, ("a.xlsx", GOOD), ("b.csv", b"x;y\n1;2\n")))
    assert [problem.code for problem in found[0].problems] == ["tep.khong_mo_duoc"]
    assert found[1].rows.height == 2
    assert "KeyError test_cache.py:" in caplog.text
    assert "Mật" not in caplog.text + found[0].problems[0].message


@pytest.mark.parametrize("late", [True, False])
def test_a_lost_file_says_why(late: bool) -> None:
    one = HandIn("2026-11-17T09:30:00+07:00", "T01", "a.xlsx", "0" * 64, 1)
    found = digests._lost(one, LostError(late=late))
    assert found.rows.height == 0
    assert ("lâu" in found.problems[0].message) == late
