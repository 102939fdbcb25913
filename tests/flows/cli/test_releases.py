"""The commands over published releases, on a root with two days."""

from __future__ import annotations

import json
import re
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from flows.cli.main import build_app
from flows.collect.submission import Submission
from flows.errors import DamagedReleaseError, NoReleaseError
from flows.release import journal
from flows.release.manifest import list_entries, name_release, read_manifest
from flows.release.parquet import write_table
from flows.release.publish import find_before, find_release, read_published, roll_back
from flows.release.purge import plan_purge, purge
from flows.release.verify import find_damage
from flows.root import Root
from schemas.retention import Policy
from schemas.tables import INDICATORS, SUBMISSIONS
from tests.conftest import run_plainly

MONDAY, TUESDAY = date(2026, 11, 23), date(2026, 11, 24)
HEAD = ["Tháng 11 năm 2026", "Ngày phản ánh;Nhà mạng;Nội dung;Trạng thái;Ngày giải quyết"]


def complaints(root: Path, name: str, contents: list[str]) -> None:
    folder = root / "raw" / "inbox" / "T01"
    folder.mkdir(parents=True, exist_ok=True)
    rows = [f"{at + 1:02}/11/2026;VNPT;{said};Mới;" for at, said in enumerate(contents)]
    (folder / name).write_text("\n".join([*HEAD, *rows]), encoding="utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("two days")
    complaints(root, "mot.csv", ["Đứt cáp", "Mất sóng", "Sóng yếu"])
    run_plainly(root, as_of=MONDAY)
    complaints(root, "hai.csv", ["Đứt cáp", "Mất sóng", "Chập chờn", "Đổ cột"])
    run_plainly(root, as_of=TUESDAY)
    return root


@pytest.fixture
def two_days(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "xa", symlinks=True))


def dulieuxa(*words: str, root: Path) -> Result:
    return CliRunner().invoke(build_app(), [*words, "--root", str(root)])


def test_releases_are_listed_with_the_shown_one_marked(two_days: Path) -> None:
    shown = read_published(Root(two_days))
    said = dulieuxa("releases", root=two_days).stdout.splitlines()
    assert len(said) == 2
    assert said[1].startswith(f"* {shown}")


def test_diff_tells_rows_added_and_removed(two_days: Path) -> None:
    said = dulieuxa("diff", root=two_days).stdout
    assert "phan_anh_ha_tang" in said
    found = [
        cell.strip() for cell in next(line for line in said.splitlines() if "phan_anh" in line).split("│")
    ]
    assert found[2:7] == ["3", "4", "2", "0", "1"]


def test_the_report_tells_what_changed_since_the_release_before(made: Path) -> None:
    monday, tuesday = (
        (find_release(Root(made), day) / "reports" / "thay_doi.html").read_text(encoding="utf-8")
        for day in ("20261123", "20261124")
    )
    assert "Không có bản công bố nào trước bản này" in monday
    assert find_release(Root(made), "20261123").name in tuesday
    row = re.search(r"Phản ánh [^<]*</th>((?:<td[^>]*>[^<]*</td>)+)", tuesday)
    assert row
    assert re.findall(r">(\d+)<", row[1]) == ["3", "4", "2", "0", "1"]


def test_a_manifest_names_the_release_before_it(two_days: Path) -> None:
    root = Root(two_days)
    monday, tuesday = find_release(root, "20261123"), find_release(root, "20261124")
    assert read_manifest(tuesday)["before"] == monday.name
    assert read_manifest(monday)["before"] is None


def test_rollback_shows_the_former_release_and_is_recorded(two_days: Path) -> None:
    done = dulieuxa("rollback", "20261123", "--reason", "Nhầm", root=two_days)
    assert done.exit_code == 0
    last = journal.read_journal(Root(two_days))[-1]
    assert (last.release[:8], last.act, last.reason) == ("20261123", "quay_lai", "Nhầm")
    assert read_published(Root(two_days)) == last.release
    assert json.loads((two_days / "curated" / "latest.json").read_text())["release"] == last.release


def test_what_was_taken_back_is_not_what_the_next_day_goes_on_from(two_days: Path) -> None:
    root = Root(two_days)
    monday = find_release(root, "20261123")
    assert find_before(root, date(2026, 11, 25)) == find_release(root, "20261124")
    roll_back(root, monday, None)
    assert find_before(root, date(2026, 11, 25)) == monday


def test_verify_passes_what_was_published(two_days: Path) -> None:
    assert dulieuxa("verify", root=two_days).exit_code == 0


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda folder: (folder / "issues.parquet").write_bytes(b"x"), "issues.parquet đã bị sửa"),
        (lambda folder: (folder / "issues.parquet").unlink(), "Thiếu tệp issues.parquet"),
        (lambda folder: (folder / "them.txt").write_text("x"), "Tệp lạ them.txt"),
        (
            lambda folder: (folder / "manifest.json").write_bytes(
                (folder / "manifest.json").read_bytes() + b"\n"
            ),
            "manifest.json đã bị sửa",
        ),
        (lambda folder: (folder / "manifest.json").unlink(), "Thiếu manifest.json"),
    ],
    ids=["changed", "lost", "added", "manifest changed", "manifest lost"],
)
def test_verify_finds_every_byte_that_is_not_as_published(damage, said: str, two_days: Path) -> None:
    place = find_release(Root(two_days), None)
    damage(place)
    assert said in " ".join(find_damage(place))


def test_a_release_is_built_again_from_the_archive_byte_for_byte(two_days: Path) -> None:
    done = dulieuxa("verify", "--rebuild", root=two_days)
    assert done.exit_code == 0, done.output
    assert "Dựng lại từ kho: đúng từng byte." in done.stdout


@pytest.mark.slow
def test_figures_forged_with_their_manifest_do_not_come_of_the_archive(two_days: Path) -> None:
    place = find_release(Root(two_days), None)
    forged = pl.read_parquet(place / "indicators.parquet").with_columns(value=pl.lit(1.0))
    (place / "indicators.parquet").unlink()
    write_table(place, INDICATORS, forged)
    (place / "indicators.parquet").chmod(0o444)
    said = read_manifest(place) | {"files": [entry.to_json() for entry in list_entries(place)]}
    text = json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True).encode()
    (place / "manifest.json").write_bytes(text)
    place = place.rename(place.with_name(name_release(TUESDAY, text)))
    assert find_damage(place) == []
    done = dulieuxa("verify", place.name, "--rebuild", root=two_days)
    assert done.exit_code == 1
    assert done.stdout == "Tệp indicators.parquet dựng lại thì khác.\n"


def test_what_the_archive_no_longer_holds_is_not_built_again(two_days: Path) -> None:
    root = Root(two_days)
    purge(root, plan_purge(root, Policy(archive_days=-1)))
    done = dulieuxa("verify", "--rebuild", root=two_days)
    assert done.exit_code == 1
    assert "kho không còn 1 trong 2 tệp nộp" in done.stdout


def test_unchanged_files_are_links_to_those_of_the_day_before(made: Path) -> None:
    monday, tuesday = find_release(Root(made), "20261123"), find_release(Root(made), "20261124")

    hashes = {entry["path"]: entry["sha256"] for entry in read_manifest(monday)["files"]}
    shared = [
        entry["path"]
        for entry in read_manifest(tuesday)["files"]
        if hashes.get(entry["path"]) == entry["sha256"]
    ]
    assert shared

    assert all((monday / path).stat().st_ino == (tuesday / path).stat().st_ino for path in shared)


def test_a_day_before_the_shown_one_does_not_take_readers_back(two_days: Path) -> None:
    shown = read_published(Root(two_days))
    run_plainly(two_days, as_of=date(2026, 11, 22))
    assert read_published(Root(two_days)) == shown


@pytest.mark.parametrize(
    "words", [("status",), ("doctor",), ("trace", "bao_cao_dung_han"), ("purge", "--dry-run")]
)
def test_commands_answer_in_vietnamese(words: tuple[str, ...], two_days: Path) -> None:
    done = dulieuxa(*words, root=two_days)
    assert done.exit_code == 0, done.output
    assert any(letter in done.stdout for letter in "ạảấầđềệộế")


def test_nobody_is_shown_a_damaged_release_again(two_days: Path) -> None:
    root = Root(two_days)
    shown, monday = read_published(root), find_release(root, "20261123")
    (monday / "reports" / "index.html").unlink()
    with pytest.raises(DamagedReleaseError, match=r"index\.html bị mất.*doctor --fix"):
        roll_back(root, monday, None)
    assert read_published(root) == shown


def test_what_is_damaged_is_named_and_mended(two_days: Path) -> None:
    root = Root(two_days)
    place = find_release(root, None)
    page = place / "reports" / "don_vi" / "T02.html"
    (receipt, *_) = sorted(root.archive.glob("*/*.json"))
    page.unlink()
    page.write_text("khác")
    receipt.write_text("{")
    root.journal.write_text(root.journal.read_text()[:-9])
    (root.state / "xet" / "la").write_bytes(b"x")
    root.latest.unlink()
    paths = (page, receipt, root.journal, root.state / "xet" / "la", root.latest)
    assert f"{root.latest} bị mất" in dulieuxa("status", root=two_days).stdout
    named = dulieuxa("doctor", root=two_days)
    assert named.exit_code == 1
    assert [path for path in paths if f"✗ {path}: " not in named.stdout] == []
    assert f"{named.stdout.count('✗')} chỗ hỏng" in dulieuxa("status", root=two_days).stdout, named.stdout
    fixed = dulieuxa("doctor", "--fix", root=two_days)
    assert fixed.exit_code == 0, fixed.output
    assert [path for path in paths if f"{path}: " not in fixed.stdout] == []
    assert root.latest.resolve() == place
    assert "không có gì hỏng" in dulieuxa("verify", root=two_days).stdout
    assert "không có gì hỏng" in dulieuxa("status", root=two_days).stdout


def test_a_root_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    done = dulieuxa("run", "--plain", root=tmp_path / "go_nham")
    assert done.exit_code == 2
    assert "cần đường dẫn của một thư mục có thật" in done.output
    assert not (tmp_path / "go_nham").exists()


def test_every_unit_has_its_folder_and_others_are_told(other_commune: Path) -> None:
    (other_commune / "raw" / "inbox" / "T01").mkdir(parents=True)
    done = dulieuxa("doctor", root=other_commune)
    assert done.stdout.splitlines()[-1].endswith("không của đơn vị nào: T01")
    assert {"A1", "kinh_te", "viettel"} < {path.name for path in Root(other_commune).inbox.iterdir()}


def test_a_file_named_like_a_unit_does_not_keep_others_from_their_folders(other_commune: Path) -> None:
    (other_commune / "raw" / "inbox").mkdir(parents=True)
    (other_commune / "raw" / "inbox" / "A1").write_text("không phải thư mục")
    dulieuxa("doctor", root=other_commune)
    assert (other_commune / "raw" / "inbox" / "kinh_te").is_dir()


def test_sql_sees_tables_and_datasets_and_nothing_else(two_days: Path) -> None:
    asked = dulieuxa("sql", "--csv", "select ky, count(*) n from phan_anh_ha_tang group by ky", root=two_days)
    assert asked.stdout == "ky,n\n2026-11,4\n"
    assert dulieuxa("sql", "from read_csv('/etc/hostname')", root=two_days).exit_code == 2
    assert dulieuxa("sql", "khong phai sql", root=two_days).exit_code == 2


def test_a_release_that_is_not_there_is_told(two_days: Path) -> None:
    with pytest.raises(NoReleaseError, match="19990101"):
        find_release(Root(two_days), "19990101")


def test_retention_keeps_recent_days_and_the_first_of_each_month(tmp_path: Path) -> None:
    root = Root(tmp_path)
    root.prepare()
    days = ["20260901", "20260915", "20261001", "20261020", "20261101", "20261124"]
    for day in days:
        as_of = date.fromisoformat(day)
        said = {"as_of": as_of.isoformat(), "before": None, "files": [], "inputs": []}
        place = root.releases / name_release(as_of, json.dumps(said).encode())
        place.mkdir()
        (place / "manifest.json").write_text(json.dumps(said))
    shutil.copy(_no_submissions(tmp_path), place / "submissions.parquet")
    roll_back(root, place, None)
    what = plan_purge(root, Policy(release_days=30))
    assert [name[:8] for name in what.releases] == ["20260915", "20261020"]
    purge(root, what)
    assert [path.name[:8] for path in sorted(root.releases.iterdir())] == [
        "20260901",
        "20261001",
        "20261101",
        "20261124",
    ]
    assert len((root.state / "da_xoa.jsonl").read_text().splitlines()) == 2


def _no_submissions(folder: Path) -> Path:
    path = folder / "submissions.parquet"
    SUBMISSIONS.conform(pl.DataFrame()).write_parquet(path)
    return path


def test_retention_of_the_archive_takes_only_what_does_not_count(two_days: Path) -> None:
    root = Root(two_days)
    what = plan_purge(root, Policy(archive_days=-1))
    assert [one.file for one in what.submissions] == ["mot.csv"]
    gone: Submission = what.submissions[0]
    purge(root, what)
    assert not gone.content(root).exists()
    assert read_published(root) in {place.name for place in root.releases.iterdir()}


def test_rollback_to_what_is_no_release_any_more_changes_nothing(two_days: Path) -> None:
    root = Root(two_days)
    shown, monday = read_published(root), find_release(root, "20261123")
    shutil.rmtree(monday)
    monday.mkdir()
    with pytest.raises(DamagedReleaseError, match="manifest"):
        roll_back(root, monday, None)
    assert read_published(root) == shown
    assert list(monday.iterdir()) == []
