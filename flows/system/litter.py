"""Tells the files that systems and programs leave beside those of people, in folders and in zips."""

from __future__ import annotations

import re

_LITTER = re.compile(
    r"""^(?:
        \..*                                        # hidden: .DS_Store, ._a.xlsx, .git, .stversions
        | ~\$.*                                     # Excel's mark of an open workbook
        | thumbs\.db | desktop\.ini | ehthumbs\.db | \$recycle\.bin | system\ volume\ information | __macosx
        | .*[.:]zone\.identifier
    )$""",
    re.IGNORECASE | re.VERBOSE,
)


def is_litter(name: str) -> bool:
    """Whether the name of a file or folder, without its path, is that of litter."""
    return bool(_LITTER.match(name))
