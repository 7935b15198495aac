"""Entry point of the reconciler function, which repairs stuck photos and drifted records on a schedule."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from processor.budget import Budget
from processor.handlers.reconciliation import Reconciliation
from processor.settings.functions import ReconcileEnv, from_env
from processor.telemetry import Telemetry

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@cache
def reconciliation() -> Reconciliation:
    """Build everything once per process, when the first event comes."""
    env = from_env(ReconcileEnv, os.environ)
    return Reconciliation.of(env, Telemetry(service=env.service, stack=env.stack))


def handler(event: Mapping[str, Any], context: LambdaContext) -> Mapping[str, Any]:  # noqa: ARG001 - a schedule's event is empty
    """Do one run."""
    reconciler = reconciliation()
    reconciler.telemetry.invocation(context.aws_request_id)
    budget = Budget(
        seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
        memory_mib=int(context.memory_limit_in_mb),
    )
    return reconciler.run(budget)
