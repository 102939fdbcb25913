"""Receipts of a day to come: named, and received now when somebody says that our clock is right."""

from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

from rich.console import Console

from flows.audit.auditor import Auditor
from flows.collect.archive import list_archived
from flows.collect.inbox import collect
from flows.collect.submission import Submission
from flows.engine.plain import PlainRunner
from flows.mend.fix import mend_root
from flows.mend.look import look_at_archive
from flows.root import HERE, Root
from schemas.registry import load


def test_files_received_on_a_day_to_come_are_received_now_if_our_clock_is_right(tmp_path: Path) -> None:
    root, now = Root(tmp_path), datetime.now(HERE)
    root.prepare()
    for at, days in enumerate((-3, 400, 401)):
        path = root.inbox / "T01" / f"{at}.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text(str(at))
        collect(root, when=lambda _, moment=now + timedelta(days=days): moment)
    named = [str(damage) for damage in look_at_archive(root)]
    assert len(named) == 2
    assert all("giờ máy" in each for each in named)

    said = list(mend(root, trust_clock=False))
    assert [one.file for one in list_archived(root, now.date())] == ["0.csv"], said
    said = list(mend(root, trust_clock=True))
    assert len(said) == 2
    assert [one.file for one in received_today(root)] == ["0.csv", "1.csv", "2.csv"]
    assert list(look_at_archive(root)) == []


def mend(root: Root, *, trust_clock: bool) -> list[str]:
    runner, audits = PlainRunner(Console(quiet=True)), nullcontext(cast("Auditor", None))
    return [*mend_root(root, load(), runner, lambda: audits, trust_clock=trust_clock)]


def received_today(root: Root) -> list[Submission]:
    return list_archived(root, datetime.now(HERE).date())
