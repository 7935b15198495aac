from __future__ import annotations

from pathlib import Path

import pytest

from bench.wire import Wire, covered_s, reply
from processor.aws.clients import dynamodb_client, s3_client


@pytest.fixture
def wire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Wire:
    """Hold a small original."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    photo = tmp_path / "a.jpg"
    photo.write_bytes(b"a photo")
    return Wire(bucket="originals", photo=photo)


def test_the_original_is_read_from_the_originals_bucket(wire: Wire) -> None:
    """As a stream, with its size."""
    answer = s3_client(wire.session()).get_object(Bucket="originals", Key="wedding/a.jpg")

    with answer["Body"] as body:
        assert (7, b"a photo") == (answer["ContentLength"], body.read())


def test_nothing_was_made_of_it_yet(wire: Wire) -> None:
    """No record, no manifest, however often one asks."""
    session = wire.session()
    s3 = s3_client(session)

    assert "Item" not in dynamodb_client(session).get_item(TableName="photos", Key={"id": {"S": "a"}})
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket="renditions", Key="manifests/a.json")


def test_writes_are_taken_and_every_call_is_timed(wire: Wire) -> None:
    """Refusals as well."""
    s3 = s3_client(wire.session())

    s3.put_object(Bucket="renditions", Key="a.jpg", Body=b"pixels", IfNoneMatch="*")
    with pytest.raises(s3.exceptions.NoSuchKey):
        s3.get_object(Bucket="renditions", Key="manifests/a.json")

    assert 2 == len(wire.calls)
    assert all(begin < end for begin, end in wire.calls)


def test_what_an_upload_does_not_ask_is_refused() -> None:
    """The figures would speak of something else."""
    with pytest.raises(AssertionError, match="received DELETE renditions"):
        reply("DELETE", "renditions.s3.amazonaws.com")


def test_calls_at_the_same_time_count_once() -> None:
    """Four uploads in parallel take as long as the longest."""
    assert 3.5 == covered_s([(5.0, 6.5), (0.0, 1.0), (0.5, 2.0), (0.6, 0.7)])
    assert 0.0 == covered_s([])
