"""Apply one event, then log and count its outcome."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from aws_lambda_powertools.metrics import MetricUnit

from processor.budget import Budget
from processor.errors import Verdict
from processor.events import MessageResult, ObjectEvent
from processor.original import Photo
from processor.telemetry import Telemetry, one
from processor.upload.outcome import Result, UploadOutcome


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportedUpload:
    """Applies events with *process*; returns the result of each for its sender."""

    process: Callable[[ObjectEvent, Budget], UploadOutcome]
    telemetry: Telemetry

    def __call__(self, event: ObjectEvent, budget: Budget) -> MessageResult:
        """Apply *event* and report its outcome."""
        with self.telemetry.span("photo", change=event.change.value):
            outcome = self.process(event, budget)
        report_upload(self.telemetry, event, outcome)
        return MessageResult(
            code="PermanentFailure" if outcome.permanent_failure else "Succeeded",
            acknowledged=True,
            text=f"{outcome.result.value} {outcome.code}".strip(),
        )


def report_upload(telemetry: Telemetry, event: ObjectEvent, outcome: UploadOutcome) -> None:
    """Log and count an outcome."""
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
        case Result.RENDERED if outcome.item and outcome.item.photo:
            report_rendered(telemetry, fields, outcome.item.photo, outcome.item.receipt or {})
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


def report_rendered(telemetry: Telemetry, fields: dict[str, Any], photo: Photo, receipt: Mapping[str, Any]) -> None:
    """Log and count a photo with its receipt."""
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
