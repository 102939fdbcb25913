"""Ordinary habits and hostile files, each an attack that a test holds: one of these, or one elsewhere."""

from __future__ import annotations

import ast
import codecs
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from unittest.mock import patch

import polars as pl
import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from flows.cli.main import build_app
from flows.collect.archive import list_archived, read_receipts
from flows.collect.folder import LARGEST, UNKNOWN
from flows.day import DayOutcome, run_day
from flows.engine.plain import PlainRunner
from flows.release.intact import IntactFiles
from flows.release.publish import day_of, read_published
from flows.release.sql import list_damaged, open_database
from flows.root import HERE, Root
from schemas.datasets import load as load_datasets
from schemas.privacy import protection
from schemas.registry import load
from schemas.tables import TABLES
from tests.arrived import receive
from tests.conftest import TODAY, lines
from tests.laws.as_written import collect_as_written
from tests.laws.disturbed import InThisProcess, lenient

PROJECT = Path(__file__).resolve().parents[2]

_COLLECT = "flows/collect/test_inbox.py::test_"
_ARCHIVE = "flows/collect/test_archive.py::test_"
_ACCEPT = "flows/cli/test_accept.py::test_"
_RELEASES = "flows/cli/test_releases.py::test_"
_OWNER = "flows/intake/test_owner.py::test_"
_CORRECTIONS = "flows/settle/test_corrections.py::test_"
_LIMITS = "flows/intake/test_limits.py::test_"
_READ = "flows/intake/test_cache.py::test_"
_GROWTH = "flows/read/formats/test_growth.py::test_"
_AREA = "flows/read/formats/test_sheet_area.py::test_"
_BOOK = "flows/books/test_book.py::test_"
_DAMAGE = "flows/release/test_damage.py::test_"
_BUILD = "flows/test_build.py::test_"
_CACHE = "flows/test_cache.py::test_"
_DAILY = "flows/test_daily.py::test_"
_OPEN = "flows/release/test_open_tables.py::test_"
_SPLIT = "flows/forget/test_split.py::test_"
_HAND_IN = "flows/collect/test_hand_in.py::test_"
_MAIL = "flows/collect/sources/test_imap.py::test_"
_LINK = "flows/collect/sources/test_link.py::test_"
_ANSWER = "flows/notify/test_answers.py::test_"
_ROT = "laws/test_rot.py::test_"
_CRASH = "laws/test_crash.py::test_"

#: Each attack that is held elsewhere, and the test under `tests/` that holds it.
HELD: Mapping[str, str] = {
    # Whose a file is.
    "a file in a wrong folder, then a good one of another unit": _ACCEPT
    + "a_file_in_a_wrong_folder_is_told_of_until_its_sender_takes_it_away",
    "a refused file that is mended under its own name": _ACCEPT
    + "a_refused_file_that_is_mended_under_its_own_name_is_told_of_no_more",
    "a refused file, then a good one of another period": _ACCEPT
    + "a_refused_file_is_told_of_until_that_period_is_replaced",
    "a folder that is nearly a unit's": _OWNER + "the_folder_of_a_unit_that_is_nearly_named_is_proposed",
    "the form of another unit after a good one": _ACCEPT + "the_form_of_another_unit_replaces_nothing",
    "a title or a file name of another unit": _OWNER + "a_table_that_names_another_unit_is_held",
    "a sheet of another unit": _OWNER + "a_sheet_that_names_another_unit_is_held",
    "a form that was printed for another unit": _OWNER + "the_stamp_of_our_form_says_whose_it_is",
    "the records of another unit without any name, also before they are handed in": _ACCEPT
    + "the_form_of_another_unit_is_known_by_its_records",
    "a file of another unit before it is handed in": "flows/cli/test_check.py::test_"
    "a_file_of_another_unit_is_refused",
    "who is right is said once and recorded": _ACCEPT + "who_is_right_is_said_once",
    # When it came.
    "a file whose clock says last month, or 1980": _COLLECT
    + "received_is_when_it_came_whatever_the_files_clock_says",
    "a correction with an older clock": _COLLECT + "what_arrives_last_counts_even_with_an_older_clock",
    "an impossible clock of a file": "flows/intake/test_owed.py::test_an_impossible_clock_of_a_file_is_told",
    "a day gone by, of which more is known today": "flows/test_day.py::test_"
    "a_day_is_judged_on_what_had_come_by_then",
    "a clock of our own that is set back a little": _COLLECT
    + "what_arrives_last_counts_though_our_clock_is_set_back_a_little",
    "a clock of our own that is wrong": _COLLECT
    + "nothing_is_taken_while_our_clock_shows_an_earlier_day_than_the_archive",
    "a file that is taken away while our clock is wrong": _COLLECT
    + "no_file_is_said_to_be_gone_at_a_time_that_can_not_be",
    "an answer while our clock is wrong": _ACCEPT
    + "nothing_is_said_while_our_clock_shows_an_earlier_day_than_the_archive",
    "receipts of a day to come": "flows/mend/test_clock.py::test_"
    "files_received_on_a_day_to_come_are_received_now_if_our_clock_is_right",
    "an old archive of files": _COLLECT + "loading_the_past_takes_the_files_clock_and_names_impossible_ones",
    "one content, another, and the first again": _COLLECT + "a_then_b_then_a_again_is_three_submissions",
    # Part of a file.
    "only the corrected rows": _ACCEPT + "what_a_short_list_is_can_be_said_once",
    "only the corrected rows, unsaid": _CORRECTIONS
    + "a_list_that_lacks_most_of_the_rows_is_warned_of_until_somebody_says_what_it_is",
    "a marked workbook that says that it only corrects": _OWNER
    + "a_clerk_says_in_the_marked_workbook_what_comes_back",
    "corrections row by row": _CORRECTIONS + "random_corrections_leave_what_a_whole_list_would",
    "a file that is still being written": _COLLECT
    + "a_file_that_is_being_written_waits_whatever_its_clock_says",
    "what programs leave beside files": _COLLECT + "files_that_nobody_handed_in_are_passed_over",
    "what a program that keeps folders alike leaves of two changes": _COLLECT
    + "of_a_file_that_two_computers_changed_people_say_which_is_right",
    "links, pipes and files of 3 GB": _COLLECT + "what_can_not_be_taken_is_named",
    "a folder that can't be opened": _COLLECT + "a_folder_that_can_not_be_opened_is_named",
    # One file and the day.
    "a name of any bytes": _COLLECT + "any_name_is_taken_and_safe_to_print",
    "a file that vanishes between two looks": _COLLECT
    + "a_file_that_is_gone_between_two_looks_stops_no_other",
    "a file that can't be read": _COLLECT + "a_file_that_can_not_be_read_is_named_wherever_it_lies",
    "a file that grows while it is read": _COLLECT
    + "a_file_that_grows_beyond_all_bounds_while_it_is_read_is_not_taken_in_part",
    "a file or folder that becomes a link while we wait": _COLLECT
    + "what_becomes_a_link_while_we_wait_is_not_followed",
    "a page behind a byte order mark and a line break": _LIMITS
    + "a_page_is_a_page_whatever_stands_before_it",
    "a content that is no text": _LIMITS + "what_is_no_text_has_limits",
    "a text": _LIMITS + "only_a_large_text_has_none",
    "a very long late line": _GROWTH + "a_long_late_line_is_read_within_the_limits_of_a_small_file",
    "shapes whose cost could grow with the square": _GROWTH
    + "four_times_the_size_costs_about_four_times_as_much",
    "borders to the last row": _AREA + "borders_far_down_change_nothing_and_cost_little",
    "bombs, loops and mazes": _READ + "hostile_files_are_refused_and_the_others_read",
    "a file over which the reader dies": _READ
    + "a_file_over_which_the_reader_dies_is_refused_and_tried_again",
    "a file over which our code fails": _READ
    + "a_file_over_which_our_code_fails_is_refused_and_told_of_without_its_content",
    # A state that is damaged.
    "a reason with line separators": _BOOK + "no_text_breaks_a_line",
    "a reason with line separators, in the journal": _DAMAGE + "no_reason_can_break_the_journal",
    "a torn line of the journal": _DAMAGE + "a_torn_line_of_the_journal_is_named_and_the_others_are_read",
    "any damage to one copy of a book": _BOOK + "damage_to_one_copy_is_named_and_loses_nothing",
    "an empty receipt": _ARCHIVE + "a_damaged_receipt_comes_back_as_it_was",
    "a receipt that is damaged in both copies": _ARCHIVE
    + "a_damaged_receipt_is_set_aside_and_its_file_taken_again",
    "a damaged receipt whose file is gone": _ARCHIVE
    + "a_damaged_receipt_whose_file_is_gone_is_named_by_every_run",
    "a content that is missing": _ARCHIVE + "a_lost_content_comes_back_from_the_inbox",
    "a content that is lost for good": _ROT + "a_content_that_is_lost_for_good_is_named_and_the_others_count",
    "a damaged manifest": _RELEASES + "rollback_to_what_is_no_release_any_more_changes_nothing",
    "the release on show restored as a folder": _DAMAGE + "a_folder_in_the_place_of_the_link_is_renamed",
    "damages of all kinds, named and mended": _RELEASES + "what_is_damaged_is_named_and_mended",
    "any damage to any one file": _ROT + "one_damaged_file_is_named_and_mended",
    "200 damages": _ROT + "any_damaged_file_is_named_and_mended",
    "a release that is lost for good": _ROT
    + "a_release_that_is_lost_for_good_is_put_aside_and_readers_see_the_one_before",
    "a bit of a release that turned, on the next day": _BUILD
    + "files_are_written_anew_where_the_earlier_ones_are_not_whole",
    "a byte of the archive that turned": _READ + "a_damaged_content_is_refused_and_the_others_read",
    "a release that somebody goes back to": _RELEASES + "nobody_is_shown_a_damaged_release_again",
    "every byte of a release": _RELEASES + "verify_finds_every_byte_that_is_not_as_published",
    "a look over everything, every week": _DAILY
    + "the_schedule_fires_on_a_server_of_our_own_which_asks_for_its_secret",
    "a kill at every operation": _CRASH + "a_run_killed_at_every_file_operation_leaves_whole_releases",
    "300 kills": _CRASH + "a_run_killed_at_any_moment_leaves_whole_releases",
    # Other users of the machine, and of the line.
    "orders to the server of the service, without its secret or for another folder": _DAILY
    + "the_schedule_fires_on_a_server_of_our_own_which_asks_for_its_secret",
    "a server elsewhere on an open line": _DAILY
    + "a_server_elsewhere_is_not_told_its_secret_on_an_open_line",
    "a pickle that was prepared": _CACHE + "a_pickle_that_was_not_kept_here_is_never_read",
    "a state of another owner": _CACHE + "a_var_of_another_owner_is_refused",
    # Mails and other places.
    "names that lead out of a unit's folder": _HAND_IN + "no_name_leads_elsewhere",
    "links in a unit's folder": _HAND_IN + "no_link_is_followed",
    "a file that is killed on its way in": _HAND_IN
    + "a_kill_at_any_moment_loses_nothing_and_doubles_nothing",
    "a mail with another's address as its sender": _MAIL + "only_our_own_server_vouches_for_a_sender",
    "a file of a stranger": _MAIL + "a_stranger_s_file_is_told_until_he_is_known",
    "a mail that writes headers of its answer": _ANSWER + "no_mail_writes_headers_of_its_answer",
    "a workbook for who is not of the unit": _ANSWER + "nobody_else_is_answered",
    "a server that plays another": "flows/collect/sources/test_sftp.py::test_"
    "a_server_with_another_key_gets_no_password",
    "a link that leads the password elsewhere": _LINK
    + "a_link_that_leads_on_is_followed_without_the_password",
    "a server that breaks off in the middle": _LINK + "what_breaks_off_in_the_middle_is_not_taken",
    # People.
    "people told apart by what is published": "laws/test_open_communes.py::test_a_small_commune_is_so",
    "people of communes of 300, 3,000 and 12,000 told apart": "laws/test_open_communes.py::test_"
    "a_commune_of_any_size_is_so",
    "groups that are too small": _OPEN + "no_group_is_smaller_and_every_record_is_shown_or_counted",
    "an open table made by a wrong rule": "flows/audit/test_auditor.py::test_"
    "an_open_table_made_by_a_wrong_rule_is_not_published",
    "a person's number used as a tax code": "flows/test_protect.py::test_"
    "a_person_has_one_token_as_a_tax_code_too",
    "records that others could read": _BUILD
    + "records_are_for_the_owners_group_and_open_tables_for_everybody",
    "cells about people on pages for everybody": "flows/report/test_page_data.py::test_"
    "what_was_typed_about_people_is_on_no_page_for_everybody",
    "a name split over two cells": _SPLIT + "what_is_split_over_cells_is_seen_and_taken_out",
    "a name split over two runs of a comment": _SPLIT
    + "what_is_split_over_runs_of_a_comment_is_seen_and_taken_out",
    "asking for a name that is split": _SPLIT
    + "find_tells_of_a_file_that_mentions_the_person_nowhere_but_there",
    # What is shown.
    "names and cells that steer the terminal or are markup": "laws/test_terminal.py::test_"
    "no_command_prints_what_steers_the_terminal",
    "cells that begin like a formula": "flows/release/test_sql.py::test_"
    "no_cell_begins_like_a_formula_by_whatever_separator",
    "any umask": "flows/test_files.py::test_what_is_not_private_everybody_may_read_whatever_the_umask_is",
    "two files that are masked alike": _COLLECT
    + "two_files_whose_numbers_are_masked_alike_are_taken_once_each",
    # All at once.
    "36 months of resubmitted, late, misfiled and copied files": "laws/test_three_years.py::test_"
    "three_years_of_habits_come_out_as_they_were",
}

_MINUTES = count()


def test_every_test_that_holds_an_attack_is_there() -> None:
    tests = PROJECT / "tests"
    wanted = {(name.partition("::")[0], name.partition("::")[2]) for name in HELD.values()}
    named = {
        (path, each.name)
        for path in {path for path, _ in wanted}
        for each in ast.parse((tests / path).read_text(encoding="utf-8")).body
        if isinstance(each, ast.FunctionDef)
    }
    assert wanted - named == set()


def form(thon: str, rows: int = 2, month: int = 10) -> bytes:
    head = [
        [thon],
        [f"Tháng {month} năm 2026"],
        ["Ngày phản ánh", "Nhà mạng", "Nội dung", "Trạng thái", "Ngày giải quyết"],
    ]
    records = [[f"0{at + 1}/{month}/2026", "Viettel", f"Mất sóng {at}", "Mới", None] for at in range(rows)]
    return lines([*head, *records]).encode()


def drop(root: Path, name: str, data: bytes) -> Path:
    """Put a file into the inbox, a minute after the one before."""
    path = root / "raw" / "inbox" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    moment = (datetime(2026, 11, 20, 8, tzinfo=HERE) + timedelta(minutes=next(_MINUTES))).timestamp()
    os.utime(path, (moment, moment))
    return path


def run(root: Path, runner: type[PlainRunner] = InThisProcess) -> DayOutcome:
    with patch("flows.day.collect", collect_as_written):
        return run_day(Root(root), load(), TODAY, runner(Console(quiet=True)), audits=lenient)


def dulieuxa(*words: str, root: Path) -> Result:
    """A command in this process, its day audited elsewhere."""
    with (
        patch("flows.day.run_day", partial(run_day, audits=lenient)),
        patch("flows.engine.plain.PlainRunner", InThisProcess),
        patch("time.sleep", lambda _: None),
    ):
        return CliRunner().invoke(build_app(), [*words, "--root", str(root)])


def refusals(outcome: DayOutcome) -> dict[str, set[str]]:
    """The blocking faults of whole files, by unit."""
    found = outcome.faults.filter(pl.col("code").str.starts_with("tep."), severity="chan")
    return {str(unit): {*of["code"]} for (unit,), of in found.group_by("unit")}


def counted(outcome: DayOutcome) -> dict[str, int]:
    """The accepted records of each unit."""
    live = outcome.submissions.filter(pl.col("state").is_in(["chap_nhan", "mot_phan"]))
    return dict(live.group_by("unit").agg(pl.col("rows_accepted").sum()).iter_rows())


def test_a_refusal_of_any_kind_stands_until_its_own_sender_replaces_that_file(tmp_path: Path) -> None:
    drop(tmp_path, "T01/phan anh thang 9.csv", form("Phố 1"))
    drop(tmp_path, "T02/a.csv", form("Phố 2").replace("Nội dung".encode(), "Ghi chép".encode()))
    twice = form("Phố 3").replace("Nội dung".encode(), "Nội dung;Nội dung".encode())
    drop(tmp_path, "T03/a.csv", twice.replace("Mất sóng".encode(), "Mất sóng;Mất sóng".encode()))
    drop(tmp_path, "t06/a.csv", form("Phố Lê Lai"))
    drop(tmp_path, "a.csv", form("Phố Lê Lai"))
    wrong = refusals(run(tmp_path))
    assert wrong == {
        "T01": {"tep.khac_ky"},
        "T02": {"tep.thieu_cot"},
        "T03": {"tep.trung_cot"},
        "t06": {"tep.sai_don_vi"},
        UNKNOWN: {"tep.sai_don_vi"},
    }
    drop(tmp_path, "T04/a.csv", form("Phố 4"))
    for thon in (1, 2, 3):
        drop(tmp_path, f"T0{thon}/b.csv", form(f"Phố {thon}", month=8))
    assert refusals(run(tmp_path)).keys() == wrong.keys()
    for thon in (1, 2, 3):
        drop(tmp_path, f"T0{thon}/c.csv", form(f"Phố {thon}"))
    drop(tmp_path, "T06/a.csv", form("Phố Lê Lai"))
    assert refusals(run(tmp_path)) == {}


def test_what_came_first_counts_again_when_it_comes_once_more(tmp_path: Path) -> None:
    for rows in (2, 3, 2):
        drop(tmp_path, "T01/a.csv", form("Phố 1", rows))
        receive(Root(tmp_path), TODAY)
    assert counted(run(tmp_path)) == {"T01": 2}


def test_a_day_that_is_mistyped_changes_nothing_for_other_days(tmp_path: Path) -> None:
    """A day gone by stamps no receipt, one to come is asked about, and who runs today is told."""
    begun = datetime.now(HERE)
    days = {name: f"{begun + timedelta(days=by):%Y-%m-%d}" for name, by in (("past", -2), ("to come", 2))}
    drop(tmp_path, "T01/a.csv", form("Phố 1"))
    assert dulieuxa("run", "--plain", "--date", days["past"], root=tmp_path).exit_code == 0
    (one,) = read_receipts(Root(tmp_path))
    assert datetime.fromisoformat(one.submission.received) >= begun
    refused = dulieuxa("run", "--plain", "--date", days["to come"], root=tmp_path)
    assert refused.exit_code == 2
    assert "--yes" in refused.output
    assert dulieuxa("run", "--plain", "--date", days["to come"], "--yes", root=tmp_path).exit_code == 0
    said = dulieuxa("run", "--plain", root=tmp_path)
    first = next(line for line in said.stdout.splitlines() if not line.endswith("…"))
    assert first.startswith("Người đọc KHÔNG thấy bản này")
    assert day_of(str(read_published(Root(tmp_path)))) == days["to come"].replace("-", "")
    assert [each.file for each in list_archived(Root(tmp_path), begun.date() + timedelta(days=1))] == [
        "a.csv"
    ]


def test_old_files_are_loaded_by_a_command_of_its_own_that_says_so(tmp_path: Path) -> None:
    drop(tmp_path, "T01/a.csv", form("Phố 1"))
    assert dulieuxa("import", root=tmp_path).exit_code == 2
    assert dulieuxa("import", "--as-received-when-written", root=tmp_path).exit_code == 0
    (one,) = list_archived(Root(tmp_path), TODAY)
    assert one.received == one.written


def test_the_made_up_commune_is_loaded_so(tmp_path: Path) -> None:
    words = ["sample", str(tmp_path), "--persons", "100", "--clean"]
    assert CliRunner().invoke(build_app(), words).exit_code == 0
    found = [each.submission for each in read_receipts(Root(tmp_path))]
    assert len(found) > 100
    assert [one for one in found if one.received != one.written] == []


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, DayOutcome]]:
    """A day on which hostile things lie beside good files, run under a umask that forbids nothing."""
    root = tmp_path_factory.mktemp("attacked") / "xa"
    inbox = root / "raw" / "inbox"
    for number in range(1, 10):
        (inbox / f"T0{number}").mkdir(parents=True)
    good = drop(root, "T01/a.csv", form("Phố 1"))
    os.rename(good, os.fsencode(good.parent) + b"/b\xe1o c\xe1o.csv")  # noqa: PTH104 - bytes
    with (inbox / "T02" / "a.xlsx").open("wb") as file:
        file.truncate(LARGEST + 1)
    (inbox / "T03" / "a.csv").symlink_to("/etc/hostname")
    os.mkfifo(inbox / "T04" / "a.csv")
    cells = (line.split(";") for line in form("Phố 5").decode().splitlines())
    rows = "".join(f"<tr>{''.join(f'<td>{cell}' for cell in row)}" for row in cells)
    drop(root, "T05/a.xls", codecs.BOM_UTF8 + f"\r\n<html><table>{rows}</table></html>".encode())
    drop(root, "T06/a.csv", form("Phố Lê Lai") + b"\n" + b"1;x;" * 1_000)
    drop(root, "T07/.git/a.csv", form("Phố Trung Tâm"))
    drop(root, "T07/Thumbs.db", b"x")
    drop(root, "t08/a.csv", form("Phố 1"))
    drop(root, "T09/a.zip", b"PK\3\4" + bytes(40))
    before = os.umask(0)
    try:
        yield root, run(root, PlainRunner)
    finally:
        os.umask(before)


def test_no_file_stops_the_day_and_each_is_named(day: tuple[Path, DayOutcome]) -> None:
    _, outcome = day
    assert counted(outcome).items() >= {"T01": 2, "T05": 2}.items()
    assert [one.place for one in outcome.obstacles] == ["T02/a.xlsx", "T03/a.csv", "T04/a.csv"]
    assert {*outcome.submissions["unit"]} == {"T01", "T05", "T06", "t08", "T09"}
    assert refusals(outcome).keys() >= {"t08", "T09"}
    assert outcome.faults.filter(unit="T06", severity="chan").height


def test_doctor_names_what_could_not_be_taken(day: tuple[Path, DayOutcome]) -> None:
    root, outcome = day
    said = dulieuxa("doctor", root=root)
    assert said.exit_code == 1
    assert [f"Không nhận được {one}" for one in map(str, outcome.obstacles)] == [
        line.removeprefix("✗ ") for line in said.stdout.splitlines() if "Không nhận được" in line
    ]


def test_what_shows_several_cells_of_a_row_opens_to_the_group_alone(day: tuple[Path, DayOutcome]) -> None:
    """Whatever the umask is; and nobody may write anything."""
    _, outcome = day
    release = outcome.release
    internal = {"reports/loi.html", *(f"{name}.parquet" for name, of in TABLES.items() if of.internal)}
    for path in (path for path in release.rglob("*") if path.is_file()):
        name = path.relative_to(release).as_posix()
        mode = stat.S_IMODE(path.stat().st_mode)
        if name in internal or name.startswith("data/"):
            assert mode == 0o440, name
        elif "/tra_bai/" in name:
            assert mode == 0o400, name
        else:
            assert mode == 0o444, name
    assert {"faults.parquet", "changes.parquet"} < internal


def test_a_damaged_table_is_named_to_who_asks_and_handed_on_to_no_other_day(
    day: tuple[Path, DayOutcome], tmp_path: Path
) -> None:
    root = Path(shutil.copytree(day[0], tmp_path / "xa", symlinks=True, ignore=lambda *_: ["inbox"]))
    table = Root(root).releases / day[1].release.name / "roll_call.parquet"
    data = bytearray(table.read_bytes())
    data[len(data) // 2] ^= 1
    table.chmod(0o600)
    table.write_bytes(data)
    asked = dulieuxa("sql", "select count(*) from submissions", root=root)
    assert asked.exit_code == 0
    assert f"Bảng main.roll_call không hỏi được. {table}" in asked.stderr.replace("\n", "")
    assert "doctor --fix" in asked.stderr
    again = run(root)
    assert again.release.name == day[1].release.name
    assert any(str(table) in said for said in again.damaged)
    assert dulieuxa("sql", "select count(*) from roll_call", root=root).stderr == ""


def test_a_table_that_is_not_for_us_is_not_said_to_be_damaged(
    day: tuple[Path, DayOutcome], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who is not of the group can't read it, so what is in it can't be seen."""
    for_us = {each.path for each in os.scandir(day[1].release)} - {str(day[1].release / "faults.parquet")}
    monkeypatch.setattr("flows.release.sql.os.access", lambda place, _: str(place) in for_us)
    monkeypatch.setattr("flows.release.intact.IntactFiles.find_fault", _find_nothing_but_what_is_read(for_us))
    assert list_damaged(day[1].release) == {}
    with open_database(day[1].release) as database:
        names = {name for (name,) in database.sql("select view_name from duckdb_views()").fetchall()}
    assert "submissions" in names
    assert "faults" not in names


def _find_nothing_but_what_is_read(readable: set[str]) -> Callable[[IntactFiles, str], str | None]:
    def find(files: IntactFiles, path: str) -> str | None:
        place = files.place / path.partition("/")[0]
        return None if str(place) in readable else "không đọc được"

    return find


def test_no_full_date_of_a_person_is_published() -> None:
    dates = [
        column
        for dataset in load_datasets().values()
        for column in dataset.columns
        if column.personal and column.kind.dtype == pl.Date
    ]
    assert len(dates) > 1
    assert {protection(column) for column in dates} <= {"nam", "bo"}


@pytest.mark.parametrize("scheduler", ["tcp://10.0.0.5:8786", "10.0.0.5:8786", "tcp://127.0.0.1.a.example:1"])
def test_no_key_of_a_province_goes_over_an_open_line(scheduler: str, tmp_path: Path) -> None:
    words = ["roll-up", str(tmp_path), "--out", str(tmp_path / "tinh"), "--scheduler", scheduler]
    refused = CliRunner().invoke(build_app(), words)
    assert refused.exit_code == 2
    assert "tls://" in refused.output


def test_what_the_readme_says_of_several_machines_is_encrypted_throughout() -> None:
    text = (PROJECT / "README.md").read_text(encoding="utf-8")
    commands = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    assert {*re.findall(r"(\w+)://", commands)} == {"tls", "https", "s3"}
