"""A deployed stack on moto, and the command line pointed at it."""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from moto.core.models import DEFAULT_ACCOUNT_ID

from darkroom.cli import cli
from processor.aws.clients import OperatorClients
from processor.settings.functions import ReconcileEnv, RenditionEnv, to_env
from processor.settings.stack_file import read_stack
from processor.upload.events import body_events
from tests.factories.darkroom import CDN_HOST, ITEMS, ORIGINALS, RENDITIONS, TABLE, Darkroom, open_darkroom, session
from tests.factories.stores import Request, Wire, refused

FUNCTION = "test-rendition"
STACK = f"""\
config:
  aws:region: us-east-1
  darkroom:settings:
    renditions:
      originals_bucket: {ORIGINALS}
      renditions_bucket: {RENDITIONS}
      photos_table: {TABLE}
      originals_table: {ITEMS}
      function_name: {FUNCTION}
"""
SERVICES = ("sqs", "sts", "lambda")
LANES = ("uploads", "uploads-dlq", "backfill", "backfill-dlq")


@dataclass
class Operation:
    """*urls*: the queues by their roles. *clients*: what the command line is given, by service.

    *stack*: the file of the settings here; *settings*: the text of those that are deployed.
    *distribution_id*: of the CDN; moto's own ids are none of CloudFront's.
    """

    darkroom: Darkroom
    clients: dict[str, Wire]
    urls: dict[str, str]
    stack: Path
    settings: str = STACK
    distribution_id: str | None = None

    @property
    def deployed(self) -> Path:
        """A file for the deployed settings."""
        return self.stack.parent / "deployed" / self.stack.name

    def configuration(self, arguments: dict[str, Any], send: Request) -> Any:
        """Answer as Lambda does: with what *deployed*, a stack file, sets for a function."""
        self.deployed.write_text(self.settings)
        settings = read_stack(str(self.deployed)).settings.renditions
        known = {"stack": "test", "cdn_host": CDN_HOST}
        if arguments == {"FunctionName": FUNCTION, "Qualifier": "live"}:
            queues = {"lane_queue_urls": (self.urls["uploads"],), "purge_queue_url": self.urls["uploads"]}
            env = to_env(RenditionEnv.of(settings, distribution_id=self.distribution_id, **queues, **known))
        elif arguments == {"FunctionName": settings.reconciler.function_name, "Qualifier": "live"}:
            env = to_env(ReconcileEnv.of(settings, uploads_queue_url=self.urls["uploads"], **known))
        else:
            return refused("ResourceNotFoundException", 404)(arguments, send)
        return {"Environment": {"Variables": env}}

    @property
    def sqs(self) -> Wire:
        """The queues' client."""
        return self.clients["sqs"]

    def run(self, *args: str) -> Result:
        """Run a command on this stack; wrong usage comes out as its exception."""
        return CliRunner().invoke(cli, [*args, "--stack", str(self.stack)], standalone_mode=False)

    def send(self, queue: str, body: object) -> None:
        """Send a message."""
        text = body if isinstance(body, str) else json.dumps(body)
        self.sqs.client.send_message(QueueUrl=self.urls[queue], MessageBody=text)

    def count(self, queue: str) -> int:
        """Count the messages that can be received."""
        answer = self.sqs.client.get_queue_attributes(QueueUrl=self.urls[queue], AttributeNames=["All"])
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])

    def take(self, queue: str) -> list[str]:
        """Receive and delete every message."""
        bodies: list[str] = []
        url = self.urls[queue]
        while messages := self.sqs.client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for message in messages:
                self.sqs.client.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
                bodies.append(message["Body"])
        return bodies

    def work(self, queue: str = "backfill") -> list[str]:
        """Let the rendition line empty a lane; return the keys that came through it."""
        events = [event for body in self.take(queue) for event in body_events(body, 1)]
        for event in events:
            self.darkroom.process(event)
        return [event.key for event in events]


@cache
def client_of(service: str) -> Any:
    """Make a client once for all tests."""
    return session().create_client(service, region_name="us-east-1")


@contextmanager
def open_operation(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Operation]:
    """Set up an empty stack, with its settings in *folder*."""
    with open_darkroom() as darkroom:
        clients = {"s3": darkroom.s3, "dynamodb": darkroom.dynamodb}
        clients |= {name: Wire(client_of(name)) for name in SERVICES}
        clients["cloudfront"] = darkroom.cloudfront
        monkeypatch.setattr(OperatorClients, "client", lambda _, service: clients[service])
        urls = {lane: clients["sqs"].client.create_queue(QueueName=f"{FUNCTION}-{lane}")["QueueUrl"] for lane in LANES}
        stack = folder / "Pulumi.test.yaml"
        stack.write_text(STACK)
        operation = Operation(darkroom=darkroom, clients=clients, urls=urls, stack=stack)
        operation.deployed.parent.mkdir()
        clients["sts"].faults["get_caller_identity"] = lambda _arguments, _send: {"Account": DEFAULT_ACCOUNT_ID}
        clients["lambda"].faults["get_function_configuration"] = operation.configuration
        yield operation
