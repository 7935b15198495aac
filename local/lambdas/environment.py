"""Build a function's environment: Lambda's variables, its own variables, and nothing of this machine.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from local.lambdas.credentials import Credentials
from local.lambdas.function import Function

# This interpreter's folder comes first: where Lambda has layers, sandboxes have this environment's libraries.
PATH: Final = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"


def environment(  # noqa: PLR0913 - everything that differs from one sandbox to the next
    function: Function, credentials: Credentials, *, aws: str, code: Path, tmp: Path, log_stream: str
) -> dict[str, str]:
    """Return the whole environment of a process of *function*; its own variables cannot override Lambda's."""
    return {
        **function.variables,
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
        "AWS_SESSION_TOKEN": credentials.token,
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        # The emulator's address: set by the platform, as Lambda's name servers are.
        "AWS_ENDPOINT_URL": aws,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{function.runtime}",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": function.version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mib),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": function.log_format,
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": log_stream,
        "LAMBDA_TASK_ROOT": str(code),
        "_HANDLER": function.handler,
        "PATH": PATH,
        "PYTHONPATH": str(code),
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        "TMPDIR": str(tmp),
        # Lambda's user has an empty home: ~/.aws and other settings of a developer must have no effect.
        "HOME": str(tmp),
    }
