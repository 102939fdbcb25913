"""Judges the cross rules: rules that compare a dataset with another one of the same period."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import polars as pl

from flows.validate.records import FAULTS_SCHEMA, Verdict, describe, judge
from flows.validate.tally import Tally
from schemas.contract import GOOD, WARNED, Cross, Dataset, Tie
from schemas.judgement import crossing
from schemas.periods import in_words

UNJUDGED = dict.fromkeys(("unit", "dataset", "period", "dimension", "code", "other"), pl.String)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """The verdicts with the faults of cross rules, and the rules that could not be judged (`UNJUDGED`)."""

    verdicts: Mapping[str, Verdict]
    unjudged: pl.DataFrame


def reconcile(
    verdicts: Mapping[str, Verdict], live: pl.DataFrame, datasets: Mapping[str, Dataset]
) -> Reconciled:
    """Judge every cross rule on the submissions in effect.

    A rule is not judged if the other dataset has no submission in effect for the period. It is not judged on
    a row with a blocking fault in one of the rule's columns: a value known to be wrong is not compared.

    Args:
        verdicts: The verdict of each dataset, by name.
        live: The submissions in effect: `dataset`, `_part`, `_unit`, `_period`.
        datasets: The contracts, by name.

    Raises:
        RuleDidNotRunError: a rule gave no result.
    """
    reconciled = dict(verdicts)
    unjudged = [pl.DataFrame(schema=UNJUDGED)]
    for name in verdicts:
        dataset = datasets[name]
        own = live.filter(dataset=name)
        for tie, rules in _group_by_tie(dataset.cross):
            other = _select_rows(tie.to, verdicts, live)
            alone = own.join(other.select("_period").unique(), on="_period", how="anti")
            unjudged += [_list_unjudged(alone, rule, tie) for rule in rules]
            together = own.join(other.select("_period").unique(), on="_period", how="semi")
            if together.height:
                pair = _Pair(dataset, tie, together, other)
                reconciled[name] = pair.judge(reconciled[name], rules)
    return Reconciled(reconciled, pl.concat(unjudged).sort("unit", "dataset", "period", "code"))


def explain_unjudged(unjudged: pl.DataFrame, datasets: Mapping[str, Dataset]) -> pl.DataFrame:
    """One row per unit, dataset, period and dimension with rules that were not judged, and the `reason`."""
    titles = {name: dataset.title for name, dataset in datasets.items()}
    words = {label: in_words(label) for label in unjudged["period"].unique()}
    title = pl.col("other").replace_strict(titles, return_dtype=pl.String)
    period = pl.col("period").replace_strict(words, return_dtype=pl.String)
    reason = pl.format("Chưa đối chiếu được với “{}” {}: chưa có lượt nộp nào dùng được.", title, period)
    by = ["unit", "dataset", "period", "dimension"]
    reasons = unjudged.with_columns(reason=reason).unique([*by, "reason"], maintain_order=True)
    return reasons.group_by(by, maintain_order=True).agg(pl.col("reason").str.join(" "))


def _group_by_tie(rules: Iterable[Cross]) -> list[tuple[Tie, list[Cross]]]:
    ties: dict[int, tuple[Tie, list[Cross]]] = {}
    for rule in rules:
        ties.setdefault(id(rule.tied), (rule.tied, []))[1].append(rule)
    return list(ties.values())


def _select_rows(name: str, verdicts: Mapping[str, Verdict], live: pl.DataFrame) -> pl.DataFrame:
    if name not in verdicts:
        return pl.DataFrame(schema={"_period": pl.String})
    mine = live.filter(dataset=name).select("_part", "_period")
    return verdicts[name].judged.join(mine, on="_part", how="inner", maintain_order="left")


def _list_unjudged(alone: pl.DataFrame, rule: Cross, tie: Tie) -> pl.DataFrame:
    return alone.select(
        pl.col("_unit").alias("unit"),
        "dataset",
        pl.col("_period").alias("period"),
        pl.lit(rule.dimension).alias("dimension"),
        pl.lit(rule.code).alias("code"),
        pl.lit(tie.to).alias("other"),
    )


class _Pair:
    """The submissions of one dataset, and the rows of the other dataset to compare them with."""

    def __init__(self, dataset: Dataset, tie: Tie, live: pl.DataFrame, other: pl.DataFrame) -> None:
        self._dataset, self._tie = dataset, tie
        self._live = live.select("_part", "_unit", "_period")
        self._other = other.with_columns(_noi=self._locate())
        self._tied = (
            self._other.filter(pl.col(tie.by).is_not_null())
            .group_by("_period", "_noi", tie.by, maintain_order=True)
            .agg(each.alias(f"{tie.to}.{name}") for name, each in tie.brings.items())
        )

    def judge(self, verdict: Verdict, rules: Iterable[Cross]) -> Verdict:
        """`verdict` plus the faults that `rules` find."""
        for level, judge_level in (("o", self._judge_rows), ("tep", self._judge_submissions)):
            mine = [rule for rule in rules if rule.level == level]
            verdict = judge_level(verdict, mine) if mine else verdict
        return verdict

    def _locate(self) -> pl.Expr:
        """The place of a row; if it states none, the place that other rows with the same tie value state."""
        if self._tie.place is None:
            return pl.lit(None, pl.String)
        place = pl.col(self._tie.place)
        return pl.coalesce(place, place.drop_nulls().first().over("_period", self._tie.by))

    def _count_untied(self) -> pl.DataFrame:
        """Per part, the number of rows (`_khong_ro`) of the other dataset without a tie value.

        Each of them may be tied to any row of its place; rules use the number as a margin.
        """
        untied = self._other.filter(pl.col(self._tie.by).is_null())
        here = (pl.col("_noi") == pl.col("_unit")) | pl.col("_noi").is_null()
        return (
            self._live.join(untied.select("_period", "_noi"), on="_period", how="inner")
            .filter(here)
            .group_by("_part")
            .agg(_khong_ro=pl.len().cast(pl.Int64))
        )

    def _judge_rows(self, verdict: Verdict, rules: list[Cross]) -> Verdict:
        """Judge rules on each row, with the columns of its partner in the other dataset joined to it."""
        own, by = verdict.judged, self._tie.by
        brought = [name for name in self._tied.columns if name not in ("_period", "_noi", by)]
        keys = own.select("_part", by).join(self._live, on="_part", how="left", maintain_order="left")
        at_place = self._tied.with_columns(_co=pl.lit(value=True))
        anywhere = at_place.filter(pl.col("_noi").is_null()).drop("_noi")
        known = at_place.filter(pl.col("_noi").is_not_null())
        partners = keys.join(
            known,
            left_on=["_period", "_unit", by],
            right_on=["_period", "_noi", by],
            how="left",
            maintain_order="left",
        ).join(anywhere, on=["_period", by], how="left", maintain_order="left", suffix="_dau_do")
        frame = own.with_columns(
            *(pl.coalesce(partners[name], partners[f"{name}_dau_do"]).alias(name) for name in brought),
            _co=partners["_co"].fill_null(partners["_co_dau_do"]).fill_null(value=False),
            _khong_ro=keys.join(self._count_untied(), on="_part", how="left", maintain_order="left")[
                "_khong_ro"
            ].fill_null(0),
            **{f"_khong_xet.{rule.code}": self._find_not_judged(verdict, keys, rule) for rule in rules},
        )
        judgements = [
            crossing(self._dataset, rule, not_judged=pl.col(f"_khong_xet.{rule.code}")) for rule in rules
        ]
        failures = judge(frame, self._dataset, judgements, verdict.results)
        return replace(
            verdict,
            judged=own.with_columns(_class=_mark_warned(own["_class"], failures["index"])),
            faults=pl.concat([verdict.faults, describe(failures, frame, self._dataset, judgements)]),
        )

    def _find_not_judged(self, verdict: Verdict, keys: pl.DataFrame, rule: Cross) -> pl.Series:
        """One Boolean per row: not in effect, no tie value, or a blocking fault in the rule's columns."""
        return keys["_unit"].is_null() | keys[self._tie.by].is_null() | verdict.results.blocked(rule.on)

    def _judge_submissions(self, verdict: Verdict, rules: list[Cross]) -> Verdict:
        """Judge rules on whole submissions: has each one a row for every group of the other dataset?"""
        by, own = self._tie.by, verdict.judged
        here = own.select("_part", by).join(self._live, on="_part", how="inner", maintain_order="left")
        has = here.filter(pl.col(by).is_not_null()).select("_part", by, _co=pl.lit(value=True)).unique()
        unread = here.filter(pl.col(by).is_null()).group_by("_part").agg(_khong_ro=pl.len().cast(pl.Int64))
        groups = self._list_groups().join(has, on=["_part", by], how="left", maintain_order="left")
        groups = groups.join(unread, on="_part", how="left", maintain_order="left").with_columns(
            pl.col("_co").fill_null(value=False), pl.col("_khong_ro").fill_null(0)
        )
        faults = [_judge_whole(groups, rule, self._dataset, verdict.results) for rule in rules]
        return replace(verdict, faults=pl.concat([verdict.faults, *faults]))

    def _list_groups(self) -> pl.DataFrame:
        """The groups of the other dataset that each submission must have a partner for."""
        if self._tie.place is None:
            return self._live.join(self._tied, on="_period", maintain_order="left_right")
        return self._live.join(
            self._tied,
            left_on=["_period", "_unit"],
            right_on=["_period", "_noi"],
            maintain_order="left_right",
        )


def _mark_warned(classes: pl.Series, rows: pl.Series) -> pl.Series:
    touched = pl.repeat(False, classes.len(), eager=True, dtype=pl.Boolean).scatter(rows, True)
    return classes.set((classes == GOOD) & touched, WARNED)


def _judge_whole(groups: pl.DataFrame, rule: Cross, dataset: Dataset, results: Tally) -> pl.DataFrame:
    """One fault per submission that lacks more of `groups` than it has rows with an unreadable tie value."""
    judged = groups.select("_part", "_khong_ro", failed=rule.fails_when)
    counted = (
        judged.group_by("_part", maintain_order=True)
        .agg(
            _phai_co=pl.col("failed").count().cast(pl.Int64),
            _thieu=pl.col("failed").sum().cast(pl.Int64) - pl.col("_khong_ro").first(),
        )
        .with_columns(pl.col("_thieu").clip(0))
    )
    results.add(counted.select("_part", dimension=pl.lit(rule.dimension), judged="_phai_co", failed="_thieu"))
    says = pl.lit(rule.says)
    place = {
        "_table": pl.lit(0),
        "column": pl.lit(dataset.blamed(rule)),
        "code": pl.lit(rule.code),
        "dimension": pl.lit(rule.dimension),
        "severity": pl.lit(rule.severity),
        "message": says if rule.note is None else pl.concat_str(says, rule.note, separator=" "),
    }
    faults = counted.filter(pl.col("_thieu") > 0).with_columns(**place)
    blank = [pl.lit(None).alias(name) for name in FAULTS_SCHEMA if name not in faults.columns]
    return faults.with_columns(blank).select(pl.col(n).cast(t) for n, t in FAULTS_SCHEMA.items())
