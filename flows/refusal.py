"""Says why a release was refused, in a place that is quick to import."""

from __future__ import annotations

from collections.abc import Sequence


class AuditRefusedError(RuntimeError):
    """The audit refused the release; the former one stays. `reasons` are sentences with counts."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("Kiểm toán từ chối công bố: " + " ".join(reasons))
        self.reasons = tuple(reasons)
