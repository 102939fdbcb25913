"""Plants the declared faults in the records of the latest submissions, at most one per record."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence

from flows.sample.files.cells import Typed
from flows.sample.people.person import Row
from flows.sample.planted import economy, hamlets, networks, office, police, society
from flows.sample.planted.crossed import plant_crossed
from flows.sample.planted.dan_cu import PLAN as DAN_CU
from flows.sample.planted.households import plant_households
from flows.sample.planted.plan import Plan, PlantedChange, Repeat, SameKey
from flows.sample.submission import RowFault, SampleSubmission
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

Place = tuple[SampleSubmission, int]


def plant(
    world: World, submissions: Sequence[SampleSubmission], spared: frozenset[str] = frozenset()
) -> None:
    """Change records of the latest `submissions` as declared in `PLANS`, and note each resulting fault.

    Households in `spared` are not changed. In a very small commune, a change without a suitable record
    is left out.
    """
    plant_crossed(world, submissions)
    used_up = {id(fault.row) for h in submissions for fault in h.faults}
    accounts = {row["so_dinh_danh"] for h in submissions if h.dataset.name == "dinh_danh" for row in h.rows}
    for name, plan in PLANS.items():
        places = [
            (h, at)
            for h in submissions
            if h.latest and h.dataset.name == name
            for at, row in enumerate(h.rows)
            if id(row) not in used_up and row.get("ma_ho") not in spared
        ]
        rng = world.rng("plant", name)
        if name == "dan_cu":
            places = _select_unreferenced(places, accounts)
            used = plant_households(places[0][0], rng, [at for _, at in places], spared) if places else set()
            homes = {h.rows[at]["ma_ho"] for h, at in places for at in used}
            places = [(h, at) for h, at in places if h.rows[at]["ma_ho"] not in homes]
        _Planter(rng, places, by_household=name == "dan_cu").carry_out(plan)


def _select_unreferenced(places: Sequence[Place], accounts: set[str]) -> list[Place]:
    """Persons that no other record refers to: without an account, and not head of a household."""
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
        self._added: list[tuple[SampleSubmission, int, Row]] = []
        self._spent: Counter[int] = Counter()

    def carry_out(self, plan: Plan) -> None:
        """Plant every item of `plan`; added records are inserted last, so that row numbers stay valid."""
        # Items that fit the fewest records choose first.
        for item in sorted(plan, key=self._count_fitting):
            if isinstance(item, SameKey):
                self._plant_same_key(item)
            elif place := self._take(item):
                self._plant_one(item, *place)
        for submission, at, added in sorted(self._added, key=lambda entry: -entry[1]):
            submission.rows.insert(at + 1, added)

    def _count_fitting(self, item: PlantedChange | SameKey | Repeat) -> int:
        if isinstance(item, SameKey):
            return 0
        if isinstance(item, PlantedChange) and item.adds:
            return len(self._places)
        return sum(item.where(h.rows[at]) for h, at in self._places)

    def _take(self, item: PlantedChange | Repeat) -> Place | None:
        """Take the first free record that fits; it and its household are no longer free afterwards."""
        adds = isinstance(item, Repeat) or item.adds
        fit = (p for p in self._places if (adds or self._has_room(p[0])) and item.where(p[0].rows[p[1]]))
        place = next(fit, None)
        if place:
            self._spend(place)
        return place

    def _has_room(self, submission: SampleSubmission) -> bool:
        """Whether one more fault leaves a good record; a submission without any would count as missing."""
        return self._spent[id(submission)] < len(submission.rows) - 1

    def _spend(self, place: Place) -> None:
        self._spent[id(place[0])] += 1
        home = place[0].rows[place[1]].get("ma_ho") if self._by_household else None
        self._places = [
            (h, at)
            for h, at in self._places
            if not (h is place[0] and at == place[1]) and (home is None or h.rows[at]["ma_ho"] != home)
        ]

    def _plant_one(self, item: PlantedChange | Repeat, submission: SampleSubmission, at: int) -> None:
        row = submission.rows[at]
        if isinstance(item, Repeat):
            self._add(submission, at, {**row}, (REPEATED,))
            return
        typed = {name: value(row) if callable(value) else value for name, value in item.typed.items()}
        changed = {**row, **{n: v if isinstance(v, bool) else Typed(v) for n, v in typed.items()}}
        if item.adds:
            self._add(submission, at, changed, item.codes)
            self._places.append((submission, at))
        else:
            submission.rows[at] = changed
            self._note(submission, changed, item.codes)

    def _add(self, submission: SampleSubmission, at: int, added: Row, codes: tuple[str, ...]) -> None:
        self._added.append((submission, at, added))
        self._note(submission, added, codes)

    def _plant_same_key(self, item: SameKey) -> None:
        pair = next(self._pairs(item), None)
        if pair is None:
            return
        for place in pair:
            self._spend(place)
        (submission, one), (_, two) = pair
        key = submission.dataset.key
        first = {**submission.rows[one]}
        second = {**submission.rows[two], **{name: first[name] for name in key}}
        for at, row in ((one, first), (two, second)):
            submission.rows[at] = row
            self._note(submission, row, (CLASHING,))

    def _pairs(self, item: SameKey) -> Iterator[tuple[Place, Place]]:
        """Yield pairs of records of one submission that are alike for `item`, in different households."""
        seen: dict[tuple[int, Hashable], list[Place]] = defaultdict(list)
        for place in self._places:
            submission, at = place
            row = submission.rows[at]
            others = seen[id(submission), item.alike(row)]
            for other in others:
                if not self._by_household or other[0].rows[other[1]]["ma_ho"] != row["ma_ho"]:
                    yield other, place
            others.append(place)

    @staticmethod
    def _note(submission: SampleSubmission, row: Row, codes: tuple[str, ...]) -> None:
        columns = {rule.code: rule.column for rule in judgements_of(submission.dataset)}
        submission.faults.extend(RowFault(row, columns[code], code) for code in codes)
