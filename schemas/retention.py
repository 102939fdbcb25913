"""Declares how long releases and submissions are kept.

Personal data may be kept only as long as its purpose requires (Luật 91/2025/QH15). A submission that was
superseded, or of which nothing could be used, has no purpose any more.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Policy:
    """Retention times in days before the as-of date of the published release.

    Kept are all releases of the last `release_days`, the first one of each month (`first_of_month`), the
    published release and the one before it. Submissions not in effect (superseded, refused, duplicates)
    are kept for `archive_days`; those in effect are always kept.
    """

    release_days: int = 30
    first_of_month: bool = True
    archive_days: int = 365


POLICY = Policy()
