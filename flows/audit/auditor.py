"""Audits a staged release with Great Expectations: suites from the contracts, counts only, its pages."""

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

from flows.audit.expectations import Suite, _suites
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
    """What an audit came to, each failure a sentence: `faults` never pass, `surprises` when acknowledged."""

    checks: int
    faults: tuple[str, ...]
    surprises: tuple[str, ...]


#: Waits for what an audit came to.
Answer: TypeAlias = Callable[[], Audit]


class Auditor:
    """Audits in a process of its own: Great Expectations takes 4 to 7 s to import, beside other work.

    Nothing is started where there is nothing to audit.
    """

    def __init__(self, start: Callable[[Callable[[], Any]], Future[Any]]) -> None:
        self._start = start

    def prepare(self) -> None:
        """Get ready, while other work is done."""
        self._start(_library)

    def begin(self, case: AuditCase) -> Answer:
        """Begin to audit `case`, beside other work; the answer is waited for when it is called."""
        return self.begin_by(audit_release, case)

    def begin_by(self, work: Callable[..., Audit], *args: object) -> Answer:
        """Begin the audit `work` in that process."""
        return self._start(partial(work, *args)).result


@contextmanager
def start_auditor() -> Iterator[Auditor]:
    """An auditor for one run."""
    # One process for all of it, which ends with this one, even by a kill.
    with start_workers(_done) as there, ThreadPoolExecutor(1) as thread:
        yield Auditor(lambda work: thread.submit(there, work))


@contextmanager
def audit_in_process() -> Iterator[Auditor]:
    """An auditor in this process, which has the library still when it audits the next commune."""
    yield Auditor(_at_once)


def _done(work: Callable[[], Any]) -> Any:
    return work()


def _at_once(work: Callable[[], T]) -> Future[T]:
    done: Future[T] = Future()
    done.set_result(work())
    return done


@cache
def _library() -> None:
    """Import Great Expectations, which is to tell nobody that it runs."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    # A sixth of the seconds that this import takes goes into looking for garbage, of which there is none.
    gc.disable()
    try:
        import great_expectations.expectations  # noqa: F401, PLC0415 - seconds, wanted only to audit

        gc.freeze()
    finally:
        gc.enable()

    # It sets this one to tell of its temporary folders.
    logging.getLogger("great_expectations.data_context.types.base").setLevel(logging.ERROR)


def audit_release(case: AuditCase) -> Audit:
    """Check the staged release of `case` and write the pages of the audit into it."""
    return run_suites(lambda expectations: _suites(case, expectations), case.folder / AUDIT, case.as_of)


def run_suites(suites: Callable[[Any], Iterable[Suite]], pages: Path, as_of: date) -> Audit:
    """Hold frames to the suites that are made of Great Expectations' own words; write its `pages`."""
    _library()
    import great_expectations as gx  # noqa: PLC0415

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}  # type: ignore[assignment]
    source = context.data_sources.add_pandas("ban_cong_bo")
    faults: list[str] = []
    surprises: list[str] = []
    results: list[tuple[str, str, Any, str]] = []
    for suite in suites(gx.expectations):
        batch = source.add_dataframe_asset(suite.name).add_batch_definition_whole_dataframe("tat_ca")
        made = context.suites.add(gx.ExpectationSuite(suite.name, expectations=list(suite.expectations)))
        definition = gx.ValidationDefinition(name=suite.name, data=batch, suite=made)
        result = definition.run(batch_parameters={"dataframe": _pandas(suite.frame)}, result_format=_COUNTS)
        results.append((suite.name, suite.title, result, _rendered(result, as_of)))
        (surprises if suite.surprising else faults).extend(_failures(suite, result))
    write_audit_pages(pages, results, as_of)
    checks = sum(len(result.results) for _, _, result, _ in results)
    return Audit(checks, tuple(faults), tuple(surprises))


def _rendered(result: Any, as_of: date) -> str:
    """The page of a suite's result, told to have run on the day that it is about."""
    from great_expectations import render  # noqa: PLC0415

    parts: Any = render
    day = f"{as_of:%Y-%m-%d}"
    moment = f"{day}T00:00:00+00:00"
    run = {"run_name": day, "run_time": moment}
    result.meta.update(run_id=run, validation_time=moment, batch_markers={}, validation_id=None)
    document = parts.renderer.ValidationResultsPageRenderer(run_info_at_end=True).render(result)
    return str(_view().render(document))


@cache
def _view() -> Any:
    """What renders pages: each new one would compile all its templates anew."""
    from great_expectations.render.view.view import DefaultJinjaPageView  # noqa: PLC0415

    return DefaultJinjaPageView()


def _pandas(frame: pl.DataFrame) -> pd.DataFrame:
    return frame.to_pandas()


def _failures(suite: Suite, result: Any) -> Iterator[str]:
    for one in result.results:
        if not one.success:
            wrong = one.result.get("unexpected_count")
            where = f" (sai ở {wrong} trên {one.result['element_count']} dòng)" if wrong else ""
            said = one.expectation_config.description
            yield f"{said}." if suite.surprising else f"{suite.title}: {said}{where}."
