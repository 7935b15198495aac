"""Translate errors of AWS into StoreUnavailable, which is retried.

Missing permissions, an unreachable KMS key, throttling and network failures raise StoreUnavailable, so that the queue
retries and in the end the dead-letter queue's alarm fires. None of them is caused by the photo, so none may be recorded
as its failure.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from processor.errors import StoreUnavailable

T = TypeVar("T")
MISSING = frozenset({"404", "NoSuchKey", "NoSuchVersion", "NotFound"})
# Of a multipart upload that was completed, or whose parts were removed.
NO_UPLOAD = MISSING | {"NoSuchUpload"}
# 409: another conditional write of the same key was under way.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
CONDITION_FAILED = frozenset({"412", "PreconditionFailed", "409", "ConditionalRequestConflict"})
# The same, of DynamoDB.
CONDITION_REFUSED = frozenset({"ConditionalCheckFailedException"})

# A key that S3 or DynamoDB cannot hold: nothing is stored there, and no retry helps.
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html#ErrorCodeList
IMPOSSIBLE_KEY = frozenset({"KeyTooLongError", "InvalidURI", "ValidationException"})
# An object that is there and cannot be read as it is: archived, or encrypted with its uploader's key (SSE-C).
UNREADABLE = frozenset({"InvalidObjectState", "InvalidRequest"})


@contextmanager
def aws_call(what: str) -> Generator[None]:
    """Replace any error of botocore by StoreUnavailable, which names *what* was called."""
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "no status")
        raise StoreUnavailable(f"{what}: expected success, received {error_code(error)} (HTTP {status}).") from error
    except BotoCoreError as error:
        raise StoreUnavailable(f"{what}: expected an answer, received {type(error).__name__}: {error}") from error


def unless(codes: frozenset[str], call: Callable[[], T]) -> T | None:
    """Return the answer to *call*; None when AWS refuses with one of *codes*."""
    try:
        return call()
    except ClientError as error:
        if error_code(error) in codes:
            return None
        raise


def error_code(error: ClientError) -> str:
    """Return AWS's error code; for HEAD, whose answer has no body, the HTTP status."""
    return error.response.get("Error", {}).get("Code", "Unknown")
