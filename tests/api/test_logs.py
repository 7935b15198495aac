"""Logs name what happened, never who may do what: no token, no ticket, no signature, no picture."""

from __future__ import annotations

import base64

import pytest

from tests.factories.api import ADA, Api, bearer, png
from tests.factories.stores import refused

SIGNED = "https://bucket.s3.amazonaws.com/a.jpg?X-Amz-Signature=5ec2e7"


@pytest.mark.faults
def test_nothing_secret_is_ever_logged(
    api: Api, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Good requests, refused ones, faults and defects: the logs of all of them are searched."""
    caplog.set_level("DEBUG")
    picture = base64.b64encode(png()).decode()
    images = [{"id": "a", "url": SIGNED}, {"id": "b", "url": f"data:image/png;base64,{picture}"}]
    headers = {"Idempotency-Key": "order-66"}
    said = api.start(images=images, headers=headers).json()
    ticket = said["progressUrl"].partition("ticket=")[2]
    api.client.get(said["progressUrl"], headers={"Accept": "application/json"})
    api.client.get(said["progressUrl"] + "x")
    api.get("/image-edit/sessions", params={"access_token": bearer()["Authorization"]})
    api.start(images=[{"id": "a", "url": f"ftp://x/?{SIGNED}"}])
    api.sqs.faults["send_message_batch"] = refused("ServiceUnavailable", 503)
    api.start(images=images)
    api.sqs.faults["send_message_batch"] = lambda *_: 1 / 0
    assert 500 == api.start(images=images).status_code

    ours = [one for one in caplog.records if one.name not in {"botocore", "httpx", "asyncio"}]
    ours = [one for one in ours if not one.name.startswith(("botocore.", "httpcore", "sse_starlette", "urllib3"))]
    out, err = capfd.readouterr()
    logged = "\n".join([out, err, *(f"{one.getMessage()} {vars(one)}" for one in ours)])
    assert len(ours) >= 7
    token = bearer()["Authorization"].removeprefix("Bearer ")
    for secret in (token, token.rpartition(".")[2], ticket, "5ec2e7", picture, "order-66", f'"{ADA}"'):
        assert secret not in logged
