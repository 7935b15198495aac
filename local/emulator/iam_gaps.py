"""Patch ministack's IAM where it checks another resource than AWS does, or none.

Streams: AWS names a log stream by its group *and* the stream, so grants end in ``:*``; ministack names the group only.
Batches: a permission for one message covers a batch; batch calls have no actions of their own.
https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html
Missing keys: without permission to list the bucket, S3 answers 403 for a missing key, not 404.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from local.emulator.lambda_gaps import replace

STREAM_ACTIONS: Final = frozenset({"CreateLogStream", "DeleteLogStream", "GetLogEvents", "PutLogEvents"})
READING: Final = frozenset({"GET", "HEAD"})
LISTING: Final = "s3:ListBucket"
BATCH: Final = "Batch"


def patch_iam() -> None:
    """Patch ministack's IAM; call it before the first request."""
    judged: Any = importlib.import_module("ministack.core.iam_actions")
    replace(judged, "extract_resource_arn", of_streams)
    replace(judged, "extract_iam_action", of_batches)
    application: Any = importlib.import_module("ministack.app")
    replace(application, "_dispatch_service_request", lambda original: hiding_keys(application, original))


def of_streams(original: Callable[..., str]) -> Callable[..., str]:
    """Return the full ARN of a log stream."""

    def extract_resource_arn(service: str, *request: Any) -> str:
        arn = original(service, *request)
        _method, _path, headers, body = request[:4]
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        if service != "logs" or action not in STREAM_ACTIONS:
            return arn
        return f"{arn}:log-stream:{json.loads(body).get('logStreamName', '')}"

    return extract_resource_arn


def of_batches(original: Callable[..., str | None]) -> Callable[..., str | None]:
    """Check for a batch the action of a single message: ``sqs:SendMessage``."""

    def extract_iam_action(service: str, *request: Any) -> str | None:
        action = original(service, *request)
        return action.removesuffix(BATCH) if action and service == "sqs" else action

    return extract_iam_action


def hiding_keys(application: Any, original: Callable[..., Any]) -> Callable[..., Any]:
    """Answer 403 for a missing key when the caller may not list its bucket."""
    evaluator: Any = importlib.import_module("ministack.core.iam_evaluator")
    actions: Any = importlib.import_module("ministack.core.iam_actions")

    async def dispatch(*request: Any) -> tuple[int, Any, Any]:
        method, path, headers, _body, query_params, request_id = request
        answer = await original(*request)
        bucket, _, key = path.lstrip("/").partition("/")
        if answer[0] != HTTPStatus.NOT_FOUND or not key or method not in READING or not is_s3(method, path, headers):
            return answer
        caller = application.extract_access_key_id(headers, query_params)
        arn = f"arn:aws:s3:::{bucket}"
        denied = evaluator.enforce(caller, LISTING, "s3", application.extract_region(headers), resource_arn=arn)
        if denied is None:
            return answer
        return actions.access_denied_response(
            "s3", LISTING, denied.principal_arn, request_id, headers=headers, resource_arn=arn
        )

    def is_s3(method: str, path: str, headers: Any) -> bool:
        return application.detect_service(method, path, headers, {}) == "s3"

    return dispatch
