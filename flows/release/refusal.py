"""Keeps the reasons when an audit refuses a release; the previous release stays published."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from datetime import date
from html import escape
from pathlib import Path
from typing import Any

from flows.errors import AuditRefusedError
from flows.files import make_durable, make_public, sync, write_file
from flows.release.manifest import AUDIT
from flows.root import Root

_REASONS = "ly_do.json"


def keep_refusal(root: Root, folder: Path, as_of: date, refusal: AuditRefusedError) -> None:
    """Store the reasons and the audit's pages next to the releases, for the report and `status`."""
    shutil.rmtree(root.refused, ignore_errors=True)
    partial = root.refused.with_name(f".{root.refused.name}")
    shutil.rmtree(partial, ignore_errors=True)
    make_public(partial)
    shutil.copytree(folder / AUDIT, partial / "data_docs")
    reasons = {"as_of": as_of.isoformat(), "faults": refusal.faults, "surprises": refusal.surprises}
    write_file(partial / _REASONS, json.dumps(reasons, ensure_ascii=False, indent=1).encode(), durable=False)
    write_file(partial / "index.html", _page(as_of, refusal).encode(), durable=False)
    make_durable(partial)
    partial.rename(root.refused)
    sync(root.refused.parent)


def _page(as_of: date, refusal: AuditRefusedError) -> str:
    lines = "".join(f"<p>{escape(line)}</p>" for line in str(refusal).splitlines())
    title = f"Ngày {as_of:%d/%m/%Y} không được công bố"
    return (
        f'<!DOCTYPE html>\n<html lang="vi"><head><meta charset="utf-8"><title>{title}</title></head>'
        f'<body><h1>{title}</h1>{lines}<p><a href="data_docs/index.html">Kết quả kiểm toán</a> · '
        f'<a href="../latest/reports/index.html">Báo cáo đang công bố</a></p></body></html>\n'
    )


def read_refusal(root: Root) -> Mapping[str, Any] | None:
    """Day and reasons of the last refusal; None if the last run published."""
    path = root.refused / _REASONS
    if not root.refused.exists():
        return None
    try:
        said: dict[str, Any] = json.loads(path.read_bytes())
        return {name: said[name] for name in ("as_of", "faults", "surprises")}
    except (OSError, ValueError, TypeError, KeyError):
        lost = f"{path} bị mất hoặc bị hỏng: chạy lại ngày đó để biết lý do"
        return {"as_of": "gần nhất", "faults": [lost], "surprises": []}
