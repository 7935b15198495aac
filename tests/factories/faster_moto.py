"""Take ``mock_aws`` from here: moto, with the same answers in half the time.

moto spends most of a request to DynamoDB on questions that it has already answered; each replacement says which.
A moto without what is replaced fails here, at import. ``test_faster_moto.py`` compares the answers with plain moto's.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient
from moto import mock_aws
from moto.core import base_backend, models, responses, serialize
from moto.dynamodb.parsing import ast_nodes, expressions, validators
from moto.sqs import models as queues

__all__ = ["mock_aws", "plain_moto"]

Picker: Any = serialize.XFormedAttributePicker
Node: Any = ast_nodes.Node
Counts: Any = validators.ActionCountValidator
Paths: Any = validators.OverlappingPathsValidator
Parser: Any = expressions.UpdateExpressionParser
Queues: Any = queues.SQSBackend
Client: Any = BaseClient
plain_keys, plain_receive = Picker.get_possible_keys, Queues.receive_message
plain_request = Client._make_api_call
plain_urls: Any = vars(base_backend.BaseBackend)["urls"].fget
keys_of: dict[Any, tuple[str, ...]] = {}
kinds_of: dict[type, tuple[type, ...]] = {}
urls_of: dict[type, Any] = {}


def get_possible_keys(self: Any, context: Any) -> tuple[str, ...]:
    """Return the names that a member of an answer may have in an object: they are the same for all of its class."""
    shape = context.shape
    place = (context.service_model.service_name, shape.parent.name, shape.name, context.key, type(context.obj))
    if place not in keys_of:
        keys_of[place] = tuple(dict.fromkeys(plain_keys(self, context)))
    return keys_of[place]


def serialize_structure(self: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    """Serialize what there is: a plain dictionary with no other names than those of the model needs no search."""
    if value is None:
        return
    members = shape.members
    known = type(value) is dict and value.keys() <= members.keys()
    wrapper = self.MAP_TYPE() if key else serialized
    for name, member in members.items():
        if not known or name in value:
            member.parent = shape
            self._serialize_structure_member(wrapper, value, member, name)
    if key:
        self._default_serialize(serialized, wrapper, shape, key)


@cache
def is_a(cls: type, *parents: type) -> bool:
    """Return whether a class is below one of *parents*: those of nodes are abstract, where ``isinstance`` is slow."""
    return issubclass(cls, parents)


def traverse(self: Any, node: Any, child_id: int = -1) -> Any:
    """Process an expression's tree bottom up; ask a traverser once what it processes, and skip what is no node."""
    parent = node.parent
    if type(self) not in kinds_of:
        kinds_of[type(self)] = self.nodes_to_be_processed()
    for index, child in enumerate(node.children or ()):
        if is_a(type(child), Node):
            self.pre_processing_of_child(node, index)
            self.traverse_node_recursively(child, index)
    if is_a(type(node), *kinds_of[type(self)]):
        node = self.process(node)
        node.parent = parent
        if parent:
            parent.children[child_id] = node
    return node


def copy_node(self: Any, memo: dict[int, Any]) -> Any:
    """Copy a tree without asking each node's class how to."""
    node = copy.copy(self)
    node.parent = None
    node.children = self.children and [copy.deepcopy(child, memo) for child in self.children]
    for child in node.children or ():
        if is_a(type(child), Node):
            child.parent = node
    return node


def urls(self: Any) -> Any:
    """Return a service's addresses, which moto makes anew for each request; for S3 it imports their module again."""
    if type(self) not in urls_of:
        urls_of[type(self)] = plain_urls(self)
    return urls_of[type(self)]


def receive(self: Any, queue_name: str, count: int, wait_seconds_timeout: int, *rest: Any, **more: Any) -> Any:
    """Receive without a long poll: tests send before they receive, so nothing arrives while one waits."""
    return plain_receive(self, queue_name, count, 0, *rest, **more)


def untraced(self: Any, operation: str, arguments: Any) -> Any:
    """Make a request without coverage looking on: nothing of ours runs in it, and each call of moto's is a look."""
    trace = sys.gettrace()
    sys.settrace(None)
    try:
        return plain_request(self, operation, arguments)
    finally:
        sys.settrace(trace)


# Whole expressions are checked once: moto checks each part again, whose clauses are among those of the whole.
REPLACED: tuple[tuple[Any, str, Any], ...] = (
    (Picker, "get_possible_keys", get_possible_keys),
    (serialize.ResponseSerializer, "_serialize_type_structure", serialize_structure),
    (ast_nodes.DepthFirstTraverser, "traverse_node_recursively", traverse),
    (Counts, "traverse", Counts.verify_action_counts),
    (Paths, "traverse", Paths.check_for_overlapping_paths),
    (Parser, "make", cache(Parser.make)),
    (responses, "method_names_from_class", cache(vars(responses)["method_names_from_class"])),
    (base_backend.BaseBackend, "urls", property(urls)),
    (Queues, "receive_message", receive),
    (Client, "_make_api_call", untraced),
    (models, "RESPONSES_METHODS", []),  # 1,400 objects per test, for a library that no test sends requests with
)
PLAIN = tuple((owner, name, getattr(owner, name)) for owner, name, _ in REPLACED)

for owner, name, quick in REPLACED:
    setattr(owner, name, quick)
Node.__deepcopy__ = copy_node


@contextmanager
def plain_moto() -> Generator[None]:
    """Take the replacements back for the block."""
    with patch.multiple(Node, __deepcopy__=None):
        for owner, name, plain in PLAIN:
            setattr(owner, name, plain)
        try:
            yield
        finally:
            for owner, name, quick in REPLACED:
                setattr(owner, name, quick)
