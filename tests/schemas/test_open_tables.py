"""What the contracts declare of open tables fits together, and shows nobody's name, number or own words."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest

from schemas.contract import Dataset, OpenForm
from schemas.datasets import load
from schemas.kinds import KINDS
from schemas.open_forms import COUNTED, KEPT, MONTH, YEAR, ages, bands, merged
from schemas.open_tables import UNIT, coarser, forms_of, labels_of, open_columns, shown, steps_of, subject_of

DATASETS = load()
NEVER = {"so_dinh_danh", "ho_ten", "dien_thoai", "mst", "van_ban"}


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)
def test_an_open_table_shows_no_name_number_or_own_words(dataset: Dataset) -> None:
    columns = [dataset[name] for name in shown(dataset) if name != UNIT]
    assert [c.name for c in columns if c.kind.name in NEVER or c.personal in ("direct", "sensitive")] == []
    assert all(forms_of(c, dataset)[0].how != "nguyen" for c in columns if c.personal)
    assert columns
    if dataset.of_places:
        assert not any(column.personal for column in dataset.columns)
        assert all(form in (KEPT, MONTH, YEAR, COUNTED) for c in columns for form in forms_of(c, dataset))


@pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)
def test_each_step_is_coarser_and_something_is_always_shown(dataset: Dataset) -> None:
    steps = steps_of(dataset)
    ladders = shown(dataset)
    assert {name: steps.count(name) for name in ladders} != {name: len(ladders[name]) for name in ladders}
    for name, forms in ladders.items():
        for fine, coarse in pairwise(forms):
            texts = coarser(fine, coarse, dataset[name])
            assert texts is None or len(set(texts.values())) < len(texts)
    assert list(open_columns(dataset)) == list(ladders)


def test_people_are_counted_where_one_may_have_several_rows() -> None:
    found = {name: subject for name, dataset in DATASETS.items() if (subject := subject_of(dataset))}
    assert found == {"ho_so_tthc": "so_dinh_danh", "nguoi_dung_dau": "ho_ten", "sang_kien": "tac_gia"}


def test_bands_say_where_they_start_and_end() -> None:
    counts, amounts = DATASETS["ho_gia_dinh"]["nhan_khau"], DATASETS["doanh_nghiep"]["doanh_thu"]
    assert [*(labels_of(bands(1, 2, 5), counts) or {}).values()] == ["0", "1", "2–4", "từ 5"]
    assert [*(labels_of(bands(10, 50), amounts) or {}).values()] == ["dưới 10", "10 đến dưới 50", "từ 50"]
    assert [*(labels_of(ages(5, 10), counts) or {}).values()] == ["0–4", "5–9", "từ 10"]


@pytest.mark.parametrize(
    ("fine", "coarse"),
    [
        (bands(1, 5), bands(3)),
        (bands(5), bands(1, 5)),
        (merged({"Con": "Trẻ"}), KEPT),
        (KEPT, merged({"Con": "Khác"})),
        (YEAR, MONTH),
        (MONTH, KEPT),
    ],
    ids=str,
)
def test_a_form_that_is_not_coarser_or_gives_a_text_another_meaning_is_refused(
    fine: OpenForm, coarse: OpenForm
) -> None:
    with pytest.raises(ValueError, match=r"not finer|no way"):
        coarser(fine, coarse, DATASETS["dan_cu"]["quan_he"])


@pytest.mark.parametrize("steps", [("ho_ten",), ("thon", "thon"), ("khong_co",)], ids=str)
def test_steps_that_fit_no_column_are_refused(steps: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="coarsen"):
        steps_of(replace(DATASETS["dan_cu"], coarsen=steps))


def test_every_kind_says_how_it_is_shown_or_is_left_out() -> None:
    dataset = DATASETS["dan_cu"]
    kinds = {name: replace(dataset["tinh_trang"], kind=kind) for name, kind in KINDS.items()}
    left_out = {name for name, column in kinds.items() if not forms_of(column, dataset)}
    assert left_out == {"so_dinh_danh", "ho_ten", "dien_thoai", "mst", "ma", "van_ban"}
