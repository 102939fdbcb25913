"""Explains a fault code: what it means, why it matters, how to fix it, with rows that pass and that fail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flows.faults.examples import Example, make_examples
from schemas.contract import DIMENSIONS, SEVERITIES, Cross, Dataset, Rows, Severity
from schemas.judgement import Judgement, judgements_of
from schemas.kinds.base import Flaw
from schemas.kinds.words import BLANK_COLUMN
from schemas.whole_faults import WHOLE_FAULTS

WHY: Mapping[Severity, str] = {
    "chan": "Dòng có lỗi này bị giữ lại, không được công bố và không tính vào chỉ tiêu cho đến khi sửa.",
    "canh_bao": "Dòng có lỗi này vẫn được công bố và tính, nhưng ghi là cần bổ sung.",
}
#: Why a question left blank matters: its rows are published, but say neither yes nor no.
WHY_OPEN = "Dòng vẫn được công bố nhưng để trống ô này; chỉ tiêu nào cần câu trả lời thì chưa tính dòng đó."


@dataclass(frozen=True, slots=True)
class Explanation:
    """The explanation of a code, in one dataset or for whole files; example rows are keyed by heading.

    Every row of `good` passes and every row of `bad` fails: beside the rows of `around` in its own table, and
    beside those of `beside` in another dataset's.
    """

    code: str
    where: str
    kind: str
    says: str
    why: str
    mend: str
    good: tuple[Mapping[str, str], ...]
    bad: tuple[Mapping[str, str], ...]
    source: str
    around: tuple[Mapping[str, str], ...] = ()
    beside: tuple[Mapping[str, str], ...] = ()


def explain(
    code: str, datasets: Mapping[str, Dataset], everything: Mapping[str, Dataset]
) -> list[Explanation]:
    """Every meaning of `code` in `datasets`; empty if unknown. Examples may need any of `everything`."""
    explanations = [one for dataset in datasets.values() for one in _explain_in(code, dataset, everything)]
    return [*explanations, _explain_whole(code)] if code in WHOLE_FAULTS else explanations


def list_codes(datasets: Mapping[str, Dataset]) -> list[str]:
    """Every fault code of `datasets` and of whole files, sorted."""
    known = {code for dataset in datasets.values() for code in make_examples(dataset)}
    return sorted(known | {*WHOLE_FAULTS})


def _explain_whole(code: str) -> Explanation:
    fault = WHOLE_FAULTS[code]
    good, bad = ({"Ví dụ": fault.good},), ({"Ví dụ": fault.bad},)
    return Explanation(code, "Cả tệp, cả kỳ", "", fault.says, fault.why, fault.mend, good, bad, _SOURCE)


_SOURCE = "Quy ước của xã về nộp dữ liệu; kỳ báo cáo theo Nghị định 09/2019/NĐ-CP điều 12."


def _explain_in(code: str, dataset: Dataset, datasets: Mapping[str, Dataset]) -> list[Explanation]:
    example = make_examples(dataset).get(code)
    if example is None:
        return []
    rule = _find_rule(code, dataset)
    bad = () if example.unread else _label(example.bad, dataset)
    return [
        Explanation(
            code,
            f"{dataset.title}, “{dataset[_find_column(rule, dataset)].label.replace(' > ', ', ')}”",
            f"{DIMENSIONS[rule.dimension]}, {SEVERITIES[rule.severity].lower()}",
            rule.says,
            WHY_OPEN if example.rule is BLANK_COLUMN else WHY[rule.severity],
            _describe_fix(example, dataset),
            _label(example.good, dataset),
            bad[-1:],
            _name_sources(example, dataset),
            # Most flaws are seen in their cell alone.
            () if isinstance(example.rule, Flaw) and not example.rule.beside else bad[:-1],
            _label(example.beside, datasets[example.other]) if example.other else (),
        )
    ]


def _find_rule(code: str, dataset: Dataset) -> Judgement | Cross:
    rules: list[Judgement | Cross] = [*judgements_of(dataset), *dataset.cross]
    return next(rule for rule in rules if rule.code == code)


def _find_column(rule: Judgement | Cross, dataset: Dataset) -> str:
    return dataset.blamed(rule) if isinstance(rule, Cross) else rule.column


def _describe_fix(example: Example, dataset: Dataset) -> str:
    """How to write the cells that the rule looks at."""
    forms = {
        dataset[name].label.replace(" > ", ", "): dataset[name].kind.form.format(
            example=dataset[name].example or dataset[name].kind.example
        )
        for name in example.on
    }
    return " ".join(f"“{label}”: {form[0].lower()}{form[1:]}." for label, form in forms.items())


def _name_sources(example: Example, dataset: Dataset) -> str:
    """The form, and the regulations that say how its cells are written."""
    sources = (dataset[name].kind.source for name in example.on)
    form = f"Biểu “{dataset.title}” của xã, {dataset.grain} mỗi dòng."
    return " ".join(dict.fromkeys(filter(None, (form, *sources))))


def _label(rows: Rows, dataset: Dataset) -> tuple[Mapping[str, str], ...]:
    return tuple(
        {dataset[name].label.replace(" > ", ", "): typed for name, typed in row.items()} for row in rows
    )
