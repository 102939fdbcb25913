"""`dulieuxa explain`: explains a fault code and how to fix it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from flows.engine.screen import say

if TYPE_CHECKING:
    from flows.faults.explain import Explanation


def command(
    code: Annotated[str, typer.Argument(metavar="CODE", help="Mã lỗi, ví dụ ngay_sinh.tuong_lai.")],
    dataset: Annotated[str | None, typer.Option("--dataset", help="Chỉ nói về một bộ dữ liệu.")] = None,
) -> None:
    """Mã lỗi nghĩa là gì, vì sao phải sửa, sửa thế nào, ví dụ đúng và sai.

    Ví dụ: dulieuxa explain so_dinh_danh.sai_nam_sinh
    """
    from difflib import get_close_matches

    from flows.faults.explain import explain, list_codes
    from schemas.datasets import load

    datasets = load()
    if dataset is not None and dataset not in datasets:
        raise typer.BadParameter(f"không có bộ dữ liệu {dataset}", param_hint="--dataset")
    chosen = {name: each for name, each in datasets.items() if dataset in (None, name)}
    explanations = explain(code, chosen, datasets)
    if not explanations:
        near = get_close_matches(code, list_codes(chosen), 3)
        hint = f"; có phải {', '.join(near)}?" if near else ""
        raise typer.BadParameter(f"không có mã lỗi {code}{hint}", param_hint="CODE")
    for at, explanation in enumerate(explanations):
        if at:
            say("")
        _print(explanation)


def _print(explanation: Explanation) -> None:
    say(f"{explanation.code}  ({explanation.kind})" if explanation.kind else explanation.code)
    say(f"  Ở đâu: {explanation.where}")
    say(f"  Nghĩa là: {explanation.says}")
    say(f"  Vì sao: {explanation.why}")
    say(f"  Cách sửa: {explanation.mend}")
    for title, rows in (
        ("Bảng kia", explanation.beside),
        ("Đúng", explanation.good),
        ("Dòng khác của bảng", explanation.around),
        ("Sai", explanation.bad),
    ):
        for row in rows:
            cells = "; ".join(f"{label}: {typed or '(để trống)'}" for label, typed in row.items())
            say(f"  {title}: {cells}")
    say(f"  Nguồn: {explanation.source}")
