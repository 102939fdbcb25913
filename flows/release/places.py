"""Names the folders of one unit within `reports/`: its page, marked workbooks and receipts."""

from __future__ import annotations

from hashlib import blake2b
from pathlib import PurePath

#: Folder of the units' pages; beside each page lies a folder with the files that go back to that unit.
UNITS = "don_vi"
#: Folder of marked workbooks in a unit's folder; only the owner may read it: it holds personal data as typed.
MARKED = "tra_bai"
#: Folder of receipts in a unit's folder.
RECEIPTS = "phieu_nhan"


def path_of_receipt(unit: str, file: str, submission: str) -> str:
    """Path of a submission's receipt within `reports/`; each (`unit`, `file`, `submission`) has its own."""
    stem = PurePath(file.replace("/", " - ")).stem.encode()[:150].decode(errors="ignore")
    # The stem is cut to 150 bytes and has no extension, so different files may share it; the hash does not.
    mark = blake2b(f"{file}\0{submission}".encode(), digest_size=4).hexdigest()
    return f"{UNITS}/{unit}/{RECEIPTS}/{stem} {mark}.html"
