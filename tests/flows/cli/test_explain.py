"""Every code that the program can say is explained: meaning, reason, remedy, examples."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from flows.cli.main import build_app
from flows.faults.examples import Example, make_examples
from flows.faults.explain import Explanation, explain, list_codes
from schemas.contract import Dataset, Rows
from schemas.judgement import judgements_of
from schemas.registry import load
from schemas.whole_faults import WHOLE_FAULTS
from tests.flows.trial import trial

CONTRACTS = load()
DATASETS = CONTRACTS.datasets
PROJECT = Path(__file__).parents[3]


def run_explain(*words: str):
    return CliRunner().invoke(build_app(), ["explain", *words])


def test_every_code_is_explained_with_a_good_and_a_bad_example() -> None:
    told = [
        one
        for name, dataset in DATASETS.items()
        for code in list_codes({name: dataset})
        for one in explain(code, {name: dataset}, DATASETS)
    ]
    assert {one.code for one in told} == {*list_codes(DATASETS)}
    lacking = [
        one.code for one in told if not (one.says and one.why and one.mend and one.good and one.source)
    ]
    assert lacking == []
    without = {one.code.partition(".")[2] for one in told if not one.bad}
    assert without == {"khong_doc_duoc"}  # where any text can be read


def shown(dataset: Dataset) -> dict[str, Explanation]:
    """What is shown of each code of `dataset` that somebody can type."""
    told = {code: explain(code, {dataset.name: dataset}, DATASETS)[0] for code in make_examples(dataset)}
    return {code: one for code, one in told.items() if one.bad}


def typed(rows: Sequence[Mapping[str, str]], dataset: Dataset) -> Rows:
    """Rows by heading as rows by column."""
    names = {column.label.replace(" > ", ", "): column.name for column in dataset.columns}
    return tuple({names[label]: text for label, text in row.items()} for row in rows)


def as_shown(example: Example, one: Explanation, dataset: Dataset) -> Example:
    """The example as somebody reads it who knows nothing but what is shown."""
    beside = typed(one.beside, DATASETS[example.other]) if example.other else ()
    bad = typed((*one.around, *one.bad), dataset)
    return replace(example, good=typed(one.good, dataset), bad=bad, beside=beside)


@pytest.mark.slow
@pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)
def test_what_is_shown_as_right_passes_and_what_is_shown_as_wrong_fails(dataset: Dataset) -> None:
    told, examples = shown(dataset), make_examples(dataset)
    assert {len(one.bad) for one in told.values()} == {1}
    read = {code: as_shown(examples[code], one, dataset) for code, one in told.items()}
    found = trial(dataset, CONTRACTS, read)
    assert found.unnoticed() == []
    # Nothing else is wrong with a right example, as far as it shows.
    looks_at = {rule.code: {*rule.on} for rule in (*judgements_of(dataset), *dataset.cross)}
    faults = found.verdict.faults.filter(pl.col("_part") % 2 == 0).select("_part", "code").rows()
    right = [*read.items()]
    assert [
        (right[part // 2][0], code)
        for part, code in faults
        if looks_at[code] <= {*right[part // 2][1].good[-1]}
    ] == []


def test_a_flaw_of_a_cell_is_shown_by_its_cell_alone() -> None:
    (one,) = explain("ngay_sinh.tuong_lai", DATASETS, DATASETS)
    assert (one.good, one.around, one.bad) == (
        ({"Ngày sinh": "05/06/1990"},),
        (),
        ({"Ngày sinh": "18/11/2026"},),
    )


def test_a_question_left_blank_is_not_said_to_count() -> None:
    output = run_explain("phan_loai_rac.trong_ca_cot").output
    assert "chưa tính dòng đó" in output
    assert "vẫn được công bố và tính" not in output


def test_a_row_that_is_wrong_beside_others_is_shown_beside_them() -> None:
    output = run_explain("quan_he.nhieu_chu_ho").output
    assert output.count("  Đúng: ") == output.count("  Dòng khác của bảng: ") == 2
    assert output.count("  Sai: ") == 1


def test_every_fault_of_a_file_that_the_sources_name_is_explained() -> None:
    sources = "".join(path.read_text(encoding="utf-8") for path in PROJECT.glob("flows/**/*.py"))
    named = set(re.findall(r'"((?:tep|giao_nop)\.[a-z_]+)"', sources)) - {"tep.html"}
    assert named - {*WHOLE_FAULTS} == set()


def test_a_code_of_one_dataset() -> None:
    told = run_explain("so_dinh_danh.sai_nam_sinh")
    assert told.exit_code == 0
    assert told.output.splitlines() == [
        "so_dinh_danh.sai_nam_sinh  (Đúng, cảnh báo)",
        "  Ở đâu: Dân cư, “Số định danh cá nhân”",
        "  Nghĩa là: Năm sinh ghi trong số định danh khác năm sinh đã khai.",
        "  Vì sao: Dòng có lỗi này vẫn được công bố và tính, nhưng ghi là cần bổ sung.",
        "  Cách sửa: “Số định danh cá nhân”: ghi đủ 12 chữ số, định dạng ô là văn bản. "
        "“Ngày sinh”: viết ngày/tháng/năm, ví dụ 05/06/1990; nếu chỉ biết năm thì ghi năm, ví dụ 1940.",
        "  Đúng: Số định danh cá nhân: 038090000001; Ngày sinh: 05/06/1990",
        "  Sai: Số định danh cá nhân: 038090000001; Ngày sinh: 05/06/1991",
        "  Nguồn: Biểu “Dân cư” của xã, một người mỗi dòng. "
        "Nghị định 137/2015/NĐ-CP điều 13; Thông tư 07/2016/TT-BCA.",
    ]


def test_a_code_of_several_datasets_may_be_narrowed() -> None:
    assert run_explain("thon.ngoai_danh_muc").output.count("Ở đâu") > 3
    assert run_explain("thon.ngoai_danh_muc", "--dataset", "thanh_toan").output.count("Ở đâu") == 1


@pytest.mark.parametrize("words", [("thon.khong_ra",), ("thon.thieu", "--dataset", "khong_co")])
def test_what_is_not_known_is_wrong_usage(words: tuple[str, ...]) -> None:
    assert run_explain(*words).exit_code == 2


def test_a_near_code_is_proposed() -> None:
    assert "thon.khong_ro" in run_explain("thon.khong_ra").output
