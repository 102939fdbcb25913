"""What a day does with its sources: each on its own, told, and none stops another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.books.contacts import Contacts
from flows.collect.sources import kinds
from flows.day import fetch_all
from flows.engine.runner import Step
from flows.notify.engineer import list_concerns
from flows.root import Root
from schemas.registry import load
from tests.conftest import TODAY

CONTRACTS = load()
TEXT = """\
[nguon.mot]
loai = "thu_muc"
duong_dan = "gone"
[nguon.hai]
loai = "thu_muc"
duong_dan = "share"
don_vi = "T01"
[nguon.ba]
loai = "s3"
kho = "xa"
"""


class Steps:
    """A runner that notes the steps."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def step(self, step: Step, work: Callable[..., Any], *args: object) -> Any:
        assert step.retried
        done = work(*args)
        assert step.describe is not None
        self.said.append(f"{step.title}: {step.describe(done)}")
        return done


@pytest.fixture
def root(tmp_path: Path) -> Root:
    (tmp_path / "xa.toml").write_text(TEXT, encoding="utf-8")
    (tmp_path / "share").mkdir()
    (tmp_path / "share" / "a.csv").write_bytes(b"1")
    (tmp_path / "share" / "038085000001.lnk").write_bytes(b"1")
    return Root(tmp_path)


def test_one_that_fails_is_told_and_stops_nobody(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds.OPENS, "s3", ("none", "open_s3"))
    steps = Steps()
    untaken = [str(each) for each in fetch_all(root, CONTRACTS, steps)]  # type: ignore[arg-type]
    assert steps.said == ["Lấy từ thư mục “hai”: 1 tệp mới, 1 không lấy được"]
    assert untaken[0] == "thư mục “mot”: không có thư mục này, hoặc ổ mạng chưa nối"
    assert untaken[1].startswith("thư mục “hai”: 038xxxxxxx01.lnk: là lối tắt")
    assert "pip install 'dulieuxa[sources]'" in untaken[2]
    assert (root.inbox / "T01" / "a.csv").read_bytes() == b"1"


def test_the_engineer_is_told_until_it_is_over(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds.OPENS, "s3", ("none", "open_s3"))

    def told() -> list[str]:
        fetch_all(root, CONTRACTS, Steps())  # type: ignore[arg-type]
        concerns = list_concerns(root, CONTRACTS.commune, Contacts(), None, TODAY)
        return [each.text for each in concerns if "“" in each.about]

    root.prepare()
    first = told()
    assert len(first) == 3
    assert "Nguồn thư mục “mot”: không có thư mục này" in first[0]
    assert "1 tệp hoặc thư không lấy được" in first[1]
    assert not any("038" in each for each in first)
    (root.path / "gone").mkdir()
    (root.path / "share" / "038085000001.lnk").unlink()
    assert len(told()) == 1


def test_doctor_tries_each(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(kinds.OPENS, "s3", ("none", "open_s3"))
    root.prepare()
    found = [*kinds.check_sources(root)]
    assert [good for good, _ in found] == [False, True, False]
    assert found[1][1] == "Nguồn thư mục “hai”: nối được, có 1 tệp"
