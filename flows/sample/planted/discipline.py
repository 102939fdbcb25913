"""Plants faults of whole submissions: late, missing, with an unknown column, or with a wrong total."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from flows.sample.files.dropped import Dropped, make_file
from flows.sample.files.mishap import Mishap
from flows.sample.planted.truth import Planted
from flows.sample.submission import SampleSubmission
from flows.sample.world import World
from schemas.periods import due

_LATE = timedelta(days=5)


def plant_undisciplined(world: World, submissions: Sequence[SampleSubmission]) -> Iterator[Dropped]:
    """Yield the files of `submissions`: one late, one missing, one with an unknown column, one total wrong.

    If all submissions have faults already (in a very small commune), none is late, missing or unknown.
    """
    fit = {h: [*_select_faultless(submissions, h)] for h in ("ho_gia_dinh", "phan_anh_ha_tang")}
    rng = world.rng("discipline")
    late, strange = _draw(rng, fit["ho_gia_dinh"], 2)
    (missing,) = _draw(rng, fit["phan_anh_ha_tang"], 1)
    for submission in submissions:
        if submission is missing and _over(world, submission):
            continue
        if submission is late and _over(world, submission):
            yield _late(world, submission)
        elif submission is strange:
            yield make_file(world, submission, Mishap(strange="Tên nhóm Zalo"))
        elif submission.dataset.name == "to_cong_nghe_so" and submission.latest:
            yield make_file(world, submission, Mishap(wrong_total="buoi_huong_dan"))
        else:
            yield make_file(world, submission)


def _draw(
    rng: random.Random, fit: Sequence[SampleSubmission], count: int
) -> Sequence[SampleSubmission | None]:
    return rng.sample(fit, count) if len(fit) >= count else [None] * count


def list_absent(
    world: World, submissions: Sequence[SampleSubmission], dropped: Sequence[Dropped]
) -> tuple[Planted, ...]:
    """One fault `giao_nop.chua_co` for each submission without a file."""
    came = {(file.unit, file.received) for file in dropped}
    return tuple(
        Planted(h.unit, "giao_nop.chua_co", h.dataset.name, h.period.label)
        for h in submissions
        if h.latest and h.dataset.name == "phan_anh_ha_tang" and (h.unit, h.received) not in came
    )


def _select_faultless(submissions: Sequence[SampleSubmission], dataset: str) -> Iterator[SampleSubmission]:
    """Latest submissions of `dataset` without a planted fault."""
    return (h for h in submissions if h.latest and h.dataset.name == dataset and not h.faults)


def _over(world: World, submission: SampleSubmission) -> bool:
    """Whether the deadline was long enough ago for a late submission before today."""
    return due(submission.period, submission.dataset.due, world.commune.moved) + _LATE <= world.today


def _late(world: World, submission: SampleSubmission) -> Dropped:
    last = due(submission.period, submission.dataset.due, world.commune.moved)
    moment = submission.received.replace(year=last.year, month=last.month, day=last.day) + _LATE
    file = make_file(world, replace(submission, received=moment))
    fault = Planted(submission.unit, "giao_nop.tre_han", submission.dataset.name, submission.period.label)
    return replace(file, planted=(*file.planted, fault))
