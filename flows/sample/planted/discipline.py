"""Hand-ins that come late, not at all, with a column of their own, or with a total that is off."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from flows.sample.files.dropped import Dropped, file_of
from flows.sample.files.mishap import Mishap
from flows.sample.handin import HandIn
from flows.sample.planted.truth import Planted
from flows.sample.world import World
from schemas.periods import due

_LATE = timedelta(days=5)


def undisciplined(world: World, hand_ins: Sequence[HandIn]) -> Iterator[Dropped]:
    """The files of `hand_ins`, one of them late, one missing, one with a strange column, one total wrong.

    Where all are faulty already, as in a very small commune, none is late, missing or strange.
    """
    fit = {h: [*_fit(hand_ins, h)] for h in ("ho_gia_dinh", "phan_anh_ha_tang")}
    rng = world.rng("discipline")
    late, strange = _drawn(rng, fit["ho_gia_dinh"], 2)
    (missing,) = _drawn(rng, fit["phan_anh_ha_tang"], 1)
    for hand_in in hand_ins:
        if hand_in is missing and _over(world, hand_in):
            continue
        if hand_in is late and _over(world, hand_in):
            yield _late(world, hand_in)
        elif hand_in is strange:
            yield file_of(world, hand_in, Mishap(strange="Tên nhóm Zalo"))
        elif hand_in.dataset.name == "to_cong_nghe_so" and hand_in.latest:
            yield file_of(world, hand_in, Mishap(wrong_total="buoi_huong_dan"))
        else:
            yield file_of(world, hand_in)


def _drawn(rng: random.Random, fit: Sequence[HandIn], count: int) -> Sequence[HandIn | None]:
    return rng.sample(fit, count) if len(fit) >= count else [None] * count


def absent(world: World, hand_ins: Sequence[HandIn], dropped: Sequence[Dropped]) -> tuple[Planted, ...]:
    """`giao_nop.chua_co` for each hand-in without its file."""
    came = {(file.unit, file.received) for file in dropped}
    return tuple(
        Planted(h.unit, "giao_nop.chua_co", h.dataset.name, h.period.label)
        for h in hand_ins
        if h.latest and h.dataset.name == "phan_anh_ha_tang" and (h.unit, h.received) not in came
    )


def _fit(hand_ins: Sequence[HandIn], dataset: str) -> Iterator[HandIn]:
    """Latest hand-ins of `dataset` in which nothing is planted yet."""
    return (h for h in hand_ins if h.latest and h.dataset.name == dataset and not h.faults)


def _over(world: World, hand_in: HandIn) -> bool:
    """Whether its deadline has passed long enough for coming late."""
    return due(hand_in.period, hand_in.dataset.due, world.commune.moved) + _LATE <= world.today


def _late(world: World, hand_in: HandIn) -> Dropped:
    last = due(hand_in.period, hand_in.dataset.due, world.commune.moved)
    moment = hand_in.received.replace(year=last.year, month=last.month, day=last.day) + _LATE
    file = file_of(world, replace(hand_in, received=moment))
    fault = Planted(hand_in.unit, "giao_nop.tre_han", hand_in.dataset.name, hand_in.period.label)
    return replace(file, planted=(*file.planted, fault))
