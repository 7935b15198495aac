"""Tests of reading a function from the emulator's answer."""

from __future__ import annotations

from typing import Any

from local.lambdas.function import parse


def answer(**config: Any) -> Any:
    """Return an answer of GetFunction."""
    known = {
        "FunctionName": "photo",
        "FunctionArn": "arn:aws:lambda:eu-west-1:000000000000:function:photo:3",
        "Version": "3",
        "RevisionId": "r",
        "Handler": "app.handler",
        "Runtime": "python3.13",
        "Role": "arn:aws:iam::000000000000:role/photo",
        "CodeSha256": "hash",
        **config,
    }
    return {"Configuration": known, "Code": {"Location": "http://localhost/zip"}}


def test_the_function_does_not_see_the_hosts_address() -> None:
    """The emulator needs it in the function's variables; the function must not see what AWS does not have."""
    variables = {"MINISTACK_LAMBDA_PROXY_URL": "http://127.0.0.1:1/", "TABLE": "photos"}

    assert {"TABLE": "photos"} == parse(answer(Environment={"Variables": variables})).variables


def test_absent_fields_have_the_defaults_of_aws() -> None:
    """128 MB, 3 s, 512 MB of /tmp, text logs in the group of its name, no reserved concurrency."""
    known = parse(answer())

    assert (128, 3, 512, "Text", "/aws/lambda/photo", None) == (
        known.memory_mib,
        known.timeout_s,
        known.tmp_mib,
        known.log_format,
        known.log_group,
        known.reserved,
    )
    assert "eu-west-1" == known.region


def test_what_is_configured_counts() -> None:
    """Limits and the log group come from the deployment."""
    result = answer(
        MemorySize=1769,
        Timeout=120,
        EphemeralStorage={"Size": 1024},
        LoggingConfig={"LogFormat": "JSON", "LogGroup": "/mine"},
    )
    result["Concurrency"] = {"ReservedConcurrentExecutions": 2}
    known = parse(result)

    assert (1769, 120, 1024, "JSON", "/mine", 2) == (
        known.memory_mib,
        known.timeout_s,
        known.tmp_mib,
        known.log_format,
        known.log_group,
        known.reserved,
    )
