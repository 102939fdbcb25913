"""Runs Great Expectations on a staged release and writes the result as pages that show counts only."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import polars as pl

from flows.audit.expectations import Suite, build_suites, expect_within
from flows.audit.facts import AuditCase
from flows.audit.pages import list_results, take_over, write_audit_pages
from flows.audit.results import Result, SuiteResult, describe_failure, has_raised, is_warning, keep_counts
from flows.engine.workers import start_workers
from flows.release.manifest import AUDIT
from schemas.own_suites import OwnExpectation

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")

# Counts only: a page or an error that shows a value might show a person.
_COUNTS = {"result_format": "BASIC", "partial_unexpected_count": 0}

_NO_EXCEPTION = {"raised_exception": False, "exception_message": None, "exception_traceback": None}

# Parts of a page that need its scripts, lead to pages that are not here, or advertise.
_LEFT_OUT = (
    "cloud-footer.j2",
    "favicon.j2",
    "ge_info.j2",
    "js_script_imports.j2",
    "page_action_card.j2",
    "top_navbar.j2",
)


@dataclass(frozen=True, slots=True)
class Audit:
    """Result of an audit: `faults` block the release; `surprises` block it unless somebody acknowledges them.

    Each fault and surprise is one Vietnamese sentence. `checks` is the number of expectations that ran.
    """

    checks: int
    faults: tuple[str, ...]
    surprises: tuple[str, ...]


#: Waits for the audit to finish and returns its result.
Answer: TypeAlias = Callable[[], Audit]


class Auditor:
    """Runs audits in the background; `start` decides where, usually in a separate process.

    Importing Great Expectations takes 4 to 7 s, so the import runs while this process does other work.
    The process starts with the first call: a run with nothing to audit never starts it.
    """

    def __init__(self, start: Callable[[Callable[[], Any]], Future[Any]]) -> None:
        self._start = start

    def prepare(self) -> None:
        """Import Great Expectations in the background, and try it, before the first audit needs it."""
        self._start(_get_ready)

    def begin(self, case: AuditCase) -> Answer:
        """Start the audit of `case` in the background; call the returned function to wait for the result."""
        return self.begin_by(audit_release, case)

    def begin_by(self, work: Callable[..., Audit], *args: object) -> Answer:
        """Start `work(*args)` in the background, as `begin` does."""
        return self._start(partial(work, *args)).result


@contextmanager
def start_auditor() -> Iterator[Auditor]:
    """An auditor for one run, with its own process."""
    # One process for all audits of the run. It ends when this process ends, even if this one is killed.
    with start_workers(_call) as run_in_worker, ThreadPoolExecutor(1) as thread:
        yield Auditor(lambda work: thread.submit(run_in_worker, work))


@contextmanager
def audit_in_process() -> Iterator[Auditor]:
    """An auditor in this process: the library is imported once and serves every commune audited here."""
    yield Auditor(_run_now)


def _call(work: Callable[[], Any]) -> Any:
    return work()


def _run_now(work: Callable[[], T]) -> Future[T]:
    future: Future[T] = Future()
    future.set_result(work())
    return future


@cache
def _import_gx() -> None:
    """Import Great Expectations with its usage statistics switched off."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    # The garbage collector takes a sixth of the import's time and finds nothing to free.
    gc.disable()
    try:
        import great_expectations.expectations  # noqa: F401, PLC0415 - takes seconds; only audits need it

        gc.freeze()
    finally:
        gc.enable()

    # The import sets this logger to INFO; it would log the temporary folder of every context.
    logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.ERROR)


@cache
def _get_ready() -> None:
    """Import Great Expectations and run it once: its first suite and page take longer than all others."""
    frame = pl.DataFrame({"so": [1]})
    with TemporaryDirectory() as folder:
        run_suites(
            lambda gxe: [Suite("thu", "Thử", frame, (expect_within(gxe, "so", 0, 1, "thử"),))],
            Path(folder),
            date(2000, 1, 1),
        )


def audit_release(case: AuditCase) -> Audit:
    """Audit the staged release of `case` and write the audit's pages into its folder.

    What is not audited again because the records are those of the release before is taken over from there.
    """
    return run_suites(
        lambda expectations: build_suites(case, expectations),
        case.folder / AUDIT,
        case.as_of,
        case.before if case.same_records else None,
    )


def run_suites(
    suites: Callable[[Any], Iterable[Suite]], pages: Path, as_of: date, former: Path | None = None
) -> Audit:
    """Run every suite on its frame and write the result to the folder `pages`.

    `suites` receives the module `great_expectations.expectations` and builds the suites from it. The results
    of all other suites are taken over from the release in the folder `former`.
    """
    _import_gx()
    import great_expectations as gx  # noqa: PLC0415

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    source = context.data_sources.add_pandas("ban_cong_bo")
    faults: list[str] = []
    surprises: list[str] = []
    results: list[tuple[SuiteResult, str]] = []
    for suite in suites(gx.expectations):
        expectations, not_understood = _take_expectations(suite)
        faults.extend(not_understood)
        whole = source.add_dataframe_asset(suite.name).add_batch_definition_whole_dataframe("tat_ca")
        # A stored result would have to be JSON to the last value; `validate` stores nothing.
        result = whole.get_batch({"dataframe": _pandas(suite)}).validate(
            gx.ExpectationSuite(suite.name, expectations=expectations), result_format=_COUNTS
        )
        kept = SuiteResult(suite.name, suite.title, keep_counts(_to_json(result), as_of, _describe(suite)))
        results.append((kept, _render(result, kept)))
        (surprises if suite.surprising else faults).extend(_list_failures(suite, kept))
    fresh = [one.name for one, _ in results]
    others = [name for name in list_results(former / AUDIT) if name not in fresh] if former else []
    taken = take_over(former / AUDIT, pages, former.name, others) if former else []
    write_audit_pages(pages, results, as_of, taken)
    return Audit(sum(len(one.checks) for one, _ in results), tuple(faults), tuple(surprises))


def _take_expectations(suite: Suite) -> tuple[list[Any], list[str]]:
    """The expectations of a suite, and a sentence for each that Great Expectations does not understand."""
    if suite.own is None:
        return list(suite.expectations), []
    from great_expectations.exceptions.exceptions import GreatExpectationsError  # noqa: PLC0415

    understood, refused = [], []
    for at, each in enumerate(suite.own.expectations, 1):
        try:
            understood.append(_build(each))
        except (ValueError, TypeError, GreatExpectationsError) as error:
            refused.append(f"{suite.own.file}, phép kiểm thứ {at} ({each.type}): {_explain(error)}.")
    return understood, refused


def _build(each: OwnExpectation) -> Any:
    from great_expectations.expectations.expectation_configuration import (  # noqa: PLC0415
        ExpectationConfiguration,
    )
    from great_expectations.expectations.metadata_types import FailureSeverity  # noqa: PLC0415

    return ExpectationConfiguration(
        type=each.type,
        kwargs=dict(each.kwargs),
        meta=dict(each.meta),
        description=each.says,
        severity=FailureSeverity(each.severity),
    ).to_domain_obj()


def _explain(error: Exception) -> str:
    """Why Great Expectations does not take an expectation: the arguments it names, and its own words."""
    found: list[Any] = error.errors() if hasattr(error, "errors") else []
    names = dict.fromkeys(str(each["loc"][0]) for each in found if each["loc"][0] != "__root__")
    said = found[-1]["msg"] if found else str(error)
    about = f" {', '.join(names)} trong" if names else ""
    return f"Great Expectations không nhận{about} “kwargs” của phép kiểm này (“{said}”)"


def _render(result: Any, kept: SuiteResult) -> str:
    """Render what was `kept` of a suite's result as HTML; its only date is the as-of date."""
    from great_expectations import render  # noqa: PLC0415
    from great_expectations.expectations.expectation_configuration import (  # noqa: PLC0415
        ExpectationConfiguration,
    )

    parts: Any = render
    result.meta = kept.json["meta"]
    for check, said in zip(result.results, kept.checks, strict=True):
        config, counts = said["expectation_config"], said["result"]
        # Pages of other kinds show values of cells.
        check.expectation_config = ExpectationConfiguration(
            **_make_plain(config["kwargs"].get("column")),
            description=escape(config["description"]) + _remark(said),
        )
        if "unexpected_percent" not in counts:
            counts = {name: value for name, value in counts.items() if name == "observed_value"}
        check.result, check.exception_info = counts, _NO_EXCEPTION
    document = parts.renderer.ValidationResultsPageRenderer(run_info_at_end=True).render(result)
    return str(_page_view().render(document))


def _remark(said: Result) -> str:
    remarks = (" (không chạy được)" if has_raised(said) else "", " (chỉ để xem)" if is_warning(said) else "")
    return "".join(remarks)


def _make_plain(column: str | None) -> dict[str, Any]:
    """An expectation whose page tells only its description, how many rows fail it, or one number."""
    if column is None:
        return {"type": "expect_table_row_count_to_equal", "kwargs": {"value": 0}}
    return {"type": "expect_column_values_to_be_in_set", "kwargs": {"column": column, "value_set": []}}


@cache
def _page_view() -> Any:
    """The page renderer, created once: each new one compiles all its templates again."""
    from great_expectations.render.view.view import DefaultJinjaPageView  # noqa: PLC0415
    from jinja2 import ChoiceLoader, DictLoader  # noqa: PLC0415

    view = DefaultJinjaPageView()
    theirs = view.env.loader
    assert theirs is not None
    view.env.loader = ChoiceLoader([DictLoader(dict.fromkeys(_LEFT_OUT, "")), theirs])
    return view


def _pandas(suite: Suite) -> pd.DataFrame:
    # A JSON file can only say a day as text, which Great Expectations compares with dates, not with times.
    return suite.frame.to_pandas(date_as_object=suite.own is not None)


def _to_json(result: Any) -> Result:
    found: Result = result.to_json_dict()
    return found


def _describe(suite: Suite) -> dict[str, str]:
    """What a suite's JSON says beside the result."""
    own = {"file": suite.own.file, "declared_name": suite.own.name} if suite.own else {}
    return {"title": suite.title, **own}


def _list_failures(suite: Suite, kept: SuiteResult) -> Iterator[str]:
    """A sentence for each failed expectation that somebody must deal with before the release is published."""
    for check in kept.failed:
        if suite.surprising:
            yield f"{check['expectation_config']['description']}."
        elif not is_warning(check):
            where = f"{suite.own.file}, " if suite.own and has_raised(check) else ""
            yield f"{where}{suite.title}: {describe_failure(check)}."
