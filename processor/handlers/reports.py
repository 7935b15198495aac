"""What logs and metrics say of each event, whatever became of it."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools.metrics import MetricUnit

from processor.errors import Verdict
from processor.events import ObjectEvent
from processor.manifest import Manifest
from processor.telemetry import Telemetry, one
from processor.upload.outcomes import Outcome, Result


def report_outcome(telemetry: Telemetry, event: ObjectEvent, outcome: Outcome) -> None:
    """Log and count an ending."""
    fields = {
        "key": event.key,
        "change": event.change.value,
        "attempts": event.attempts,
        "result": outcome.result.value,
    }
    if outcome.code:
        fields |= {"code": outcome.code}
    if outcome.detail:
        fields |= {"detail": outcome.detail}
    match outcome.result:
        case Result.RENDERED if outcome.manifest:
            report_rendered(telemetry, fields, outcome.manifest)
        case Result.FAILED:
            telemetry.warning("photo failed", **fields)
            telemetry.count({"PhotosFailed": one()}, code=outcome.code)
            if outcome.code == Verdict.RENDERING_FAILED:
                telemetry.count({"RenderingDefects": one()})
        case Result.SKIPPED:
            telemetry.info("object skipped", **fields)
            telemetry.count({"ObjectsSkipped": one()}, reason=outcome.code)
        case Result.REFUSED:
            telemetry.warning("event refused", **fields)
            telemetry.count({"EventsRefused": one()}, code=outcome.code)
        case _:
            telemetry.info("nothing to render", **fields)
            telemetry.count({"EventsSettled": one()}, result=outcome.result.value)


def report_rendered(telemetry: Telemetry, fields: dict[str, Any], manifest: Manifest) -> None:
    """Log and count a photo with its receipt."""
    receipt, photo = manifest.receipt or {}, manifest.finished
    telemetry.info("photo rendered", **fields, format=photo.format, version=photo.version, receipt=receipt)
    telemetry.count(
        {
            "PhotosRendered": one(),
            "RenditionsMade": one(len(photo.renditions)),
            "RenditionBytes": (receipt["output_bytes"], MetricUnit.Bytes),
            "PhotoDuration": (receipt["total_ms"], MetricUnit.Milliseconds),
            "PeakMemory": (receipt["peak_memory_mib"], MetricUnit.Megabytes),
            "EstimatedCostUsd": (receipt["cost_usd"], MetricUnit.NoUnit),
        },
        decoder=receipt["decoder"],
    )


def report_retry(telemetry: Telemetry, message_id: str, error: Exception, code: str) -> None:
    """Log and count what the queue will deliver again."""
    telemetry.warning("message will come again", message_id=message_id, code=code, detail=str(error))
    telemetry.count({"TransientFailures": one()}, code=code)


def report_defect(telemetry: Telemetry, message_id: str, error: Exception, code: str) -> None:
    """Log, with its trace, and count what no retry is known to help against."""
    telemetry.defect("message failed unexpectedly", error, message_id=message_id, code=code)
    telemetry.count({"UnexpectedFailures": one()}, code=code)
