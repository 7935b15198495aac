"""The edit worker: jobs of the queue in, results out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from processor.handlers.edit_assembly import edit_line, redelivery
from processor.handlers.edit_worker import EditWorker
from processor.settings_env import EditEnv, from_env
from processor.telemetry import Telemetry

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@cache
def worker() -> EditWorker:
    """Build everything once per process, when the first event comes."""
    env = from_env(EditEnv, os.environ)
    telemetry = Telemetry(service=env.service, stack=env.stack)
    return EditWorker(process=edit_line(env).process, bring_forward=redelivery(env).bring_forward, telemetry=telemetry)


def handler(event: Mapping[str, Any], context: LambdaContext) -> Mapping[str, Any]:
    """Answer one invocation."""
    return worker().handle(event, context)
