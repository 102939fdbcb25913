"""How long releases and hand-ins are kept.

Personal data is kept no longer than its purpose needs (Luật 91/2025/QH15): a hand-in that another one took
the place of, or of which nothing could be used, has served its purpose.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """Days are counted back from the as-of day of the release that readers see.

    Kept are all releases of the last `release_days`, the first one of each month, what readers see and
    what it goes on from. Hand-ins that do not count (superseded, refused, handed in again) are kept
    for `archive_days`; those that count are kept as long as the commune owes their period.
    """

    release_days: int = 30
    first_of_month: bool = True
    archive_days: int = 365


POLICY = Policy()
