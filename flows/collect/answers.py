"""Records what somebody says of a submission that is held: whose it is, for which period, what it holds."""

from __future__ import annotations

from datetime import datetime

from flows.collect.archive import Answer, answer, find_moment, list_after, list_archived, read_receipts
from flows.collect.inbox import describe_wrong_clock
from flows.collect.submission import Submission
from flows.root import HERE, Root
from schemas.periods import is_label
from schemas.registry import Contracts


class AnswerError(ValueError):
    """What was said of a submission can't be so; the message says why, in Vietnamese.

    `about` is the part of the answer that is wrong: `unit`, `period`, or None for anything else.
    """

    def __init__(self, why: str, about: str | None = None) -> None:
        super().__init__(why)
        self.about = about


def record_answer(root: Root, start: str, said: Answer, contracts: Contracts) -> Submission:
    """Record what was `said` of the one submission whose code begins with `start`; returns it as it stands.

    Raises:
        AnswerError: nothing was said, there is no such submission, or not just one, or no such unit or
            period; or our clock shows a day before that of a receipt.
        LockedError: a run holds the root.
    """
    if said.unit is None and said.period is None and said.meant is None:
        raise AnswerError("nói rõ xác nhận điều gì: --unit, --period, --corrections hoặc --whole")
    if said.unit is not None and contracts.commune.unit(said.unit) is None:
        raise AnswerError(f"không có đơn vị {said.unit}", "unit")
    now = datetime.now(HERE)
    with root.lock():
        receipts = read_receipts(root)
        moment = find_moment(receipts, now)
        if moment is None:
            raise AnswerError(describe_wrong_clock(list_after(receipts, now)[-1].submission.day))
        found = _find(root, start, now)
        if said.period is not None:
            _check_period(said.period, said.unit or found.unit, contracts)
        return answer(root, found, said, moment)


def _find(root: Root, start: str, now: datetime) -> Submission:
    found = [one for one in list_archived(root, now.date()) if one.sha256.startswith(start)]
    if not found:
        raise AnswerError(f"kho lưu không có tệp nào có mã bắt đầu bằng {start}")
    if len(found) > 1:
        where = "; ".join(f"{one.sha256[:12]} của {one.unit}, {one.file}" for one in found)
        raise AnswerError(f"nhiều tệp có mã bắt đầu như vậy: {where}")
    return found[0]


def _check_period(label: str, name: str, contracts: Contracts) -> None:
    """Refuse a period that no dataset of the unit has."""
    unit = contracts.commune.unit(name)
    owed = (dataset for dataset in contracts.datasets.values() if unit and dataset.unit == unit.kind)
    if not any(is_label(dataset, label) for dataset in owed):
        raise AnswerError(f"{name} không nộp bảng nào cho kỳ {label}", "period")
