"""What logs and metrics say of each job, whatever became of it."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit

from processor.edits.job import ImageJob
from processor.edits.session import EditResult
from processor.jobs.outcomes import Ending, Outcome
from processor.telemetry import Telemetry, one


def report_outcome(telemetry: Telemetry, job: ImageJob, attempts: int, outcome: Outcome) -> None:
    """Log and count an ending."""
    fields: dict[str, Any] = {
        "session_id": job.session_id,
        "image_id": job.image_id,
        "attempts": attempts,
        "ending": outcome.ending.value,
    }
    if outcome.code:
        fields |= {"code": outcome.code, "detail": outcome.detail}
    if outcome.untold:
        fields |= {"progress_lost": outcome.untold}
    match outcome.ending:
        case Ending.EDITED if outcome.result:
            report_edited(telemetry, fields, outcome.result)
        case Ending.FAILED:
            telemetry.warning("edit failed", **fields)
            telemetry.count({"EditsFailed": one()}, code=outcome.code)
        case Ending.GAVE_UP:
            telemetry.warning("edit given up", **fields)
            telemetry.count({"EditsFailed": one()}, code=outcome.code)
        case _:
            telemetry.info("nothing to edit", **fields)
            telemetry.count({"EditsSettled": one()}, ending=outcome.ending.value)


def report_edited(telemetry: Telemetry, fields: dict[str, Any], result: EditResult) -> None:
    """Log and count a result."""
    took_ms = result.metadata.processing_time_ms
    made = {"format": result.format, "bytes": result.size, "operations": result.metadata.operations}
    telemetry.info("picture edited", **fields, **made, took_ms=took_ms)
    telemetry.count(
        {
            "EditsDone": one(),
            "EditDuration": (took_ms, MetricUnit.Milliseconds),
            "ResultBytes": (result.size, MetricUnit.Bytes),
        }
    )
