"""Generates the telecom operators' records: masts, coverage, fibre and speed by thôn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from flows.sample.people.person import Row
from flows.sample.submission import SampleSubmission, plan_submissions
from flows.sample.world import World

# share of thôn with 4G, with 5G, share of the fibre households
_REACH = {"viettel": (1.0, 0.4, 0.5), "vnpt": (0.9, 0.2, 0.38)}
_SMALLEST = (0.78, 0.1, 0.12)


def make(world: World, homes: Sequence[SampleSubmission]) -> Iterable[SampleSubmission]:
    """Submissions of `ha_tang_vien_thong`, consistent with the fibre households in `homes`."""
    fibre = [_fibre(homes, latest=False), _fibre(homes, latest=True)]
    for unit in world.commune.owing(world.datasets["ha_tang_vien_thong"]):
        yield from plan_submissions(
            world, "ha_tang_vien_thong", unit.name, *_coverage(world, unit.name, fibre)
        )


def _fibre(homes: Sequence[SampleSubmission], *, latest: bool) -> Counter[str]:
    return Counter(
        submission.unit
        for submission in homes
        if submission.latest is latest and submission.dataset.name == "ho_gia_dinh"
        for row in submission.rows
        if row["internet"] == "Cáp quang"
    )


def _coverage(world: World, operator: str, fibre: Sequence[Counter[str]]) -> list[list[Row]]:
    rng = world.rng("coverage", operator)
    wide, fast, share = _REACH.get(operator, _SMALLEST)
    both: list[list[Row]] = [[], []]
    for place in world.commune.thon:
        covered = rng.random() < wide
        newest = covered and rng.random() < fast
        masts = rng.choice((1, 1, 2)) if covered and rng.random() < 0.6 else 0
        for step, rows in enumerate(both):
            newer = newest or (covered and step == 1 and rng.random() < 0.04)
            speed = rng.uniform(90, 210) if newer else rng.uniform(22, 70)
            rows.append(
                {
                    "thon": place.code,
                    "tram_bts": masts,
                    "phu_4g": covered,
                    "phu_5g": newer,
                    "ho_cap_quang": round(fibre[step][place.code] * share),
                    "toc_do": round(speed, 1) if covered else None,
                }
            )
    return both
