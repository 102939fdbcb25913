"""Translates codes in the tables into Vietnamese titles: units, datasets, columns, faults, indicators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from schemas.contract import Cross, Dataset
from schemas.indicator import Indicator
from schemas.judgement import Judgement, judgements_of
from schemas.units import Commune
from schemas.whole_faults import WHOLE_FAULTS

UNKNOWN_DATASET = "Chưa rõ bộ dữ liệu"


@dataclass(frozen=True)
class Names:
    """Titles from the contracts; a code that they do not know is shown as it is."""

    datasets: Mapping[str, Dataset]
    commune: Commune
    indicators: Mapping[str, Indicator]

    @cached_property
    def rules(self) -> Mapping[str, tuple[Judgement, ...]]:
        """Every check of each dataset on its own records."""
        return {name: judgements_of(dataset) for name, dataset in self.datasets.items()}

    def all_rules(self, dataset: str) -> tuple[Judgement | Cross, ...]:
        """Every check of a dataset, also those across datasets."""
        return (*self.rules[dataset], *self.datasets[dataset].cross)

    def unit(self, name: str | None) -> str:
        """The unit's title; a thôn also gets its old commune, since several thôn have the same name."""
        title, old_commune = self.place(name)
        return f"{title} ({old_commune})" if old_commune else title

    def place(self, name: str | None) -> tuple[str, str]:
        """The unit's title, and the old commune of a thôn (else empty)."""
        known = self.commune.unit(name or "")
        if known is None:
            return name or "Chưa rõ đơn vị", ""
        place = next((thon for thon in self.commune.thon if thon.code == name), None)
        return (known.title, "") if place is None else (place.name, place.old_commune)

    def dataset(self, name: str | None) -> str:
        """The dataset's title."""
        if not name:
            return UNKNOWN_DATASET
        return self.datasets[name].title if name in self.datasets else name

    def column(self, dataset: str | None, name: str | None) -> str:
        """The heading on the form; levels of a merged heading are joined by `, `."""
        known = self.datasets.get(dataset or "")
        if known is None or not name or name not in known:
            return name or ""
        return known[name].label.replace(" > ", ", ")

    def faults(self) -> Callable[[str | None, str], str]:
        """Return a function from (dataset, code) to the sentence of that fault; empty if it is unknown."""
        sentences: dict[tuple[str | None, str], str] = {}
        for name in self.datasets:
            sentences |= {(name, rule.code): rule.says for rule in self.all_rules(name)}
        whole = {code: fault.says for code, fault in WHOLE_FAULTS.items()}
        return lambda dataset, code: sentences.get((dataset, code)) or whole.get(code, "")

    def indicator(self, name: str) -> str:
        """The indicator's title."""
        return self.indicators[name].title if name in self.indicators else name

    def counted(self, indicator: str) -> str:
        """The noun for what the indicator counts, with a space before it; empty if unknown."""
        return f" {self.indicators[indicator].counted}" if indicator in self.indicators else ""

    def place_in_plan(self, indicator: str) -> tuple[str, str]:
        """Sort key: the indicator's paragraph in the plan, then its name; unknown indicators come last."""
        known = self.indicators.get(indicator)
        return ("~" if known is None else known.from_), indicator
