"""Writes, audits and publishes the release of a province from the figures of its communes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from flows.audit.auditor import Auditor
from flows.errors import AuditRefusedError
from flows.measure.ranking import rank
from flows.province.audit import audit_province
from flows.province.commune import CommuneFigures
from flows.province.figures import sum_figures
from flows.release import publish
from flows.release.datapackage import write_package
from flows.release.intact import close_to_writing
from flows.release.manifest import list_entries, seal_manifest
from flows.release.parquet import write_table
from flows.release.refusal import keep_refusal
from flows.report.names import Names
from flows.report.province import write_province
from flows.root import Root
from schemas.province import COMMUNE_RANKING, COMMUNE_SCORES, COMMUNES, DUPLICATES, PROVINCE, TABLES
from schemas.registry import Contracts, load


class NothingToRollUpError(RuntimeError):
    """Every commune failed, so there is nothing to publish; the message gives each reason."""

    def __init__(self, failed: Mapping[str, str]) -> None:
        lines = (f"- {root}: {why}" for root, why in sorted(failed.items()))
        super().__init__("\n".join(["Không xã nào chạy được nên không công bố gì.", *lines]))


@dataclass(frozen=True, slots=True)
class Gathered:
    """Results by root: figures of the communes that ran (at least one), reasons of those that failed."""

    shares: Mapping[str, CommuneFigures]
    failed: Mapping[str, str]
    duplicates: pl.DataFrame

    def by_code(self) -> list[CommuneFigures]:
        """The figures in the order of the communes' codes."""
        return sorted(self.shares.values(), key=lambda share: share.code)


def publish_province(root: Root, gathered: Gathered, as_of: date, auditor: Auditor) -> Path:
    """Write, audit and publish the release of the day `as_of` at `root`; returns its folder.

    Raises:
        AuditRefusedError: the audit found faults; the previous release stays published.
    """
    contracts, shares = load(), gathered.by_code()
    whose = ", ".join(sorted({share.province for share in shares}))
    with publish.stage(root) as folder:
        write_province_tables(folder, whose, gathered, contracts)
        asked = len(gathered.shares) + len(gathered.failed)
        wait_for_audit = auditor.begin_by(audit_province, folder, asked, as_of)
        write_province(folder, whose, _names(contracts), as_of)
        write_package(folder, whose, TABLES)
        audit = wait_for_audit()
        if audit.faults:
            refusal = AuditRefusedError(audit.faults, ())
            keep_refusal(root, folder, as_of, refusal)
            raise refusal
        fields = {
            "province": whose,
            "contract": shares[0].contract,
            "before": None,
            "inputs": [{"commune": share.code, "release": share.release} for share in shares],
            "failed": sorted(name_roots(gathered.failed)),
        }
        close_to_writing(folder)
        return publish.publish(root, folder, seal_manifest(folder, as_of, fields, list_entries(folder)))


def _names(contracts: Contracts) -> Names:
    return Names(contracts.datasets, contracts.commune, contracts.indicators)


def write_province_tables(folder: Path, province: str, gathered: Gathered, contracts: Contracts) -> None:
    """Write every table of the `province` into `folder`."""
    shares = gathered.by_code()
    figures = pl.concat([share.indicators for share in shares])
    failed = dict(zip(gathered.failed, name_roots(gathered.failed), strict=True))
    asked = {share.code: share.name for share in shares} | failed
    indicators = sum_figures(figures, province, asked, contracts.indicators)
    scores = pl.concat([share.scores.with_columns(commune=pl.lit(share.code)) for share in shares])
    ranking = rank(figures, contracts.indicators, "xa", [share.code for share in shares]).rename(
        {"key": "commune"}
    )
    for table, frame in (
        (COMMUNES, _communes(shares, gathered.failed)),
        (PROVINCE, indicators),
        (COMMUNE_SCORES, scores),
        (COMMUNE_RANKING, ranking),
        (DUPLICATES, gathered.duplicates),
    ):
        write_table(folder, table, frame)


def _communes(shares: Sequence[CommuneFigures], failed: Mapping[str, str]) -> pl.DataFrame:
    ran = [
        (each.code, each.name, "cong_bo", each.release, each.records, each.faults, None) for each in shares
    ]
    not_run = [
        (name, None, "hong", None, None, None, why)
        for name, why in zip(name_roots(failed), failed.values(), strict=True)
    ]
    return pl.DataFrame([*ran, *not_run], schema=COMMUNES.schema, orient="row")


def name_roots(roots: Iterable[str]) -> list[str]:
    """Names of communes known only by their roots: the last part if that is unique, else the whole root."""
    whole = list(roots)
    last = [root.rpartition("/")[2] for root in whole]
    return last if len(set(last)) == len(last) else whole
