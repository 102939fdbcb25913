"""What an audit leaves of a suite's result: Great Expectations' own format, without the value of any cell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

#: A result as Great Expectations writes it in JSON.
Result = dict[str, Any]

# What a result may say: how many rows, never which. Great Expectations adds samples, the largest value, …
_COUNTS = (
    "element_count",
    "missing_count",
    "missing_percent",
    "unexpected_count",
    "unexpected_percent",
    "unexpected_percent_total",
    "unexpected_percent_nonmissing",
)

# Those whose observed value counts rows or columns: that of others is the value of a cell, or of a few.
_COUNTING = (
    "expect_table_row_count_",
    "expect_table_column_count_",
    "expect_column_unique_value_count_",
    "expect_column_proportion_of_",
)


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """The result of one suite: its page's `name`, Vietnamese `title`, and JSON.

    `taken_from` is the id of the release whose audit it is from, if not this one's.
    """

    name: str
    title: str
    json: Result
    taken_from: str | None = None

    @property
    def checks(self) -> list[Result]:
        """What came of each expectation."""
        found: list[Result] = self.json["results"]
        return found

    @property
    def failed(self) -> list[Result]:
        """The expectations that were not met."""
        return [check for check in self.checks if not check["success"]]


def keep_counts(result: Result, as_of: date, about: Mapping[str, str]) -> Result:
    """`result` with counts only, and nothing that differs from run to run; `about` is added to its `meta`."""
    day = f"{as_of:%Y-%m-%d}"
    moment = f"{day}T00:00:00+00:00"
    kept: Result = {
        "success": result["success"],
        "suite_name": result["suite_name"],
        "suite_parameters": result["suite_parameters"],
        "statistics": result["statistics"],
        "results": [_keep_counts(check) for check in result["results"]],
        "meta": {
            "great_expectations_version": result["meta"]["great_expectations_version"],
            "run_id": {"run_name": day, "run_time": moment},
            "validation_time": moment,
            **about,
        },
        "id": None,
    }
    return {name: _to_plain(value) for name, value in kept.items()}


def _keep_counts(check: Result) -> Result:
    config, seen = check["expectation_config"], check["result"]
    counts = {name: seen[name] for name in _COUNTS if name in seen}
    if config["type"].startswith(_COUNTING) and "observed_value" in seen:
        counts["observed_value"] = seen["observed_value"]
    # A message or a traceback may quote a cell.
    raised = {"raised_exception": has_raised(check), "exception_message": None, "exception_traceback": None}
    config = {key: value for key, value in config.items() if key not in ("id", "rendered_content")}
    return {**check, "expectation_config": config, "result": counts, "exception_info": raised}


def _to_plain(value: Any) -> Any:
    """`value` as JSON has it: Great Expectations leaves numbers of numpy and dates in its results."""
    if isinstance(value, Mapping):
        return {str(key): _to_plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set):
        return [_to_plain(each) for each in value]
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not isfinite(value):
        return None
    return value if isinstance(value, str | int | float | None) else str(value)


def has_raised(check: Result) -> bool:
    """Whether Great Expectations could not run an expectation at all."""
    info = check["exception_info"]
    found = [info] if "raised_exception" in info else list(info.values())
    return any(bool(each["raised_exception"]) for each in found)


def is_warning(check: Result) -> bool:
    """Whether a failure of this expectation is only told, by its severity."""
    return bool(check["expectation_config"].get("severity", "critical") != "critical")


def describe_failure(check: Result) -> str:
    """Which expectation was not met, and in how many rows."""
    config, counts = check["expectation_config"], check["result"]
    if has_raised(check):
        return (
            f"{config['description']} ({config['type']}): Great Expectations không chạy được phép kiểm này "
            "trên bảng này; xem lại loại phép kiểm, cột và “kwargs”"
        )
    wrong, of = counts.get("unexpected_count"), counts.get("element_count")
    return str(config["description"]) + (f" (sai ở {wrong} trên {of} dòng)" if wrong and of else "")


def list_warnings(results: list[SuiteResult]) -> Iterator[str]:
    """A sentence for each expectation that was not met and does not block the release."""
    for one in results:
        since = f" (theo bản {one.taken_from})" if one.taken_from else ""
        yield from (
            f"{one.title}: {describe_failure(each)}{since}." for each in one.failed if is_warning(each)
        )
