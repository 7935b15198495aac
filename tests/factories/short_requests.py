"""Requests of botocore's clients to moto without HTTP between them: `faster_moto.py` sends them.

Of a request to AWS, botocore makes an HTTP request (endpoint, signature, headers), which moto takes apart again, and
the same for the answer. Here both sides exchange what is left without that. What they decide stays theirs: botocore
checks parameters, moto's handlers answer. A request that is refused has changed nothing: unless that is common, it
raises `LongWay` and is sent again as always, so errors are botocore's own. Event handlers that a test registers on a
client do not run.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.endpoint import convert_to_response_dict
from botocore.httpchecksum import apply_request_checksum, handle_checksum_body, resolve_checksum_context
from botocore.parsers import create_parser
from moto.core.botocore_stubber import MockRawResponse
from moto.core.exceptions import JsonRESTError, ServiceException
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.request import Request
from moto.core.responses import ActionContext, ActionResult
from moto.core.serialize import JSONSerializer
from moto.core.utils import get_service_model
from moto.dynamodb.responses import DynamoHandler
from moto.s3.responses import S3Response
from moto.sqs.responses import SQSResponse
from moto.utilities.utils import get_partition
from werkzeug.exceptions import HTTPException

Response: Any = AWSResponse
OK = 200
REFUSED = 300
NOT_FOUND = 404
JSON_HANDLERS: dict[str, Any] = {"dynamodb": DynamoHandler, "sqs": SQSResponse}
# Their answers are plain values under the names of the model, copied from moto's tables.
ITEM_OPERATIONS = frozenset({"PutItem", "GetItem", "UpdateItem", "DeleteItem", "Query", "Scan", "BatchGetItem"})


class LongWay(Exception):
    """The request is to be sent as botocore sends it."""


def short_request(client: Any, operation: str, arguments: Any) -> Any:
    """Return moto's answer to a request; LongWay if it is refused, or if only HTTP shows what becomes of it."""
    service = client.meta.service_model.service_name
    if service not in {"dynamodb", "s3", "sqs"} or not client.meta.endpoint_url.endswith(".amazonaws.com"):
        raise LongWay
    try:
        if service == "s3":
            return s3_request(client, operation, arguments)
        return json_request(client, service, operation, arguments)
    except (HTTPException, ServiceException) as error:
        raise LongWay from error


def json_request(client: Any, service: str, operation: str, arguments: Any) -> dict[str, Any]:
    """Call moto's handler with the parameters as its parser of JSON would find them."""
    model = client.meta.service_model.operation_model(operation)
    if client._serializer._param_validator.validate(arguments, model.input_shape).has_errors():
        raise LongWay
    handler = JSON_HANDLERS[service]()
    handler.params = handler.body = sent(arguments)
    handler.uri_match, handler.current_account = {}, DEFAULT_ACCOUNT_ID
    handler.region, handler.partition = client.meta.region_name, get_partition(client.meta.region_name)
    handler.uri = f"{client.meta.endpoint_url}/"
    try:
        result = getattr(handler, xform_name(operation))()
    except JsonRESTError as error:
        raise refusal(client, model, error) from error
    if operation in ITEM_OPERATIONS:
        members = model.output_shape.members
        answer = {name: value for name, value in result.result.items() if name in members and value is not None}
    else:
        answer = json_answer(handler, service, operation, result, model.output_shape)
    answer["ResponseMetadata"] = {"HTTPStatusCode": OK, "HTTPHeaders": {}, "RetryAttempts": 0, "RequestId": ""}
    return answer


def refusal(client: Any, model: Any, error: JsonRESTError) -> Exception:
    """Make botocore's error of DynamoDB's refusal, most often a condition that does not hold."""
    http = Response("", error.code, dict(error.get_headers()), MockRawResponse(error.description))
    answer = read(client, model, "json", convert_to_response_dict(http, model))
    answer["ResponseMetadata"]["RequestId"] = ""
    return client.exceptions.from_code(answer["Error"]["Code"])(answer, model.name)


def read(client: Any, model: Any, protocol: str, response: Any) -> dict[str, Any]:
    """Read an answer or an error as botocore does: an error twice, once for its own fields."""
    answer = parser(protocol).parse(response, model.output_shape)
    answer["ResponseMetadata"]["RetryAttempts"] = 0
    if response["status_code"] >= REFUSED:
        client._endpoint._add_modeled_error_fields(response, answer, model, parser(protocol))
    return answer


def sent(value: Any) -> Any:
    """Copy a parameter: what is read from JSON that was written from it is equal to it, binary values included."""
    kind = type(value)
    if kind is dict:
        return {name: sent(one) for name, one in value.items()}
    if kind is list or kind is tuple:
        return [sent(one) for one in value]
    if kind not in {str, int, bool, bytes}:
        raise LongWay
    return value


def json_answer(handler: Any, service: str, operation: str, result: ActionResult, shape: Any) -> dict[str, Any]:
    """Write an answer as moto does, and read it as botocore does."""
    model = get_service_model(service)
    context = ActionContext(model, model.operation_model(operation), JSONSerializer, handler)
    status, headers, body = result.execute_result(context)
    return parser("json").parse({"status_code": status, "headers": headers, "body": str(body).encode()}, shape)


parser: Callable[[str], Any] = cache(create_parser)
addresses: Any = WeakKeyDictionary()


def s3_request(client: Any, operation: str, arguments: Any) -> dict[str, Any]:
    """Exchange the parts of HTTP: without the events of signing and sending, and with one search for each address."""
    model = client.meta.service_model.operation_model(operation)
    if not isinstance(arguments.get("Body", b""), bytes):
        raise LongWay  # a file can be read once
    context = {
        "client_region": client.meta.region_name,
        "client_config": client.meta.config,
        "has_streaming_input": model.has_streaming_input,
        "auth_type": model.resolved_auth_type,
        "unsigned_payload": model.unsigned_payload,
    }
    parameters = client._emit_api_params(api_params=dict(arguments), operation_model=model, context=context)
    request = client._convert_to_request_dict(
        parameters, model, bucket_address(client, model, parameters), context, set_user_agent_header=False
    )
    resolve_checksum_context(request, model, parameters)
    apply_request_checksum(request)
    http = s3_response(request, client.meta.region_name)
    response = convert_to_response_dict(http, model)
    handle_checksum_body(http, response, context, model)
    more: dict[str, Any] = {}
    emit = client.meta.events.emit
    emit(f"before-parse.s3.{operation}", operation_model=model, response_dict=response, customized_response_dict=more)
    if response["status_code"] >= REFUSED and response["status_code"] != NOT_FOUND:
        raise LongWay  # botocore may repeat the request in the region that S3 names
    answer = read(client, model, "rest-xml", response) | more
    emit(f"after-call.s3.{operation}", http_response=http, parsed=answer, model=model, context=context)
    if response["status_code"] == NOT_FOUND:
        raise client.exceptions.from_code(answer["Error"]["Code"])(answer, operation)
    return answer


def bucket_address(client: Any, model: Any, parameters: Any) -> str:
    """Find the address of a bucket, once for a client: it depends on nothing else of the request."""
    bucket, known = parameters.get("Bucket"), addresses.setdefault(client, {})
    if bucket not in known:
        known[bucket] = client._resolve_endpoint_ruleset(model, parameters, {"client_config": client.meta.config})[0]
    if not bucket or not known[bucket].startswith(f"https://{bucket}."):
        raise LongWay  # in moto, the bucket is then part of the path
    return known[bucket]


def s3_response(request: dict[str, Any], region: str) -> Any:
    """Let moto's handler of buckets or keys answer; of a signature, moto reads the region only."""
    headers = dict(request["headers"].items())
    headers["Authorization"] = f"AWS4-HMAC-SHA256 Credential=testing/20250101/{region}/s3/aws4_request"
    algorithm = request["context"].get("checksum", {}).get("request_algorithm")
    if isinstance(algorithm, dict) and algorithm["in"] == "trailer":
        headers["X-Amz-Content-SHA256"] = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
    heard = Request.from_primitives(request["method"], request["url"], headers, request["body"])
    handler: Any = S3Response()
    handle = handler.bucket_response if urlsplit(request["url"]).path == "/" else handler.key_response
    status, more, body = handle(heard, heard.raw_url, heard.headers)
    return Response(request["url"], status, more, MockRawResponse(body))
