"""A small stack on the emulator: functions, queues, and short words for what tests ask of them."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from botocore.session import Session

from local.emulator.environment import ACCOUNT, REGION
from tests.patience import HANG_S

ROOT = Path(__file__).parents[2]
Thing = TypeVar("Thing")


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """A direct invocation's answer. *error*: what the header says, None for a success."""

    body: Any
    error: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Stack:
    """*aws*: the emulator's origin; *host*: the Lambda host's."""

    aws: str
    host: str

    def client(self, service: str) -> Any:
        """Make a client with the emulator's root credentials."""
        return client(self.aws, service)

    def deploy(self, name: str, code: bytes, **config: Any) -> None:
        """Create a function as the deployer does: run by the host, version 1 published, the alias `live` at it."""
        functions = self.client("lambda")
        variables = {"MINISTACK_LAMBDA_PROXY_URL": f"{self.host}/", **config.pop("variables", {})}
        known: dict[str, Any] = {
            "Runtime": "python3.13",
            "Handler": "app.handler",
            "Role": f"arn:aws:iam::{ACCOUNT}:role/photo",
            "MemorySize": 256,
            "Timeout": 100,
            **config,
        }
        functions.create_function(
            FunctionName=name, Code={"ZipFile": code}, Environment={"Variables": variables}, Publish=True, **known
        )
        functions.create_alias(FunctionName=name, Name="live", FunctionVersion="1")

    def invoke(self, name: str, qualifier: str, event: Any) -> Answer:
        """Invoke a function and wait for it."""
        told = self.client("lambda").invoke(FunctionName=name, Qualifier=qualifier, Payload=json.dumps(event))
        return Answer(body=json.loads(told["Payload"].read()), error=told.get("FunctionError"))

    def queue(self, name: str, **attributes: str) -> str:
        """Make a queue; return its ARN."""
        self.client("sqs").create_queue(QueueName=name, Attributes=attributes)
        return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"

    def url(self, name: str) -> str:
        """Return a queue's address."""
        return str(self.client("sqs").get_queue_url(QueueName=name)["QueueUrl"])

    def send(self, queue: str, body: str) -> None:
        """Send a message."""
        self.client("sqs").send_message(QueueUrl=self.url(queue), MessageBody=body)

    def receive(self, queue: str) -> str | None:
        """Take a message, if there is one."""
        messages = self.client("sqs").receive_message(QueueUrl=self.url(queue)).get("Messages", [])
        return messages[0]["Body"] if messages else None

    def depth(self, queue: str) -> tuple[int, int]:
        """Count a queue's messages: those that wait, and those that are being handled."""
        names = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")
        known = self.client("sqs").get_queue_attributes(QueueUrl=self.url(queue), AttributeNames=list(names))
        return int(known["Attributes"][names[0]]), int(known["Attributes"][names[1]])

    def total(self, metric: str, function: str) -> float:
        """Add up a metric of a function over the last minutes."""
        now = datetime.now(UTC)
        told = self.client("cloudwatch").get_metric_statistics(
            Namespace="AWS/Lambda",
            MetricName=metric,
            Dimensions=[{"Name": "FunctionName", "Value": function}],
            StartTime=now - timedelta(minutes=10),
            EndTime=now + timedelta(minutes=10),
            Period=60,
            Statistics=["Sum"],
        )
        return float(sum(point["Sum"] for point in told["Datapoints"]))


@cache
def client(aws: str, service: str) -> Any:
    """Make a client once: reading the model of its service takes longer than most tests."""
    make: Any = Session().create_client
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    return make(service, region_name=REGION, endpoint_url=aws, **keys)


def eventually(look: Callable[[], Thing | None]) -> Thing:
    """Look until there is something; a hang fails."""
    deadline = time.monotonic() + HANG_S
    while (found := look()) is None:
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)
    return found


@contextmanager
def host(aws: str, folder: Path, *arguments: str, module: str = "local.lambdas") -> Generator[str]:
    """Run a process of the stack for the length of a block; return its address."""
    command = [sys.executable, "-m", module, "--port", "0", "--aws", aws, "--data", str(folder), *arguments]
    with (
        (folder / f"{module}.log").open("wb") as log,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True) as process,
    ):
        assert process.stdout is not None
        try:
            address = process.stdout.readline().strip()
            assert address, (folder / f"{module}.log").read_text(encoding="utf-8")
            yield address
        finally:
            process.terminate()
            assert 0 == process.wait(HANG_S)
