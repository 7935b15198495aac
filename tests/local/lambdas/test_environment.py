"""Tests of a function's environment."""

from __future__ import annotations

from pathlib import Path

from local.lambdas.environment import environment
from tests.factories.functions import credentials, function


def known(**variables: str) -> dict[str, str]:
    """Return the environment of a function with *variables*."""
    return environment(
        function(variables=variables),
        credentials(),
        aws="http://127.0.0.1:4566",
        code=Path("/code"),
        tmp=Path("/private"),
        log_stream="stream",
    )


def test_a_function_sees_its_variables_and_lambdas() -> None:
    """Its own variables, its name, its credentials, its region, its folders."""
    expected = {
        "TABLE": "photos",
        "AWS_LAMBDA_FUNCTION_NAME": "photo",
        "AWS_LAMBDA_FUNCTION_VERSION": "3",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
        "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/photo",
        "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
        "AWS_REGION": "eu-west-1",
        "AWS_ACCESS_KEY_ID": "ASIAX",
        "AWS_SESSION_TOKEN": "t",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        "LAMBDA_TASK_ROOT": "/code",
        "TMPDIR": "/private",
        "HOME": "/private",
        "_HANDLER": "app.handler",
    }

    assert expected.items() <= known(TABLE="photos").items()


def test_a_functions_variables_cannot_replace_lambdas() -> None:
    """Lambda refuses reserved names; here they lose."""
    assert "eu-west-1" == known(AWS_REGION="mars")["AWS_REGION"]
