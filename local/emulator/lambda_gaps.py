"""Patch ministack's Lambda, EventBridge and Scheduler where they differ from AWS.

Each replaced name is looked up first, so that a release that renames it fails at the start.
"""

from __future__ import annotations

import copy
import importlib
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

ERROR_TYPES: Final = ("errorMessage", "errorType")
# The host enforces a function's timeout; a client may wait for a cold start or a free sandbox before that.
HOST_TIMEOUT_S: Final = 3600
# Interval between checks of schedules; with ministack's 10 s, they would be 10 s late.
SCHEDULES_S: Final = 1

Record = dict[str, Any]


def patch_lambda() -> None:
    """Patch ministack's Lambda; call it before the first request."""
    functions: Any = importlib.import_module("ministack.services.lambda_svc")
    events: Any = importlib.import_module("ministack.services.eventbridge")
    replace(functions, "_execute_function_proxy", lambda _: ask_host)
    # The host writes a function's log with its true memory, and measures every invocation, not only direct ones.
    replace(functions, "_emit_lambda_logs", lambda _: do_nothing)
    replace(functions, "_emit_lambda_metrics", throttles_alone)
    replace(functions, "invoke_async_with_retry", lambda original: with_destinations(functions, original))
    replace(functions, "_get_function", with_version)
    replace(functions, "serve_function_code", lambda original: of_version(functions, original))
    replace(events, "_dispatch_to_lambda", lambda _: scheduled(functions))
    schedules: Any = importlib.import_module("ministack.services.scheduler")
    replace(schedules, "_SCHEDULE_TICK_INTERVAL", lambda _: SCHEDULES_S)


def replace(module: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Replace *name* of *module* by ``make(original)``; AttributeError when there is no such name."""
    setattr(module, name, make(getattr(module, name)))


def ask_host(func: Record, event: Any, url: str, request_id: str) -> Record:
    """Let the Lambda host run a function, and return its answer or its error unchanged.

    ministack waits no longer than the function's timeout, start included, and wraps errors beyond recognition.
    """
    config: Record = func.get("config") or func
    headers = {
        "Content-Type": "application/json",
        "X-Amzn-Lambda-Function-Name": config["FunctionName"],
        "X-Amzn-Lambda-Function-Version": config.get("Version", "$LATEST"),
        "X-Amzn-Lambda-Function-Arn": config.get("FunctionArn", ""),
        "X-Amzn-Lambda-Request-Id": request_id,
    }
    body = json.dumps(event, ensure_ascii=False).encode()
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(request, timeout=HOST_TIMEOUT_S) as answer:  # noqa: S310 - loopback
            return {"body": json.loads(answer.read() or b"null")}
    except urllib.error.HTTPError as error:
        with error:
            return refused(error.code, error.read())
    except (OSError, ValueError) as error:
        return failed("Runtime.ExitError", f"RequestId: {request_id} Error: the Lambda host ended: {error}")


def refused(status: int, body: bytes) -> Record:
    """Translate an error response of the host."""
    try:
        answer = json.loads(body)
    except ValueError:
        return failed("Runtime.HandlerError", f"the Lambda host answered HTTP {status}: {body[:512]!r}")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return throttled(answer.get("errorMessage", ""))
    return {"body": answer, "error": True, "function_error": "Unhandled"}


def failed(error_type: str, message: str) -> Record:
    """Report an invocation that failed."""
    return {"body": dict(zip(ERROR_TYPES, (message, error_type), strict=True)), "error": True}


def throttled(message: str) -> Record:
    """Report a throttled invocation, which is tried again later."""
    body = {
        "__type": "TooManyRequestsException",
        "message": message,
        "Reason": "ReservedFunctionConcurrentInvocationLimitExceeded",
        "retryAfterSeconds": "1",
    }
    return {"throttle": True, "body": body, "error": True, "log": ""}


def do_nothing(*_: object, **__: object) -> None:
    """Do nothing: the Lambda host does this instead."""


def throttles_alone(original: Callable[..., None]) -> Callable[..., None]:
    """Count throttled invocations, which never reach the host; count each once: ministack counts direct ones twice."""
    cloudwatch: Any = importlib.import_module("ministack.services.cloudwatch")

    def emit(function_name: str, duration_ms: float, error: bool, throttle: bool) -> None:  # noqa: FBT001 - its signature
        if throttle and duration_ms == 0.0 and not error:
            cloudwatch.record_metric("AWS/Lambda", "Throttles", 1, "Count", {"FunctionName": function_name})

    del original
    return emit


def with_destinations(functions: Any, original: Callable[[Record, Any], None]) -> Callable[[Record, Any], None]:
    """Let an asynchronous invocation by an alias use the destinations of the alias."""

    def invoke(func: Record, event: Any) -> None:
        arn: str = (func.get("config") or func)["FunctionArn"]
        _, qualifier = functions._lambda_function_name_and_qualifier_from_arn(arn)  # noqa: SLF001 - there is no public way
        base, _, _ = functions._get_base_func_record_for_ref(arn)  # noqa: SLF001
        config = functions._event_invoke_config(base or {}, qualifier)  # noqa: SLF001
        original({**func, "event_invoke_config": config} if config else func, event)

    return invoke


def with_version(original: Callable[..., Any]) -> Callable[..., Any]:
    """Add the version to the URL of a function's code: otherwise every version has the newest code."""

    def get_function(name: str, qualifier: str | None = None) -> Any:
        status, headers, body = original(name, qualifier)
        answer = json.loads(body)
        version = answer.get("Configuration", {}).get("Version")
        if status == HTTPStatus.OK and version and "Location" in answer["Code"]:
            answer["Code"]["Location"] = answer["Code"]["Location"].replace("?", f":{version}?", 1)
            body = json.dumps(answer).encode()
        return status, headers, body

    return get_function


def of_version(functions: Any, original: Callable[..., Any]) -> Callable[..., Any]:
    """Serve the code of the version in the URL."""

    def serve(func_name: str, account_id: str | None = None, region: str | None = None) -> Any:
        name, _, version = func_name.partition(":")
        func: Mapping[str, Any] = functions._functions.get_scoped(account_id, region, name) or {}  # noqa: SLF001
        record = func.get("versions", {}).get(version)
        if record is None:
            return original(name, account_id, region)
        return HTTPStatus.OK.value, {"Content-Type": "application/zip"}, record["code_zip"]

    return serve


def scheduled(functions: Any) -> Callable[[str, str], None]:
    """Let schedules and rules invoke asynchronously, as on AWS: with retries, and a destination for failures."""

    def dispatch(arn: str, payload: str) -> None:
        func, config, name = functions._get_func_record_for_ref(arn)  # noqa: SLF001
        if not func or not config:
            raise LookupError(f"expected the function {name} to exist, received a schedule for {arn}")
        record = functions._execution_record_for_config(func, {**copy.deepcopy(config), "FunctionArn": arn})  # noqa: SLF001
        functions.invoke_async_with_retry(record, json.loads(payload))

    return dispatch
