"""A person who asks is forgotten: nowhere under the root, every release whole, the next day without him."""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import shutil
import signal
import stat
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from flows.cli.main import build_app
from flows.collect.archive import list_archived, purge_content, read_receipts
from flows.forget.tombstones import count_unfinished
from flows.release import journal
from flows.release.manifest import read_manifest
from flows.release.publish import find_release, list_releases, read_published
from flows.release.verify import find_damage
from flows.root import Root
from schemas.datasets import load
from tests.conftest import lines, run_plainly
from tests.flows.read.forms import form
from tests.laws.disturbed import child, watched
from tests.laws.texts import texts

pytestmark = pytest.mark.slow

MONDAY, TUESDAY, WEDNESDAY = (date(2026, 11, day) for day in (23, 24, 25))
NUMBER, NAME, PHONE, BIRTH = "038190007777", "Trịnh Lãng Quên", "0971234999", "17/08/1990"
CANARIES = (NUMBER, NUMBER[1:], NAME, NAME.upper(), PHONE, BIRTH, "1990-08-17", "038*******77")


def register(count: int = 6) -> list[list[object]]:
    lives: list[object] = ["Thôn Thanh Sơn", "Thường trú", "Đang sống", None]
    rows: list[list[object]] = [
        [
            f"03809000000{n}",
            name,
            "05/06/1990",
            "Nam",
            "Mường",
            f"H0001{n}",
            "Chủ hộ",
            *lives,
            None,
            "05/06/2026",
        ]
        for n, name in enumerate([f"Bùi Văn {letter}" for letter in "ABCDEFGH"][:count])
    ]
    him = [NUMBER, NAME, BIRTH, "Nữ", "Dao", "H00099", "Chủ hộ", *lives, PHONE, "05/06/2026"]
    return [*rows[:2], him, *rows[2:]]


def table(name: str, rows: Sequence[Sequence[object]]) -> str:
    labels = [column.label.replace(" > ", " - ") for column in load()[name].columns]
    return lines([["Tháng 10 năm 2026"], labels, *rows])


def drop(root: Path, unit: str, name: str, content: str | bytes, day: date) -> None:
    path = root / "raw" / "inbox" / unit / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    moment = pl.Series([day]).dt.epoch("s").item() + 3600 * len(list(path.parent.iterdir()))
    os.utime(path, (moment, moment))


def zipped(**members: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/").replace("_csv", ".csv").replace("_xml", ".xml"), content)
    return target.getvalue()


def account(number: str) -> list[object]:
    return [number, "2", "05/06/2026", "06/06/2026", "07/06/2026", 3, "x", "05/06/2026"]


def dulieuxa(*words: str, root: Path) -> Result:
    return CliRunner().invoke(build_app(), [*words, "--root", str(root)])


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two days on which many files of many kinds tell of one person."""
    root = tmp_path_factory.mktemp("told")
    drop(root, "cong_an", "dan cu.xlsx", form(load()["dan_cu"], register()), MONDAY)
    households = [[f"H0001{n}", f"Bùi Văn {'ABCDEFGH'[n]}", 4, "x", "x", "Không", "x", "x"] for n in range(3)]
    households.append(["H00099", NAME.upper(), 1, "x", "x", "Không", "x", "x"])
    drop(root, "T34", "ho.csv", table("ho_gia_dinh", households), MONDAY)
    accounts = table("dinh_danh", [account(f"03809000000{n}") for n in range(4)] + [account(NUMBER)])
    drop(root, "cong_an", f"tai khoan {NUMBER} {NAME}.zip", zipped(trong__ds_csv=accounts), MONDAY)
    work = table("sang_kien", [["SK-2026-001", "Số hóa", NAME, "Xã", "Chuyển đổi số", None, "1", "x"]])
    drop(root, "van_hoa_xa_hoi", "sang kien quy III 2026.csv", work.encode("utf-16"), MONDAY)
    drop(root, "mat_tran", "mot.csv", "a;b\n1;2\n", MONDAY)
    drop(root, "mat_tran", "hai.csv", "a;b\n1;2\n", MONDAY)
    for name in ("mot.csv", "hai.csv"):
        os.utime(root / "raw" / "inbox" / "mat_tran" / name, (1_795_400_000, 1_795_400_000))
    letter = zipped(word__document_xml=f"<w>{NAME} {NUMBER}</w>")
    drop(root, "van_phong", "don.docx", letter, MONDAY)
    run_plainly(root, as_of=MONDAY)
    call = ["06/11/2026", "VNPT", f"{NAME} (0971 234 999) báo mất sóng", "Mới", None]
    drop(root, "T34", "phan anh.csv", table("phan_anh_ha_tang", [call]), TUESDAY)
    run_plainly(root, as_of=TUESDAY)
    return root


def leaks(root: Path) -> dict[str, list[str]]:
    found = {}
    for path in sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink()):
        read = "\n".join([str(path), *texts(path), path.read_bytes().decode("utf-16", "ignore")])
        if leaked := [canary for canary in CANARIES if canary in read]:
            found[path.relative_to(root).as_posix()] = leaked
    return found


@pytest.fixture(scope="module")
def erased(told: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Result]:
    root = Path(shutil.copytree(told, tmp_path_factory.mktemp("erased") / "xa", symlinks=True))
    return root, dulieuxa("erase", NUMBER, "--reason", "Đơn số 12", "--yes", root=root)


def test_the_person_was_everywhere_before(told: Path) -> None:
    places = leaks(told)
    for part in ("inbox/cong_an", "inbox/T34", "inbox/van_phong", "archive/", "reports/", "var/"):
        assert any(part in place for place in places), part


def test_the_person_is_nowhere_under_the_root(erased: tuple[Path, Result]) -> None:
    root, done = erased
    assert done.exit_code == 0, done.output
    assert "không còn ở đâu" in done.stdout
    assert leaks(root) == {}


def test_every_release_is_whole_and_comes_of_the_archive(erased: tuple[Path, Result], told: Path) -> None:
    root = Root(erased[0])
    assert len(list_releases(root)) == 2
    assert set(list_releases(root)).isdisjoint(list_releases(Root(told)))
    assert [find_damage(root.releases / name) for name in list_releases(root)] == [[], []]
    monday, tuesday = list_releases(root)
    assert read_manifest(root.releases / tuesday)["before"] == monday
    assert [line.release for line in journal.read_journal(root)] == [monday, tuesday]
    assert read_published(root) == tuesday
    for name in (monday, tuesday):
        done = dulieuxa("verify", name, "--rebuild", root=root.path)
        assert done.exit_code == 0, done.output


def count_in_open(release: Path, name: str) -> int:
    """The records that the open tables of a dataset show, and those that they leave out."""
    entries = read_manifest(release)["files"]
    opened = (each for each in entries if each["path"].startswith(f"open/{name}/"))
    return sum(each["rows"] + each["left_out"] for each in opened)


def test_everybody_else_is_still_there(erased: tuple[Path, Result], told: Path) -> None:
    was, now = (find_release(Root(root), "20261124") for root in (told, erased[0]))
    for name, gone in (("dan_cu", 1), ("dinh_danh", 1), ("ho_gia_dinh", 0), ("sang_kien", 0)):
        before, after = (pl.read_parquet(place / "data" / name / "*" / "*.parquet") for place in (was, now))
        assert after.height == before.height - gone, name
        assert count_in_open(now, name) == after.height, name
    rows = pl.read_parquet(now / "submissions.parquet")
    parts = pl.sum_horizontal("rows_left_out", "rows_accepted", "rows_quarantined")
    assert rows.filter(pl.col("rows_seen") != parts).is_empty()


def test_the_proof_names_nobody(erased: tuple[Path, Result]) -> None:
    book = erased[0] / "var" / "da_quen.jsonl"
    said = [json.loads(line) for line in book.read_text(encoding="utf-8").splitlines()]
    assert [line["act"] for line in said] == ["yeu_cau", *["tep"] * 6, "xong"]
    assert (said[-1]["rows"], said[-1]["left"], said[0]["reason"]) == (2, 0, "Đơn số 12")
    kept = {one.sha256 for one in list_archived(Root(erased[0]), TUESDAY)}
    assert all(line["after"] in kept and line["before"] not in kept for line in said if line["act"] == "tep")
    assert stat.S_IMODE(book.stat().st_mode) == 0o600
    assert count_unfinished(Root(erased[0])) == 0


def test_the_next_day_does_not_bring_the_person_back(erased: tuple[Path, Result], tmp_path: Path) -> None:
    root = Path(shutil.copytree(erased[0], tmp_path / "xa", symlinks=True))
    late = register(count=8)
    drop(root, "cong_an", f"dan cu {NUMBER}.csv", table("dan_cu", late), WEDNESDAY)
    outcome = run_plainly(root, as_of=WEDNESDAY)
    (new,) = outcome.new
    records = pl.read_parquet(outcome.release / "data" / "dan_cu" / "*" / "*.parquet")
    assert records.height == len(late) - 1
    mine = outcome.submissions.filter(submission=new.sha256).row(0, named=True)
    assert mine["rows_seen"] == mine["rows_left_out"] + mine["rows_accepted"] + mine["rows_quarantined"]
    assert leaks(root) == {}
    assert run_plainly(root, as_of=WEDNESDAY).new == []


def test_a_purged_file_that_still_lies_in_the_inbox_tells_nothing_and_never_comes_back(
    told: Path, tmp_path: Path
) -> None:
    root = Root(Path(shutil.copytree(told, tmp_path / "xa", symlinks=True)))
    purged = [one for one in list_archived(root, TUESDAY) if one.file.endswith(".zip")]
    for one in purged:
        purge_content(root, one)
    assert dulieuxa("erase", NUMBER, "--reason", "Đơn số 12", "--yes", root=root.path).exit_code == 0
    assert leaks(root.path) == {}
    assert [one for one in run_plainly(root.path, as_of=WEDNESDAY).new if one.file.endswith(".zip")] == []
    assert {each.purged for each in read_receipts(root) if each.submission.file.endswith(".zip")} == {True}


def killed_at(root: Path, at: int) -> None:
    def strike(number: int) -> None:
        if number == at:
            os.kill(os.getpid(), signal.SIGKILL)

    watched(root, strike)
    dulieuxa("erase", NUMBER, "--reason", "Đơn số 12", "--yes", root=root)


def counted(root: Path, answer: Any) -> None:
    seen = watched(root, lambda _: None)
    dulieuxa("erase", NUMBER, "--reason", "Đơn số 12", "--yes", root=root)
    answer.send(len(seen))


def test_a_kill_at_any_time_leaves_what_the_same_command_finishes(
    told: Path, erased: tuple[Path, Result], tmp_path: Path
) -> None:
    """Readers see a whole release all the while; the end is that of an erasure that nobody disturbed."""
    ours, theirs = multiprocessing.Pipe()
    assert child(counted, Path(shutil.copytree(told, tmp_path / "counted", symlinks=True)), theirs) == 0
    count = int(ours.recv())
    for share in (0.02, 0.1, 0.2, 0.5, 0.8, 0.9, 0.96, 0.99):
        root = Path(shutil.copytree(told, tmp_path / str(share), symlinks=True))
        assert child(killed_at, root, int(count * share)) == -signal.SIGKILL, share
        shown = read_published(Root(root))
        assert shown is not None
        assert find_damage(root / "curated" / "releases" / shown) == []
        done = dulieuxa("erase", NUMBER, "--reason", "Đơn số 12", "--yes", root=root)
        assert done.exit_code == 0, (share, done.output)
        assert leaks(root) == {}
        assert list_releases(Root(root)) == list_releases(Root(erased[0])), share
        assert read_published(Root(root)) == read_published(Root(erased[0]))
        assert count_unfinished(Root(root)) == 0
        shutil.rmtree(root)


@pytest.mark.parametrize("who", ["f" * 32, "1234567", "abc"])
def test_who_is_nobody_is_told(who: str, told: Path) -> None:
    assert dulieuxa("erase", who, "--reason", "x", "--yes", root=told).exit_code == 2


def test_whoever_is_in_no_file_is_not_erased(told: Path) -> None:
    done = dulieuxa("erase", "038090009999", "--reason", "x", "--yes", root=told)
    assert (done.exit_code, done.stdout) == (0, "Không có dữ liệu của người này.\n")


def test_a_commune_with_declarations_of_its_own_is_erased_by_these(other_commune: Path) -> None:
    """Its thôn has a code that no other commune has: by other contracts nothing of it would be read."""
    call = ["06/10/2026", "VNPT", f"{NAME}, số {NUMBER}, báo mất sóng", "Mới", None]
    drop(other_commune, "A1", "phan anh.csv", table("phan_anh_ha_tang", [call]), MONDAY)
    drop(other_commune, "cong_an", "dan cu.xlsx", form(load()["dan_cu"], register()), MONDAY)
    before = run_plainly(other_commune, as_of=MONDAY)
    assert before.submissions.filter(unit="A1")["dataset"].to_list() == ["phan_anh_ha_tang"]
    done = dulieuxa("erase", NUMBER, "--reason", "Đơn số 12", "--yes", root=other_commune)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("Thấy ở 2 tệp.")
    assert leaks(other_commune) == {}
    after = find_release(Root(other_commune), "20261123")
    assert read_manifest(after)["commune"]["code"] == "90001"
    assert dulieuxa("verify", after.name, "--rebuild", root=other_commune).exit_code == 0


def test_nothing_is_done_without_a_yes(told: Path) -> None:
    before = list_releases(Root(told))
    done = CliRunner().invoke(
        build_app(), ["erase", NUMBER, "--reason", "x", "--root", str(told)], input="n\n"
    )
    assert done.exit_code == 1
    assert list_releases(Root(told)) == before
    access = (told / "var" / "truy_cap.jsonl").read_text(encoding="utf-8")
    assert "xóa: x" in access
    assert NUMBER not in access
