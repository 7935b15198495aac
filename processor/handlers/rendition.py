"""The rendition function: S3 events in, renditions out."""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from processor.handlers.assembly import rendition_line
from processor.handlers.worker import Worker
from processor.settings_env import RenditionEnv, from_env
from processor.telemetry import Telemetry

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@cache
def worker() -> Worker:
    """Build everything once per process, when the first event comes."""
    gc.disable()  # nothing that is made here becomes garbage; collections would walk through it for 20 ms
    try:
        env = from_env(RenditionEnv, os.environ)
        telemetry = Telemetry(service=env.service, stack=env.stack)
        return Worker(process=rendition_line(env).process, telemetry=telemetry)
    finally:
        gc.enable()


def handler(event: Mapping[str, Any], context: LambdaContext) -> Mapping[str, Any]:
    """Answer one invocation."""
    return worker().handle(event, context)
