"""Deploys flows on a schedule, and mends what Prefect's server believes of runs whose process is gone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import (
    ConcurrencyLimitConfig,
    ConcurrencyLimitStrategy,
    State,
    StateType,
)
from prefect.deployments.runner import RunnerDeployment
from prefect.flows import Flow
from prefect.schedules import Cron
from prefect.states import Crashed

import flows.engine.prefect_settings  # noqa: F401 - before prefect

_ENDLESS = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]


def is_cron(text: str) -> bool:
    """Whether Prefect understands `text` as a schedule."""
    try:
        Cron(text)
    except ValueError:
        return False
    return True


def make_deployment(
    work: Flow[Any, Any], name: str, said: str, tags: list[str], cron: str
) -> RunnerDeployment:
    """A deployment on a schedule in Vietnam's time, one run at a time: the next one waits.

    `said` tells whose it is; the flow's own description follows it.
    """
    deployment = work.to_deployment(
        name=name,
        schedule=Cron(cron, timezone="Asia/Ho_Chi_Minh"),
        concurrency_limit=ConcurrencyLimitConfig(
            limit=1, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE
        ),
        description=f"{said}\n\n{work.description}",
        tags=tags,
    )
    return cast("RunnerDeployment", deployment)


def mark_crashed(deployments: Sequence[str]) -> list[str]:
    """Mark as crashed all runs of the deployments that were begun and not ended; returns their names.

    Call it when nothing runs them: a run that was killed stays "running" for ever otherwise, and the next one
    waits for it.
    """
    begun = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_ENDLESS)))
    ours = DeploymentFilter(name=DeploymentFilterName(any_=[*deployments]))
    with get_client(sync_client=True) as client:
        runs = client.read_flow_runs(flow_run_filter=begun, deployment_filter=ours)
        for run in runs:
            gone: State[None] = Crashed(message="Tiến trình của lượt chạy này đã mất.")
            client.set_flow_run_state(run.id, gone, force=True)
    return [run.name for run in runs]
