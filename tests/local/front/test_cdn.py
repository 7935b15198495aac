"""Tests of the CDN: routes, headers and streaming."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import EndpointConnectionError
from starlette.applications import Starlette
from starlette.routing import Route

from local.front.cdn import METHODS, PROPAGATION_S, CdnProxy, require_plain_path
from local.front.deployed import DeployedStack
from local.front.distribution import Addition, Behaviour, Distribution, additions, for_viewer, read
from local.front.errors import HANDLERS, Refusal
from local.model import Addresses, RunConfig
from local.run.aws import Aws
from processor.aws.signing import Signer
from tests.factories.asking import Asking
from tests.factories.signing import key_pair

ADDRESSES = Addresses(
    aws="http://aws", lambdas="http://lambdas", api="http://api", cdn="http://cdn", page="http://page"
)
DISTRIBUTION = "d123.cloudfront.net"
NO_STORE = Addition(name="cache-control", value="no-store", override=False)
API = Behaviour(
    pattern="image-edit*",
    service=True,
    methods=frozenset(METHODS),
    secrets={"X-Origin-Verify": "secret"},
    added=(NO_STORE,),
    removed=frozenset(),
)
FILES = replace(API, pattern="*", service=False, methods=frozenset({"GET", "HEAD"}), secrets={})
Answer = Callable[[httpx.Request], httpx.Response] | Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]


def viewer(
    folder: Path,
    answer: Answer,
    *,
    reads: Callable[[], Distribution] = lambda: Distribution(behaviours=(API, FILES)),
    now: Callable[[], float] = lambda: 0,
) -> Asking:
    """Return a client of a CDN whose origins *answer*."""
    outputs = {"cdnUrl": "http://cdn"}
    RunConfig(folder=str(folder), addresses=ADDRESSES, outputs=outputs, distribution_host=DISTRIBUTION).save()
    edge = CdnProxy(
        deployed=DeployedStack(path=folder / "run.json", aws=Aws(ADDRESSES.aws)),
        client=httpx.AsyncClient(transport=httpx.MockTransport(answer)),
        reads=reads,
        now=now,
    )
    app = Starlette(routes=[Route("/{path:path}", edge.serve, methods=METHODS)], exception_handlers=HANDLERS)
    return Asking(app)


def reply(said: object, headers: list[tuple[str, str]] | None = None) -> httpx.Response:
    """Answer with JSON, not yet read, as it comes from a network."""
    return httpx.Response(200, headers=headers, stream=httpx.ByteStream(json.dumps(said).encode()))


def echo(request: httpx.Request) -> httpx.Response:
    """Return the request as JSON."""
    return reply({"url": str(request.url), "headers": dict(request.headers)})


def test_pictures_come_from_the_emulators_cloudfront(tmp_path: Path) -> None:
    """By the distribution's own name, over what counts as TLS; path and query as the viewer wrote them."""
    result = viewer(tmp_path, echo).get("/renditions/a%20b/%C3%A9+%2B_small.jpg?v=1&x=%20").json()

    assert "http://aws/renditions/a%20b/%C3%A9+%2B_small.jpg?v=1&x=%20" == result["url"]
    assert (DISTRIBUTION, "https") == (result["headers"]["host"], result["headers"]["x-forwarded-proto"])
    assert "x-origin-verify" not in result["headers"]


PRIVATE = replace(FILES, pattern="renditions/*", keys={"K1": key_pair().public})
SIGNER = Signer.from_pem(key_pair().private, cdn="http://127.0.0.1:4510", key_id="K1")
ADDRESS = "/renditions/wedding/a_small.jpg?v=1"


def private(folder: Path, asked: list[str]) -> Asking:
    """Return a client of a CDN whose renditions are signed; *asked* collects what its origins are asked for."""

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.raw_path.decode())
        return reply({})

    return viewer(folder, answer, reads=lambda: Distribution(behaviours=(API, PRIVATE, FILES)))


def cookies_for(resource: str) -> dict[str, str]:
    """Return a header with the cookies of *resource*, valid for an hour."""
    grant = SIGNER.grant(f"{SIGNER.cdn}{resource}", until=datetime.now(UTC) + timedelta(hours=1))
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in grant.cookies.items())}


def test_a_signed_picture_is_for_its_cookie_alone(tmp_path: Path) -> None:
    """An anonymous viewer gets nothing, neither before nor after one who may see it; the origin is not even asked."""
    asked: list[str] = []
    client = private(tmp_path, asked)
    before = client.get(ADDRESS)
    right = client.get(ADDRESS, headers=cookies_for("/renditions/wedding/*"))
    after = client.get(ADDRESS)
    other = client.get(ADDRESS, headers=cookies_for("/renditions/others/*"))

    assert [403, 200, 403, 403] == [one.status_code for one in (before, right, after, other)]
    assert "MISSING_KEY" == after.json()["code"]
    assert [ADDRESS] == asked


def test_a_signature_is_stripped_before_the_origin_is_asked(tmp_path: Path) -> None:
    """So it is in no cache key and in no log of an origin."""
    asked: list[str] = []
    signed = SIGNER.url(f"{SIGNER.cdn}{ADDRESS}", until=datetime.now(UTC) + timedelta(hours=1))

    assert 200 == private(tmp_path, asked).get(signed).status_code
    assert [ADDRESS] == asked


@pytest.mark.parametrize(
    "asked", ["/renditions/wedding/../others/a.jpg?v=1", "/x/../renditions/others/a.jpg", "/./a.jpg", "/a/.."]
)
def test_no_path_leads_from_one_gallery_into_another(asked: str) -> None:
    """Our client would resolve the dots, and fetch another file than the one that was checked; S3 has no such key."""
    with pytest.raises(Refusal) as refused:
        require_plain_path(asked)

    assert 403 == refused.value.status
    require_plain_path("/renditions/a..b/...jpg?x=/../")


@pytest.mark.parametrize("path", ["/image-edit/sessions", "/renditions/a_small.jpg"])
@pytest.mark.parametrize("value", ["Zoë 東京".encode(), "Benoît".encode("latin-1")], ids=["UTF-8", "Latin-1"])
def test_headers_outside_ascii_pass_both_ways(tmp_path: Path, path: str, value: bytes) -> None:
    """Byte for byte, whatever they mean; never an error of the CDN."""
    got: list[bytes | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        got.append(dict(request.headers.raw).get(b"X-Name".lower()))
        return httpx.Response(200, headers=[(b"x-name", value)], stream=httpx.ByteStream(b"{}"))

    result = viewer(tmp_path, answer).get(path, headers=[(b"x-name", value)])

    assert (200, [value], value) == (result.status_code, got, dict(result.headers.raw)[b"x-name"])


def test_a_method_that_cloudfront_does_not_know_is_named_with_those_it_knows(tmp_path: Path) -> None:
    """TRACE: 405 with Allow, in the CDN's own JSON."""
    result = viewer(tmp_path, echo).request("TRACE", "/image-edit")

    assert (405, "METHOD_NOT_ALLOWED") == (result.status_code, result.json()["code"])
    assert set(METHODS) == {one.strip() for one in result.headers["allow"].split(",")}


def test_the_edit_api_gets_the_secret_of_the_cdn(tmp_path: Path) -> None:
    """The secret is added; a viewer's header of that name, and its Host, are not passed on."""
    forged = {"X-Origin-Verify": "forged", "Authorization": "Bearer t", "Host": "cdn"}
    result = viewer(tmp_path, echo).post("/image-edit", json={"a": 1}, headers=forged).json()

    assert ("http://api/image-edit", "api") == (result["url"], result["headers"]["host"])
    assert ("secret", "Bearer t") == (result["headers"]["x-origin-verify"], result["headers"]["authorization"])


@pytest.mark.faults
def test_a_deployment_changes_the_distribution(tmp_path: Path) -> None:
    """It is read again after two seconds; while the emulator cannot be asked, the known one serves."""
    secrets, clock, reads = ["old"], [10.0], [0]

    def changing() -> Distribution:
        reads[0] += 1
        if not secrets[0]:
            raise EndpointConnectionError(endpoint_url=ADDRESSES.aws)
        return Distribution(behaviours=(replace(API, secrets={"X-Origin-Verify": secrets[0]}), FILES))

    client = viewer(tmp_path, echo, reads=changing, now=lambda: clock[0])

    def sent() -> str:
        return client.get("/image-edit/health").json()["headers"]["x-origin-verify"]

    assert "old" == sent()
    secrets[0] = "new"
    assert ("old", 1) == (sent(), reads[0])
    clock[0] += PROPAGATION_S
    assert ("new", "new", 2) == (sent(), sent(), reads[0])
    secrets[0] = ""
    clock[0] += PROPAGATION_S
    assert ("new", "new", 3) == (sent(), sent(), reads[0])


def test_a_body_reaches_the_api_whole(tmp_path: Path) -> None:
    """It is streamed, not buffered."""

    async def length(request: httpx.Request) -> httpx.Response:
        return reply(len(await request.aread()))

    body = b"x" * 300_000
    assert len(body) == viewer(tmp_path, length).post("/image-edit", content=body).json()


def test_headers_are_added_to_what_the_api_answers(tmp_path: Path) -> None:
    """The emulator adds them to pictures itself; the API's own Cache-Control stays."""

    def cached(request: httpx.Request) -> httpx.Response:
        own = {"Cache-Control": "max-age=9"} if request.url.path.endswith("operations") else {}
        return reply({}, [*own.items(), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])

    client = viewer(tmp_path, cached)

    assert "no-store" == client.get("/image-edit/sessions").headers["cache-control"]
    assert "max-age=9" == client.get("/image-edit/operations").headers["cache-control"]
    assert "cache-control" not in client.get("/renditions/a.jpg").headers
    assert ["a=1", "b=2"] == client.get("/image-edit/x").headers.get_list("set-cookie")


@pytest.mark.parametrize(
    ("error", "status"), [(httpx.ReadTimeout("late"), 504), (httpx.ConnectError("refused"), 502)], ids=["late", "gone"]
)
def test_an_origin_that_fails_is_a_gateways_error(tmp_path: Path, error: Exception, status: int) -> None:
    """With CloudFront's status codes."""

    def fail(_request: httpx.Request) -> httpx.Response:
        raise error

    assert status == viewer(tmp_path, fail).get("/image-edit/health").status_code


def test_a_method_that_the_distribution_does_not_allow_never_reaches_an_origin(tmp_path: Path) -> None:
    """Pictures can be read, and that is all."""
    answer = viewer(tmp_path, echo).put("/renditions/a.jpg", content=b"")

    assert (403, "METHOD_NOT_ALLOWED") == (answer.status_code, answer.json()["code"])


def test_before_the_deployment_nothing_is_served(tmp_path: Path) -> None:
    """An early request gets 503, try again."""
    RunConfig(folder=str(tmp_path), addresses=ADDRESSES).save()
    deployed = DeployedStack(path=tmp_path / "run.json", aws=Aws(ADDRESSES.aws))

    assert not deployed.done
    with pytest.raises(Refusal, match="still being deployed"):
        assert deployed.distribution_host


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("image-edit*", "/image-edit", True),
        ("image-edit*", "/image-edit/progress/a", True),
        ("/image-edit*", "/image-edit", True),
        ("image-edit*", "/Image-edit", False),
        ("image-edit*", "/x/image-edit", False),
        ("renditions/*", "/renditions/a/b.jpg", True),
        ("a?c", "/abc", True),
        ("a.c", "/abc", False),
        ("*", "/", True),
    ],
)
def test_paths_are_matched_as_cloudfront_does(pattern: str, path: str, expected: bool) -> None:  # noqa: FBT001
    """A star also matches slashes, case counts, a dot is a dot."""
    behaviour = replace(FILES, pattern=pattern)

    assert expected == behaviour.matches(path)


POLICY = {
    "SecurityHeadersConfig": {
        "StrictTransportSecurity": {"Override": True, "AccessControlMaxAgeSec": 60},
        "ContentTypeOptions": {"Override": True},
    },
    "CustomHeadersConfig": {"Quantity": 1, "Items": [{"Header": "Vary", "Value": "Accept", "Override": False}]},
}


def test_a_headers_policy_is_read_and_applied() -> None:
    """Its overriding headers replace the origin's; the others are added where missing; some are removed."""
    behaviour = replace(API, added=additions(POLICY), removed=frozenset({"x-amz-version-id"}))

    sent = [("Vary", "Origin"), ("strict-transport-security", "max-age=1"), ("X-Amz-Version-Id", "v1")]
    expected = [("Vary", "Origin"), ("x-content-type-options", "nosniff"), ("strict-transport-security", "max-age=60")]
    assert expected == for_viewer(sent, behaviour)
    assert ("vary", "Accept") in for_viewer([], behaviour)
    assert () == additions({})


class CloudFront:
    """The emulator's CloudFront with one distribution."""

    def list_distributions(self) -> Any:
        """List it."""
        return {"DistributionList": {"Items": [{"Id": "E1", "DomainName": DISTRIBUTION}]}}

    def get_distribution_config(self, **_named: str) -> Any:
        """Describe it."""
        allowed = {"AllowedMethods": {"Items": ["GET", "HEAD"]}}
        secret = {"HeaderName": "X-Origin-Verify", "HeaderValue": "secret"}
        api = {"Id": "api", "CustomOriginConfig": {}, "CustomHeaders": {"Quantity": 1, "Items": [secret]}}
        edits = {**allowed, "PathPattern": "image-edit*", "TargetOriginId": "api", "ResponseHeadersPolicyId": "P1"}
        config = {
            "Origins": {"Items": [api, {"Id": "originals", "S3OriginConfig": {}}]},
            "CacheBehaviors": {"Quantity": 1, "Items": [edits]},
            "DefaultCacheBehavior": {**allowed, "TargetOriginId": "originals"},
        }
        return {"DistributionConfig": json.loads(json.dumps(config))}

    def get_response_headers_policy_config(self, **_named: str) -> Any:
        """Describe a policy."""
        return {"ResponseHeadersPolicyConfig": POLICY}


def test_the_distribution_is_read_from_the_emulator() -> None:
    """Behaviours in their order, the default last, each with its origin's secrets and its policy's headers."""
    cloudfront: Any = CloudFront()

    found = read(cloudfront, DISTRIBUTION)

    edits, rest = found.behaviour("/image-edit/health"), found.behaviour("/anything")
    assert (True, {"X-Origin-Verify": "secret"}, 3) == (edits.service, edits.secrets, len(edits.added))
    assert (False, {}, ()) == (rest.service, rest.secrets, rest.added)
    with pytest.raises(Refusal, match=r"Expected a distribution other\.cloudfront\.net"):
        read(cloudfront, "other.cloudfront.net")
