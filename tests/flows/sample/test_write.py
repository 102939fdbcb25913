"""The files of the made-up commune: all there, the same each time, handed in in time, plainly made up."""

from datetime import date, datetime
from pathlib import Path

import pytest

from flows import sample
from flows.collect.submission import Submission
from flows.intake.records import clean_submission
from flows.root import HERE
from flows.sample.commune import plan_all_submissions
from flows.sample.files.dropped import make_file
from flows.sample.files.filing import name_file
from flows.sample.files.habits import pick_habits
from flows.sample.world import World
from schemas import registry
from schemas.periods import due, read_period
from tests.flows.sample.conftest import Written, written

TODAY = date(2026, 11, 24)


def contents(of: Written) -> dict[str, tuple[bytes, float]]:
    return {str(p.relative_to(of.root)): (p.read_bytes(), p.stat().st_mtime) for p in of.files}


def world(persons: int = 600, seed: int = 7) -> World:
    contracts = registry.load()
    return World(seed, persons, TODAY, contracts.commune, contracts.datasets)


def test_the_same_seed_gives_the_same_bytes_names_and_times(faulty: Written, tmp_path: Path) -> None:
    again = written(tmp_path)
    assert contents(again) == contents(faulty)
    assert again.truth == faulty.truth


def test_another_seed_gives_other_people(faulty: Written, tmp_path: Path) -> None:
    assert contents(written(tmp_path, seed=8)).keys() != contents(faulty).keys()


def test_every_unit_hands_in_each_of_its_datasets_for_two_periods() -> None:
    contracts = registry.load()
    owed = {(unit.name, d.name) for d in contracts.datasets.values() for unit in contracts.commune.owing(d)}
    handed_in = [(h.unit, h.dataset.name) for h in plan_all_submissions(world())]
    assert sorted(handed_in) == sorted([*owed, *owed])


def test_every_file_name_says_that_it_is_made_up(faulty: Written) -> None:
    assert [path.name for path in faulty.files if "MAU" not in path.name] == []


@pytest.mark.slow
def test_every_form_is_read_as_its_dataset_and_period_with_all_its_records() -> None:
    made, contracts = world(200), registry.load()
    for submission in plan_all_submissions(made):
        file = make_file(made, submission)
        collected = Submission(file.received.isoformat(), file.unit, file.name, "0" * 64, len(file.data))
        (part,) = clean_submission(collected, file.data, contracts).parts
        assert (part.dataset, part.period) == (submission.dataset.name, submission.period), file.name
        assert part.frame.height == len(submission.rows), file.name
        assert part.nil is (not submission.rows)


def test_the_clean_commune_hands_in_after_the_period_and_by_the_deadline() -> None:
    for submission in plan_all_submissions(world()):
        assert submission.period.end < submission.day <= due(submission.period, submission.dataset.due, {})


def test_files_bear_the_moment_at_which_they_were_handed_in(clean: Written) -> None:
    days = {datetime.fromtimestamp(path.stat().st_mtime, HERE).date() for path in clean.files}
    assert max(days) <= TODAY


@pytest.mark.slow
@pytest.mark.parametrize("day", [date(2026, 11, 15), date(2027, 1, 2), date(2026, 9, 30)])
def test_any_day_will_do(day: date, tmp_path: Path) -> None:
    assert sample.write(tmp_path, persons=150, today=day).persons >= 150


def test_file_names_state_their_period_or_none() -> None:
    made = world(200)
    for submission in plan_all_submissions(made):
        stem = name_file(made, submission, pick_habits(made, submission)).rpartition(".")[0]
        assert read_period([stem], submission.dataset.cadence) <= {submission.period.label}


@pytest.mark.parametrize("persons", [20, 1_000_000])
def test_a_commune_that_cannot_be_is_refused(persons: int, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="persons"):
        sample.write(tmp_path, persons=persons)


def test_progress_is_told_file_by_file(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    summary = sample.write(
        tmp_path, persons=150, clean=True, progress=lambda done, total: told.append((done, total))
    )
    assert told == [(n, summary.files) for n in range(1, summary.files + 1)]


def test_the_last_period_differs_from_the_one_before_in_more_than_dates() -> None:
    submissions = plan_all_submissions(world(200))
    for earlier, later in zip(submissions[::2], submissions[1::2], strict=True):
        undated = [c.name for c in later.dataset.columns if c.kind.name != "ngay"]
        if later.rows and earlier.rows:
            then, now = ([[row[name] for name in undated] for row in h.rows] for h in (earlier, later))
            assert then != now
            assert len(later.rows) >= 0.7 * len(earlier.rows)
