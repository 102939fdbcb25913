"""Plants declared faults in the records of the latest hand-ins, at most one in a record."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence

from flows.sample.files.cells import Typed
from flows.sample.handin import HandIn, RowFault
from flows.sample.people.person import Row
from flows.sample.planted import economy, hamlets, networks, office, police, society
from flows.sample.planted.crossed import plant_crossed
from flows.sample.planted.dan_cu import PLAN as DAN_CU
from flows.sample.planted.households import plant_households
from flows.sample.planted.plan import Change, Plan, Repeat, SameKey
from flows.sample.world import World
from schemas.judgement import CLASHING, REPEATED, judgements_of

PLANS: Mapping[str, Plan] = {
    "dan_cu": DAN_CU,
    "dinh_danh": police.DINH_DANH,
    "doanh_nghiep": economy.DOANH_NGHIEP,
    "ha_tang_vien_thong": networks.HA_TANG_VIEN_THONG,
    "he_thong_thong_tin": office.HE_THONG_THONG_TIN,
    "ho_gia_dinh": hamlets.HO_GIA_DINH,
    "ho_so_cong_viec": office.HO_SO_CONG_VIEC,
    "ho_so_tthc": office.HO_SO_TTHC,
    "kinh_te_so": economy.KINH_TE_SO,
    "moi_truong": economy.MOI_TRUONG,
    "nguoi_dung_dau": office.NGUOI_DUNG_DAU,
    "phan_anh_ha_tang": hamlets.PHAN_ANH_HA_TANG,
    "sang_kien": society.SANG_KIEN,
    "thanh_toan": economy.THANH_TOAN,
    "to_cong_nghe_so": society.TO_CONG_NGHE_SO,
    "van_dong_giam_sat": society.VAN_DONG_GIAM_SAT,
}

Place = tuple[HandIn, int]


def plant(world: World, hand_ins: Sequence[HandIn], spared: frozenset[str] = frozenset()) -> None:
    """Change records of the latest `hand_ins` by `PLANS` and note each fault that follows.

    The households `spared` stay as they are. A change for which no record is fit, in a very small
    commune, is left out.
    """
    plant_crossed(world, hand_ins)
    used_up = {id(fault.row) for h in hand_ins for fault in h.faults}
    accounts = {row["so_dinh_danh"] for h in hand_ins if h.dataset.name == "dinh_danh" for row in h.rows}
    for name, plan in PLANS.items():
        places = [
            (h, at)
            for h in hand_ins
            if h.latest and h.dataset.name == name
            for at, row in enumerate(h.rows)
            if id(row) not in used_up and row.get("ma_ho") not in spared
        ]
        rng = world.rng("plant", name)
        if name == "dan_cu":
            places = _loose(places, accounts)
            used = plant_households(places[0][0], rng, [at for _, at in places], spared) if places else set()
            homes = {h.rows[at]["ma_ho"] for h, at in places for at in used}
            places = [(h, at) for h, at in places if h.rows[at]["ma_ho"] not in homes]
        _Planter(rng, places, by_household=name == "dan_cu").carry_out(plan)


def _loose(places: Sequence[Place], accounts: set[str]) -> list[Place]:
    """Persons on whom nothing else hangs: no account, no household."""
    return [
        (h, at)
        for h, at in places
        if h.rows[at]["so_dinh_danh"] not in accounts and h.rows[at]["quan_he"] != "Chủ hộ"
    ]


class _Planter:
    def __init__(self, rng: random.Random, places: list[Place], *, by_household: bool) -> None:
        rng.shuffle(places)
        self._places = places
        self._by_household = by_household
        self._added: list[tuple[HandIn, int, Row]] = []
        self._spent: Counter[int] = Counter()

    def carry_out(self, plan: Plan) -> None:
        """Plant every item; records that are added go below theirs at the end, when rows no longer move."""
        # What fits few records chooses first.
        for item in sorted(plan, key=self._fitting):
            if isinstance(item, SameKey):
                self._same_key(item)
            elif place := self._take(item):
                self._one(item, *place)
        for hand_in, at, added in sorted(self._added, key=lambda entry: -entry[1]):
            hand_in.rows.insert(at + 1, added)

    def _fitting(self, item: Change | SameKey | Repeat) -> int:
        if isinstance(item, SameKey):
            return 0
        if isinstance(item, Change) and item.adds:
            return len(self._places)
        return sum(item.where(h.rows[at]) for h, at in self._places)

    def _take(self, item: Change | Repeat) -> Place | None:
        """The first free place that fits; it, and its household, are free no more."""
        adds = isinstance(item, Repeat) or item.adds
        fit = (p for p in self._places if (adds or self._has_room(p[0])) and item.where(p[0].rows[p[1]]))
        place = next(fit, None)
        if place:
            self._spend(place)
        return place

    def _has_room(self, hand_in: HandIn) -> bool:
        """Whether a good record is left after one more fault: a hand-in without any counts as not made."""
        return self._spent[id(hand_in)] < len(hand_in.rows) - 1

    def _spend(self, place: Place) -> None:
        self._spent[id(place[0])] += 1
        home = place[0].rows[place[1]].get("ma_ho") if self._by_household else None
        self._places = [
            (h, at)
            for h, at in self._places
            if not (h is place[0] and at == place[1]) and (home is None or h.rows[at]["ma_ho"] != home)
        ]

    def _one(self, item: Change | Repeat, hand_in: HandIn, at: int) -> None:
        row = hand_in.rows[at]
        if isinstance(item, Repeat):
            self._add(hand_in, at, {**row}, (REPEATED,))
            return
        typed = {name: value(row) if callable(value) else value for name, value in item.typed.items()}
        changed = {**row, **{n: v if isinstance(v, bool) else Typed(v) for n, v in typed.items()}}
        if item.adds:
            self._add(hand_in, at, changed, item.codes)
            self._places.append((hand_in, at))
        else:
            hand_in.rows[at] = changed
            self._note(hand_in, changed, item.codes)

    def _add(self, hand_in: HandIn, at: int, added: Row, codes: tuple[str, ...]) -> None:
        self._added.append((hand_in, at, added))
        self._note(hand_in, added, codes)

    def _same_key(self, item: SameKey) -> None:
        pair = next(self._pairs(item), None)
        if pair is None:
            return
        for place in pair:
            self._spend(place)
        (hand_in, one), (_, two) = pair
        key = hand_in.dataset.key
        first = {**hand_in.rows[one]}
        second = {**hand_in.rows[two], **{name: first[name] for name in key}}
        for at, row in ((one, first), (two, second)):
            hand_in.rows[at] = row
            self._note(hand_in, row, (CLASHING,))

    def _pairs(self, item: SameKey) -> Iterator[tuple[Place, Place]]:
        """Places in one hand-in, and in two households, that `item` holds for alike."""
        seen: dict[tuple[int, Hashable], list[Place]] = defaultdict(list)
        for place in self._places:
            hand_in, at = place
            row = hand_in.rows[at]
            others = seen[id(hand_in), item.alike(row)]
            for other in others:
                if not self._by_household or other[0].rows[other[1]]["ma_ho"] != row["ma_ho"]:
                    yield other, place
            others.append(place)

    @staticmethod
    def _note(hand_in: HandIn, row: Row, codes: tuple[str, ...]) -> None:
        columns = {rule.code: rule.column for rule in judgements_of(hand_in.dataset)}
        hand_in.faults.extend(RowFault(row, columns[code], code) for code in codes)
