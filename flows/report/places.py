"""Where what goes back to a unit lies within `reports/`: its marked workbooks and its receipts."""

from __future__ import annotations

from pathlib import PurePath

#: Folder of marked workbooks within a unit's folder; it holds what people typed: for the owner only.
MARKED = "tra_bai"
#: Folder of receipts within a unit's folder.
RECEIPTS = "phieu_nhan"


def receipt_path(unit: str, file: str, submission: str) -> str:
    """Where the receipt of a hand-in lies within `reports/`."""
    stem = PurePath(file.replace("/", " - ")).stem.encode()[:150].decode(errors="ignore")
    return f"don_vi/{unit}/{RECEIPTS}/{stem} {submission[:8]}.html"
