"""A gallery's stores on moto, with the two things that moto lacks: requests that exclude each other, and faults."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError

NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Request = Callable[[], Any]
Fault = Callable[[dict[str, Any], Request], Any]


class Killed(BaseException):
    """The process dies: nothing may catch this."""


@dataclass
class Wire:
    """Stands between our code and a boto client.

    S3 and DynamoDB apply one request to a key after the other. moto checks a condition and writes
    in two steps, so requests of several threads are let through one at a time.
    """

    client: Any
    faults: dict[str, Fault] = field(default_factory=dict[str, Fault])
    writes: list[str] = field(default_factory=list[str])
    calls: list[str] = field(default_factory=list[str])
    lock: Any = field(default_factory=threading.Lock)

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        if operation.startswith("_"):
            raise AttributeError(operation)  # a printer asks for its own method
        return lambda **arguments: self.request(operation, arguments)

    def request(self, operation: str, arguments: dict[str, Any]) -> Any:
        """Let one request through, or do to it what was planned for its kind."""

        def send() -> Any:
            with self.lock:
                answer = getattr(self.client, operation)(**arguments)
                if operation.startswith(("put", "delete", "update", "create")):
                    self.writes.append(f"{operation} {arguments.get('Key')}")
                return answer

        self.calls.append(operation)
        fault = self.faults.get(operation)
        return fault(arguments, send) if fault else send()


def once(fault: Fault) -> Fault:
    """Do *fault* to the first request only."""
    return after(0, fault)


def after(count: int, fault: Fault) -> Fault:
    """Let *count* requests pass, do *fault* to the next, and let the others pass."""
    numbers: Iterator[int] = iter(range(1_000_000))

    def counted(arguments: dict[str, Any], send: Request) -> Any:
        return fault(arguments, send) if next(numbers) == count else send()

    return counted


def refused(code: str, status: int = 400) -> Fault:
    """Answer with an error of AWS instead of doing anything."""
    answer: Any = {"Error": {"Code": code, "Message": code}, "ResponseMetadata": {"HTTPStatusCode": status}}

    def fault(_: dict[str, Any], __: Request) -> Any:
        raise ClientError(answer, "Operation")

    return fault


def answer_lost(_: dict[str, Any], send: Request) -> Any:
    """Do what was asked, and lose the answer on its way."""
    send()
    raise ReadTimeoutError(endpoint_url="https://aws.example")


def killed(_: dict[str, Any], __: Request) -> Any:
    """Die instead."""
    raise Killed


def first(action: Callable[[], object]) -> Fault:
    """Let something else happen before the request arrives."""

    def fault(_: dict[str, Any], send: Request) -> Any:
        action()
        return send()

    return fault


def not_in_xml(arguments: dict[str, Any], send: Request) -> Any:
    """Refuse what SQS says that it refuses: characters that XML 1.0 has not.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
    """
    if any(NOT_XML.search(one["MessageBody"]) for one in arguments["Entries"]):
        return refused("InvalidMessageContents")(arguments, send)
    return send()
