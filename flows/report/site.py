"""Writes all pages of a commune's release: which content goes to which file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from flows.files import INTERNAL_FILE, PUBLIC_FILE
from flows.release.places import UNITS
from flows.report import analyst, chairman, changed, engineer, fault_list, file_list, issue_list, units
from flows.report.changed import EarlierRelease
from flows.report.names import Names
from flows.report.page_data import load_page_data
from flows.report.render import open_site
from flows.report.tables import read_tables
from schemas.contract import Dataset
from schemas.indicator import Indicator
from schemas.tables import FAULTS, ISSUES, SUBMISSIONS
from schemas.units import Commune


def write_site(
    release: Path,
    datasets: Mapping[str, Dataset],
    indicators: Mapping[str, Indicator],
    commune: Commune,
    as_of: date,
    since: EarlierRelease | None = None,
) -> Path:
    """Write the pages of the release in the folder `release` to its `reports/`; returns `index.html`.

    The pages depend on the release's tables, the contracts, and the changes `since` the release before
    only: the same release gives the same bytes. `indicators` are the plan's unless others are given. Tables
    that are missing show as empty. A page that shows an internal table is for the same readers.
    """
    names = Names(datasets, commune, indicators)
    made = load_page_data(release, read_tables(release), names, as_of)
    pages = open_site(made.reports, made.names, as_of)
    for listing, of in ((fault_list, FAULTS), (file_list, SUBMISSIONS), (issue_list, ISSUES)):
        content = listing.page_content(made)
        pages.write(content["here"], "bang.html.j2", content, INTERNAL_FILE if of.internal else PUBLIC_FILE)
    pages.write("ky_su.html", "ky_su.html.j2", engineer.page_content(made))
    pages.write("don_vi.html", "don_vi.html.j2", units.list_units(made))
    for name, page in units.list_unit_pages(made):
        pages.write(f"{UNITS}/{name}.html", "mot_don_vi.html.j2", page)
    pages.write("thay_doi.html", "thay_doi.html.j2", changed.page_content(made, since))
    pages.write("phan_tich.html", "phan_tich.html.j2", analyst.page_content(made))
    return pages.write("index.html", "index.html.j2", chairman.page_content(made))
