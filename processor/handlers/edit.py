"""Entry point of the edit worker function: jobs of the queue in, results and archives out."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from processor.archiving.assembly import archive_maker
from processor.aws.clients import Session
from processor.editing.assembly import edit_pipeline, job_visibility, session_check
from processor.editing.reports import JobDelivery, ReportedEdit, read_jobs
from processor.handlers.batch import BatchWorker
from processor.settings.functions import EditEnv, from_env
from processor.telemetry import Telemetry

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext


@cache
def worker() -> BatchWorker[JobDelivery]:
    """Build everything once per process, when the first event comes."""
    env, session = from_env(EditEnv, os.environ), Session()
    telemetry = Telemetry(service=env.service, stack=env.stack)
    return BatchWorker(
        read=read_jobs,
        apply=ReportedEdit(
            process=edit_pipeline(env, session).process,
            check=session_check(env),
            archive=archive_maker(env),
            telemetry=telemetry,
        ),
        telemetry=telemetry,
        change_visibility=job_visibility(env, session).change_visibility,
        heartbeat=True,
    )


def handler(event: Mapping[str, Any], context: LambdaContext) -> Mapping[str, Any]:
    """Answer one invocation."""
    return worker().handle(event, context)
