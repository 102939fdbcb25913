"""Where what is for one unit lies within `reports/`: its page, its marked workbooks, its receipts."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import PurePath

#: Folder of units' pages, with a folder for each of what goes back to it.
UNITS = "don_vi"
#: Folder of marked workbooks within a unit's folder; it holds what people typed: for the owner only.
MARKED = "tra_bai"
#: Where under `var/` it is kept which of these files there are.
GIVEN_BACK = "tra_lai"
#: Folder of receipts within a unit's folder.
RECEIPTS = "phieu_nhan"


def path_of_receipt(unit: str, file: str, submission: str) -> str:
    """Where the receipt of a submission lies within `reports/`: no two share a page."""
    stem = PurePath(file.replace("/", " - ")).stem.encode()[:150].decode(errors="ignore")
    # One content may come under names that begin alike, or differ in their ends alone.
    mark = blake2b(f"{file}\0{submission}".encode(), digest_size=4).hexdigest()
    return f"{UNITS}/{unit}/{RECEIPTS}/{stem} {mark}.html"
