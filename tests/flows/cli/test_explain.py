"""Every code that the program can say is explained: meaning, reason, remedy, examples."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.main import build_app
from flows.faults.explain import explain, list_codes
from schemas.datasets import load
from schemas.whole_faults import WHOLE_FAULTS

DATASETS = load()
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
