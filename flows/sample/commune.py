"""Plans all submissions of the commune for the last two periods of every dataset, without faults."""

from __future__ import annotations

from collections.abc import Iterator

from flows.sample.offices import agencies, economy, hamlets, networks, office, police, society
from flows.sample.people.numbers import Numbers
from flows.sample.people.register import make_registers
from flows.sample.submission import SampleSubmission
from flows.sample.world import World


def plan_all_submissions(world: World) -> list[SampleSubmission]:
    """The submissions owed by all units, sorted by unit, dataset and period."""
    people = make_registers(world)
    homes = list(hamlets.make(world, people))
    submissions = [
        *police.make(world, people),
        *office.make(world, people),
        *agencies.make(world),
        *economy.make(world, people, _tax_codes(world)),
        *society.make(world, people),
        *networks.make(world, homes),
        *homes,
    ]
    return sorted(submissions, key=lambda one: (one.unit, one.dataset.name, one.period.label))


def _tax_codes(world: World) -> Iterator[str]:
    numbers = Numbers(world.rng("tax codes"), world.share)
    while True:
        yield numbers.tax()
