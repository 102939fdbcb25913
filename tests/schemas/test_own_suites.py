from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from flows.root import Root, read_contracts
from schemas.declared import DeclarationError
from schemas.registry import load

CONTRACTS = load()
BETWEEN = {"type": "expect_column_values_to_be_between", "kwargs": {"column": "days_late", "max_value": 3}}


def suite(*expectations: object, **more: object) -> str:
    return json.dumps({"name": "cua_xa", "expectations": expectations, **more}, ensure_ascii=False)


def changed(**change: Any) -> str:
    return suite(BETWEEN | change)


# The name of the file, its content, and what must be said of it.
WRONG: dict[str, tuple[str, str, str]] = {
    "no JSON": (
        "roll_call.json",
        '{"name": "a",\n "expectations": [}',
        "roll_call.json, dòng 2: không đúng cách",
    ),
    "another encoding": ("roll_call.json", "{\udcff", "roll_call.json không phải tệp chữ UTF-8"),
    "a key twice": ("roll_call.json", '{"name": "a", "name": "b"}', "khóa “name” có hai lần"),
    "no number": ("roll_call.json", suite(BETWEEN).replace("3}", "NaN}"), "JSON không có số NaN"),
    "a list": ("roll_call.json", "[]", "roll_call.json: phải là một bộ kỳ vọng"),
    "no name": ("roll_call.json", '{"expectations": [{"type": "a"}]}', "chưa có khóa “name”"),
    "nothing expected": ("roll_call.json", suite(), "“expectations” chưa có phép kiểm nào"),
    "the format of 0.x": (
        "roll_call.json",
        suite({"expectation_type": "expect_table_row_count_to_equal"}),
        "phép kiểm thứ 1: chưa có khóa “type”",
    ),
    "a severity nobody knows": (
        "roll_call.json",
        changed(severity="fatal"),
        "phải là “critical”, “warning” hoặc",
    ),
    "another file": ("roll_call.json.txt", suite(BETWEEN), "phải kết thúc bằng .json"),
    "an unknown table": ("rol_call.json", suite(BETWEEN), "“rol_call”; ý là “roll_call”?"),
    "an unknown type": (
        "roll_call.json",
        suite(BETWEEN, BETWEEN | {"type": "expect_column_value_to_be_between"}),
        "phép kiểm thứ 2 (expect_column_value_to_be_between): không có loại phép kiểm",
    ),
    "an unknown column": ("roll_call.json", changed(kwargs={"column": "daylate"}), "không có cột “daylate”"),
    "an unknown column of a pair": (
        "dan_cu.json",
        changed(kwargs={"column_A": "ky", "column_B": "x"}),
        "“x”",
    ),
    "an unknown column of a list": ("dan_cu.json", changed(kwargs={"column_list": ["ky", "x"]}), "“x”"),
    "a name that is not published": ("dan_cu.json", changed(kwargs={"column": "ho_ten"}), "“ho_ten”"),
    "columns as text": ("dan_cu.json", changed(kwargs={"column_list": "ky"}), "phải là danh sách tên cột"),
    "a column as number": ("dan_cu.json", changed(kwargs={"column": 3}), "phải là tên một cột"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_file_that_is_no_suite_is_told_with_its_place(case: str, tmp_path: Path) -> None:
    name, content, said = WRONG[case]
    (tmp_path / "schemas" / "expectations").mkdir(parents=True)
    (tmp_path / "schemas" / "expectations" / name).write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(DeclarationError) as told:
        read_contracts(Root(tmp_path), CONTRACTS)
    assert str(told.value).startswith(f"schemas/expectations/{name}")
    assert said in str(told.value)


def test_own_suites_are_part_of_the_contracts_but_not_of_the_rules(tmp_path: Path) -> None:
    folder = tmp_path / "schemas" / "expectations"
    folder.mkdir(parents=True)
    assert read_contracts(Root(tmp_path), CONTRACTS) == CONTRACTS
    (folder / ".roll_call.json.swp").write_text("half a file")
    (folder / "roll_call.json").write_text(suite(BETWEEN | {"id": "c0ffee", "notes": "ghi chú"}, id=None))
    one = read_contracts(Root(tmp_path), CONTRACTS)
    (folder / "roll_call.json").write_text(changed(severity="warning"))
    other = read_contracts(Root(tmp_path), CONTRACTS)
    assert len({CONTRACTS.hash, one.hash, other.hash}) == 3
    assert {CONTRACTS.rules_hash, one.rules_hash, other.rules_hash} == {CONTRACTS.rules_hash}
    (own,) = other.suites
    assert (own.table, own.name, own.file) == ("roll_call", "cua_xa", "schemas/expectations/roll_call.json")
    assert [(each.says, each.severity) for each in own.expectations] == [
        ("expect_column_values_to_be_between ở cột days_late", "warning")
    ]


def test_what_would_show_values_can_not_be_asked_for(tmp_path: Path) -> None:
    asked = BETWEEN["kwargs"] | {"result_format": "COMPLETE", "catch_exceptions": False}  # type: ignore[operator]
    told = CONTRACTS.with_expectations({"roll_call.json": changed(kwargs=asked).encode()})
    assert told.suites[0].expectations[0].kwargs == BETWEEN["kwargs"]
