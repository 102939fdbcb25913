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
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import polars as pl

from flows.audit.expectations import Suite, build_suites
from flows.audit.facts import AuditCase
from flows.audit.pages import write_audit_pages
from flows.engine.workers import start_workers
from flows.release.manifest import AUDIT

if TYPE_CHECKING:
    import pandas as pd

T = TypeVar("T")

# Counts only: a page or an error that shows a value might show a person.
_COUNTS = {"result_format": "BASIC", "partial_unexpected_count": 0}


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
        """Import Great Expectations in the background, before the first audit needs it."""
        self._start(_import_gx)

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


def audit_release(case: AuditCase) -> Audit:
    """Audit the staged release of `case` and write the audit's pages into its folder."""
    return run_suites(lambda expectations: build_suites(case, expectations), case.folder / AUDIT, case.as_of)


def run_suites(suites: Callable[[Any], Iterable[Suite]], pages: Path, as_of: date) -> Audit:
    """Run every suite on its frame and write the result to the folder `pages`.

    `suites` receives the module `great_expectations.expectations` and builds the suites from it.
    """
    _import_gx()
    import great_expectations as gx  # noqa: PLC0415

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    source = context.data_sources.add_pandas("ban_cong_bo")
    faults: list[str] = []
    surprises: list[str] = []
    results: list[tuple[str, str, Any, str]] = []
    for suite in suites(gx.expectations):
        batch = source.add_dataframe_asset(suite.name).add_batch_definition_whole_dataframe("tat_ca")
        stored = context.suites.add(gx.ExpectationSuite(suite.name, expectations=list(suite.expectations)))
        definition = gx.ValidationDefinition(name=suite.name, data=batch, suite=stored)
        result = definition.run(batch_parameters={"dataframe": _pandas(suite.frame)}, result_format=_COUNTS)
        results.append((suite.name, suite.title, result, _render(result, as_of)))
        (surprises if suite.surprising else faults).extend(_failures(suite, result))
    write_audit_pages(pages, results, as_of)
    checks = sum(len(result.results) for _, _, result, _ in results)
    return Audit(checks, tuple(faults), tuple(surprises))


def _render(result: Any, as_of: date) -> str:
    """Render a suite's result as HTML; its only date is the as-of date, so equal inputs give equal bytes."""
    from great_expectations import render  # noqa: PLC0415

    parts: Any = render
    day = f"{as_of:%Y-%m-%d}"
    moment = f"{day}T00:00:00+00:00"
    run = {"run_name": day, "run_time": moment}
    result.meta.update(run_id=run, validation_time=moment, batch_markers={}, validation_id=None)
    document = parts.renderer.ValidationResultsPageRenderer(run_info_at_end=True).render(result)
    return str(_page_view().render(document))


@cache
def _page_view() -> Any:
    """The page renderer, created once: each new one compiles all its templates again."""
    from great_expectations.render.view.view import DefaultJinjaPageView  # noqa: PLC0415

    return DefaultJinjaPageView()


def _pandas(frame: pl.DataFrame) -> pd.DataFrame:
    return frame.to_pandas()


def _failures(suite: Suite, result: Any) -> Iterator[str]:
    for check in result.results:
        if not check.success:
            wrong = check.result.get("unexpected_count")
            where = f" (sai ở {wrong} trên {check.result['element_count']} dòng)" if wrong else ""
            sentence = check.expectation_config.description
            yield f"{sentence}." if suite.surprising else f"{suite.title}: {sentence}{where}."
