"""Read a deployed role's grants, take one away for a while, and find the grants that no flow needs."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, NamedTuple
from urllib.parse import unquote

from testkit.embedded_stack import LocalStack

POLICY = "grants"
# What nothing here can show, as patterns of "function action resource", and why. tests/contracts compares the grants
# with the calls that the code makes.
UNSEEN: Mapping[str, str] = {
    "* logs:* *": "the Lambda host says nothing when a log cannot be written",
    "* xray:* *": "there is no X-Ray on this machine",
    "* sqs:ReceiveMessage *": "the emulator takes messages out of queues for a function, and asks no role",
    "* sqs:DeleteMessage *": "as above",
    "*-rendition sqs:GetQueueAttributes *": "as above",
    "*-edit sqs:GetQueueAttributes *": "as above",
    "*-edit sqs:SendMessage *": "the worker sends lost jobs again after a quarter of an hour; no flow waits that long",
    "*-edit sqs:ChangeMessageVisibility *": "asked when something fails that may pass: test_edit.py",
    "*-rendition sqs:ChangeMessageVisibility *": "as above: test_batch.py",
    "*-rendition sqs:SendMessage *-uploads": "asked when another invocation works on the photo: test_batch.py",
    "*-rendition sqs:SendMessage *-backfill": "as above",
    "* sqs:SendMessage *-failures": "the emulator keeps failed asynchronous events, and asks no role",
}


class Failed(Exception):
    """A flow failed as it does for lack of a grant; the text is what was answered."""


class Grant(NamedTuple):
    """One action on one resource."""

    action: str
    resource: str


Flow = Callable[[LocalStack, str], None]
"""Does something that a role does, under a name that nothing had before; Failed when the role was not let."""


@dataclass(frozen=True, kw_only=True)
class Role:
    """The role of the function *function*."""

    stack: LocalStack
    function: str

    def document(self) -> dict[str, Any]:
        """Read the policy."""
        iam = self.stack.aws.client("iam")
        found: Any = iam.get_role_policy(RoleName=self.function, PolicyName=POLICY)["PolicyDocument"]
        return json.loads(unquote(found)) if isinstance(found, str) else found

    def grants(self) -> Iterator[Grant]:
        """List what the policy allows."""
        for statement in self.document()["Statement"]:
            for action in statement["Action"]:
                for resource in statement["Resource"]:
                    yield Grant(action, resource)

    def seen(self) -> list[Grant]:
        """List those that a flow can show to be needed."""
        named = [(one, f"{self.function} {one.action} {one.resource}") for one in self.grants()]
        return [one for one, name in named if not any(fnmatchcase(name, pattern) for pattern in UNSEEN)]

    @contextmanager
    def without(self, *lost: Grant) -> Generator[None]:
        """Take grants from the role for the length of a block."""
        whole = self.document()
        kept = [one for one in self.grants() if one not in lost]
        statements = [{"Effect": "Allow", "Action": [one.action], "Resource": [one.resource]} for one in kept]
        self.put({**whole, "Statement": statements})
        try:
            yield
        finally:
            self.put(whole)

    def put(self, policy: Mapping[str, Any]) -> None:
        """Write the policy."""
        iam = self.stack.aws.client("iam")
        iam.put_role_policy(RoleName=self.function, PolicyName=POLICY, PolicyDocument=json.dumps(policy))

    def needless(self, flows: Sequence[Flow]) -> list[Grant]:
        """List the grants without which every flow still ends well, of those that a flow can show."""
        return [one for at, one in enumerate(self.seen()) if not self.misses(one, flows, f"grant-{at}")]

    def misses(self, grant: Grant, flows: Sequence[Flow], name: str) -> bool:
        """Return whether some flow fails without *grant*."""
        with self.without(grant):
            return any(fails(self.stack, flow, f"{name}-{at}") for at, flow in enumerate(flows))


def fails(stack: LocalStack, flow: Flow, name: str) -> bool:
    """Return whether *flow* fails."""
    try:
        flow(stack, name)
    except Failed:
        return True
    return False


def invoke(stack: LocalStack, function: str, event: Mapping[str, Any]) -> dict[str, Any]:
    """Call what is live of *function*; Failed when it fails."""
    answer = stack.aws.client("lambda").invoke(FunctionName=f"{function}:live", Payload=json.dumps(event))
    said = answer["Payload"].read().decode()
    if answer.get("FunctionError"):
        raise Failed(said)
    return json.loads(said)
