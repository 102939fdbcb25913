"""Damaged state is named by doctor and stops no run."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flows.books.book import journal_of
from flows.mend.look import look_over
from flows.release.journal import add_line, read_journal
from flows.release.publish import read_published
from flows.root import Root
from tests.conftest import Day, run_plainly


@pytest.fixture
def root(clean: Day, tmp_path: Path) -> Root:
    shutil.copytree(clean.root.path, tmp_path / "xa", symlinks=True)
    return Root(tmp_path / "xa")


def failures(root: Root) -> str:
    return " ".join(map(str, look_over(root)))


@pytest.mark.parametrize("reason", ["hai\ndòng", "a\u2028b", "a\u0085b", "a\x0bb\x0cc", "\x1b[31m"])
def test_no_reason_can_break_the_journal(root: Root, reason: str) -> None:
    shown = str(read_published(root))
    add_line(root, shown, "quay_lai", reason)
    assert read_journal(root)[-1].reason == reason
    assert list(journal_of(root).find_damage()) == []


@pytest.mark.parametrize("torn", ['{"release": "2026', "null", '{"x": 1}'])
def test_a_torn_line_of_the_journal_is_named_and_the_others_are_read(root: Root, torn: str) -> None:
    lines = read_journal(root)
    root.journal.write_text(torn + "\n" + root.journal.read_text(encoding="utf-8"), encoding="utf-8")
    assert read_journal(root) == lines
    assert "hỏng dòng 1" in failures(root)
    assert run_plainly(root.path).unchanged


def test_a_folder_in_the_place_of_the_link_is_renamed(root: Root) -> None:
    release = root.latest.resolve()
    root.latest.unlink()
    shutil.copytree(release, root.latest)
    assert "là thư mục" in failures(root)
    assert run_plainly(root.path).release == release
    assert root.latest.is_symlink()
    assert len(list(root.latest.parent.glob("latest.thu_muc-*"))) == 1
