"""Do what one message of the jobs queue asks for, then log and count its outcome."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from aws_lambda_powertools.metrics import MetricUnit

from processor.budget import Budget
from processor.editing.outcome import EditEnding, EditOutcome
from processor.editing.session_check import EXPIRED, Checked
from processor.edits.archive import ArchiveEnding, ArchiveOutcome
from processor.edits.job import ArchiveJob, ImageJob, Job, SessionCheck, read_message
from processor.edits.session import EditResult
from processor.events import Batch, Json, MalformedEvent, MessageResult, records_of, sqs_message
from processor.telemetry import Telemetry, one


@dataclass(frozen=True, kw_only=True, slots=True)
class JobDelivery:
    """One delivery of a job, the *attempts*-th."""

    job: Job
    attempts: int


class DoesJob(Protocol):
    """Does one job."""

    def __call__(self, job: ImageJob, budget: Budget, *, attempts: int = 1) -> EditOutcome:
        """Do *job*, delivered for the *attempts*-th time."""
        ...


class MakesArchive(Protocol):
    """Makes archives."""

    def __call__(self, job: ArchiveJob, budget: Budget, *, attempts: int = 1) -> ArchiveOutcome:
        """Go on with an archive, whose job is delivered for the *attempts*-th time."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportedEdit:
    """Does jobs with *process*, checks sessions with *check*, makes archives with *archive*.

    It returns the result of each for the queue. A job that was given up becomes a dead letter, which raises the alarm.
    """

    process: DoesJob
    check: Callable[[SessionCheck], Checked]
    archive: MakesArchive
    telemetry: Telemetry

    def __call__(self, delivery: JobDelivery, budget: Budget) -> MessageResult:
        """Do the job and report its outcome."""
        job, attempts = delivery.job, delivery.attempts
        match job:
            case SessionCheck():
                report_check(self.telemetry, job, self.check(job))
                return result_of("checked", gave_up=False)
            case ArchiveJob():
                with self.telemetry.span("archive", archive=job.archive_id):
                    made = self.archive(job, budget, attempts=attempts)
                report_archive(self.telemetry, job, attempts, made)
                return result_of(made.ending.value, gave_up=made.ending is ArchiveEnding.GAVE_UP)
            case ImageJob():
                with self.telemetry.span("edit", session=job.session_id):
                    outcome = self.process(job, budget, attempts=attempts)
                report_edit(self.telemetry, job, attempts, outcome)
                return result_of(outcome.ending.value, gave_up=outcome.ending is EditEnding.GAVE_UP)


def result_of(ending: str, *, gave_up: bool) -> MessageResult:
    """Return the result of a job for the queue."""
    return MessageResult(code="PermanentFailure" if gave_up else "Succeeded", acknowledged=not gave_up, text=ending)


def read_jobs(event: Json) -> Batch[JobDelivery]:
    """Read the messages of the jobs queue; raise MalformedEvent for anything else."""
    try:
        records = records_of(event)
    except MalformedEvent as error:
        raise MalformedEvent(f"{error} To start an edit, call POST /image-edit (docs/edit-api.md).") from error
    messages = tuple(sqs_message(record, read_job) for record in records)
    return Batch(sender="sqs", messages=messages, invocation=event)


def read_job(body: str, attempts: int) -> list[JobDelivery]:
    """Read one message's body; raise MalformedEvent."""
    try:
        return [JobDelivery(job=read_message(body), attempts=attempts)]
    except ValueError as error:
        raise MalformedEvent(f"jobs queue: {error}.") from error


def report_check(telemetry: Telemetry, check: SessionCheck, checked: Checked) -> None:
    """Log and count a check that found something to do."""
    if checked.resent:
        telemetry.warning("session stalled, jobs sent again", session_id=check.session_id, jobs=checked.resent)
        telemetry.count({"JobsSentAgain": one(checked.resent)})
    if checked.expired:
        telemetry.warning("session expired", session_id=check.session_id, pictures=checked.expired)
        telemetry.count({"EditsFailed": one(checked.expired)}, code=EXPIRED.code)


def report_edit(telemetry: Telemetry, job: ImageJob, attempts: int, outcome: EditOutcome) -> None:
    """Log and count an outcome."""
    fields: dict[str, Any] = {
        "session_id": job.session_id,
        "image_id": job.image_id,
        "attempts": attempts,
        "ending": outcome.ending.value,
    }
    if outcome.code:
        fields |= {"code": outcome.code, "detail": outcome.detail}
    if outcome.lost_reports:
        fields |= {"progress_lost": outcome.lost_reports}
    match outcome.ending:
        case EditEnding.EDITED if outcome.result:
            report_edited(telemetry, fields, outcome.result)
        case EditEnding.FAILED:
            telemetry.warning("edit failed", **fields)
            telemetry.count({"EditsFailed": one()}, code=outcome.code)
        case EditEnding.GAVE_UP:
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


def report_archive(telemetry: Telemetry, job: ArchiveJob, attempts: int, outcome: ArchiveOutcome) -> None:
    """Log and count how the delivery of an archive's job ended."""
    fields: dict[str, Any] = {"archive_id": job.archive_id, "attempts": attempts, "ending": outcome.ending.value}
    match outcome.ending:
        case ArchiveEnding.COMPLETE:
            made = {"files": outcome.files, "left_out": outcome.left_out, "bytes": outcome.size_bytes}
            telemetry.info("archive made", **fields, **made)
            telemetry.count(
                {"ArchivesDone": one(), "ArchiveBytes": (outcome.size_bytes, MetricUnit.Bytes)},
            )
        case ArchiveEnding.FAILED | ArchiveEnding.GAVE_UP:
            telemetry.warning("archive failed", **fields, code=outcome.code, detail=outcome.detail)
            telemetry.count({"ArchivesFailed": one()}, code=outcome.code)
        case _:
            telemetry.info("archive goes on", **fields, files=outcome.files)
