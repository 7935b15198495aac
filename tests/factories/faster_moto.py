"""Take ``mock_aws`` from here: moto, with the same answers in a third of the time.

moto and botocore spend most of a request on HTTP between them (``short_requests.py`` does without) and on questions
that they have already answered; each replacement says which. A moto without what is replaced fails here, at import.
``test_faster_moto.py`` and ``test_short_requests.py`` compare the answers with plain moto's.
"""

from __future__ import annotations

import copy
import sys
import time
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager, suppress
from functools import cache
from inspect import getattr_static
from itertools import count
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient
from moto import mock_aws
from moto.core import base_backend, models, responses, serialize, utils
from moto.dynamodb import comparisons
from moto.dynamodb.models import dynamo_type
from moto.dynamodb.parsing import ast_nodes, expressions, validators
from moto.s3 import responses as s3_responses
from moto.sqs import models as queues

from tests.factories import faster_botocore
from tests.factories.short_requests import LongWay, short_request

__all__ = ["mock_aws", "plain_moto"]

Picker: Any = serialize.XFormedAttributePicker
Node: Any = ast_nodes.Node
Counts: Any = validators.ActionCountValidator
Paths: Any = validators.OverlappingPathsValidator
Parser: Any = expressions.UpdateExpressionParser
Queues: Any = queues.SQSBackend
Client: Any = BaseClient
xml: Any = vars(serialize)["xmltodict"]
Conditions: Any = comparisons.ConditionExpressionParser
plain_keys, plain_receive = Picker.get_possible_keys, Queues.receive_message
plain_value = serialize.ResponseSerializer.get_value
plain_request = Client._make_api_call
plain_time = utils.unix_time
plain_lex = Conditions._lex_condition_expression
plain_subdomain: Any = s3_responses.S3Response.subdomain_based_buckets
plain_urls: Any = vars(base_backend.BaseBackend)["urls"].fget
keys_of: dict[Any, tuple[str, ...]] = {}
kinds_of: dict[type, tuple[type, ...]] = {}
urls_of: dict[type, Any] = {}
tokens_of: dict[str, tuple[Any, ...]] = {}
request_numbers = count(1)


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


def get_value(self: Any, value: Any, key: str, shape: Any) -> Any:
    """Take a member of a dictionary that has it by its name, the first that moto would try."""
    if type(value) is dict and key in value and not self._value_picker.response_transformers:
        return value[key]
    return plain_value(self, value, key, shape)


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
    node = object.__new__(type(self))
    node.__dict__.update(self.__dict__, parent=None)
    children: list[Any] = []
    for child in self.children or ():
        if is_a(type(child), Node):
            copied = copy_node(child, memo)
            copied.parent = node
            children.append(copied)
        else:
            children.append(copy.deepcopy(child, memo))
    node.children = self.children and children
    return node


def lex_condition(self: Any) -> deque[Any]:
    """Look the tokens of a condition up: moto compiles six patterns for each of them."""
    if self.condition_expression not in tokens_of:
        tokens_of[self.condition_expression] = tuple(plain_lex(self))
    return deque(tokens_of[self.condition_expression])


def urls(self: Any) -> Any:
    """Return a service's addresses, which moto makes anew for each request; for S3 it imports their module again."""
    if type(self) not in urls_of:
        urls_of[type(self)] = plain_urls(self)
    return urls_of[type(self)]


def receive(self: Any, queue_name: str, count: int, wait_seconds_timeout: int, *rest: Any, **more: Any) -> Any:
    """Receive without a long poll: tests send before they receive, so nothing arrives while one waits."""
    return plain_receive(self, queue_name, count, 0, *rest, **more)


def make_item(self: Any, hash_key: Any, range_key: Any, attrs: Any) -> None:
    """Measure a new item once, with its last attribute: before that it is smaller, and moto measures it at each."""
    self.hash_key, self.range_key = hash_key, range_key
    self.attrs = dynamo_type.LimitedSizeDict()
    values = {name: dynamo_type.DynamoType(value) for name, value in attrs.items()}
    last = [values.popitem()] if values else []
    dict.update(self.attrs, values)
    for name, value in last:
        self.attrs[name] = value


def unix_time(dt: Any = None) -> float:
    """Return the time: SQS asks four times for each message of a queue, with two dates each time."""
    return time.time() if dt is None else plain_time(dt)


@cache
def has_subdomain(host: str) -> bool:
    """Return whether S3's host names a bucket: moto asks several times per request, with seven patterns."""
    return plain_subdomain(SimpleNamespace(headers={"host": host}))


def subdomain_based_buckets(request: Any) -> bool:
    """Look at the host only."""
    return has_subdomain(request.headers["host"]) if "host" in request.headers else plain_subdomain(request)


def new_request_id(headers: Any = None) -> str:
    """Name a request: moto draws 52 letters one by one."""
    name = f"{next(request_numbers):052}"
    if isinstance(headers, dict):
        headers["x-amzn-requestid"] = name
    return name


def request(self: Any, operation: str, arguments: Any) -> Any:
    """Make a request the short way, without coverage looking on: nothing of ours runs in it."""
    trace = sys.gettrace()
    sys.settrace(None)
    try:
        if models.botocore_stubber.enabled:
            with suppress(LongWay):
                return short_request(self, operation, arguments)
        return plain_request(self, operation, arguments)
    finally:
        sys.settrace(trace)


# Whole expressions are checked once: moto checks each part again, whose clauses are among those of the whole.
REPLACED: tuple[tuple[Any, str, Any], ...] = (
    *faster_botocore.REPLACED,
    (Picker, "get_possible_keys", get_possible_keys),
    (serialize.ResponseSerializer, "_serialize_type_structure", serialize_structure),
    (serialize.ResponseSerializer, "get_value", get_value),
    (xml, "_validate_name", cache(vars(xml)["_validate_name"])),
    (ast_nodes.DepthFirstTraverser, "traverse_node_recursively", traverse),
    (Conditions, "_lex_condition_expression", lex_condition),
    (queues, "camelcase_to_underscores", cache(vars(queues)["camelcase_to_underscores"])),
    (Counts, "traverse", Counts.verify_action_counts),
    (Paths, "traverse", Paths.check_for_overlapping_paths),
    (Parser, "make", cache(Parser.make)),
    (responses, "method_names_from_class", cache(vars(responses)["method_names_from_class"])),
    (base_backend.BaseBackend, "urls", property(urls)),
    (Queues, "receive_message", receive),
    (dynamo_type.Item, "__init__", make_item),
    (s3_responses.S3Response, "subdomain_based_buckets", staticmethod(subdomain_based_buckets)),
    (responses, "gen_amzn_requestid_long", new_request_id),
    (utils, "unix_time", unix_time),
    (Client, "_make_api_call", request),
    (models, "RESPONSES_METHODS", []),  # 1,400 objects per test, for a library that no test sends requests with
)
PLAIN = tuple((owner, name, getattr_static(owner, name)) for owner, name, _ in REPLACED)

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
