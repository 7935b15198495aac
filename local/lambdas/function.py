"""Read one version of a function from the emulator's answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mypy_boto3_lambda.type_defs import GetFunctionResponseTypeDef

# The emulator sends a function's events to the URL in this variable. The host removes the variable again, because the
# function did not declare it.
HOST_VARIABLE: Final = "MINISTACK_LAMBDA_PROXY_URL"
DEFAULT_TIMEOUT_S: Final = 3
DEFAULT_MEMORY_MIB: Final = 128
DEFAULT_TMP_MIB: Final = 512


@dataclass(frozen=True, kw_only=True, slots=True)
class Function:
    """One version. *revision* changes with its code or configuration; *reserved*: concurrency set aside, at most."""

    name: str
    version: str
    arn: str
    revision: str
    handler: str
    runtime: str
    role: str
    variables: Mapping[str, str]
    memory_mib: int
    timeout_s: int
    tmp_mib: int
    log_group: str
    log_format: str
    code_sha256: str
    code_url: str
    reserved: int | None

    @property
    def region(self) -> str:
        """The region that it is deployed in."""
        return self.arn.split(":")[3]


def parse(answer: GetFunctionResponseTypeDef) -> Function:
    """Read the answer of GetFunction, with AWS's defaults for absent fields."""
    config = answer["Configuration"]
    logging = config.get("LoggingConfig", {})
    name = config.get("FunctionName", "")
    variables = config.get("Environment", {}).get("Variables", {})
    return Function(
        name=name,
        version=config.get("Version", "$LATEST"),
        arn=config.get("FunctionArn", ""),
        revision=config.get("RevisionId", ""),
        handler=config.get("Handler", ""),
        runtime=config.get("Runtime", ""),
        role=config.get("Role", ""),
        variables={key: value for key, value in variables.items() if key != HOST_VARIABLE},
        memory_mib=config.get("MemorySize", DEFAULT_MEMORY_MIB),
        timeout_s=config.get("Timeout", DEFAULT_TIMEOUT_S),
        tmp_mib=config.get("EphemeralStorage", {}).get("Size", DEFAULT_TMP_MIB),
        log_group=logging.get("LogGroup", f"/aws/lambda/{name}"),
        log_format=logging.get("LogFormat", "Text"),
        code_sha256=config.get("CodeSha256", ""),
        code_url=answer["Code"].get("Location", ""),
        reserved=answer.get("Concurrency", {}).get("ReservedConcurrentExecutions"),
    )
