"""The contract of shared/samples/ssrf-vectors.json: no forbidden address is ever dialled, every allowed one is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from processor.errors import EditCode, EditError
from processor.fetch.download import fetch
from processor.fetch.rules import FetchRules
from tests.fetch.network import PICTURE, PUBLIC, Quiet, network
from tests.samples.folder import SAMPLES

RULES = FetchRules(max_bytes=1_000_000)


def vectors() -> list[dict[str, Any]]:
    """Read them, where the samples are."""
    path = SAMPLES / "ssrf-vectors.json"
    return json.loads(path.read_text(encoding="utf-8"))["vectors"] if path.is_file() else []


@pytest.mark.samples
@pytest.mark.skipif(not vectors(), reason="the samples are not here")
@pytest.mark.parametrize("vector", vectors(), ids=lambda vector: f"{vector['id']}-{vector['want']}")
def test_vector_is_kept(vector: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A forbidden address is refused before a connection, an allowed one is fetched, a rebound one stays pinned."""

    class Server(Quiet):
        def do_GET(self) -> None:  # noqa: N802 - the base class' name
            if vector["redirect"]:
                self.send(302, Location=vector["redirect"])
            else:
                self.send(200, PICTURE)

    with network(monkeypatch, Server, vector["dns"]) as net:
        if vector["want"] == "refuse":
            with pytest.raises(EditError) as refusal:
                fetch(vector["url"], RULES)
            assert EditCode.SOURCE_REFUSED == refusal.value.edit_code
        else:
            with fetch(vector["url"], RULES) as source:
                assert PICTURE == bytes(source.view)
        assert set(net.dialled) <= {PUBLIC}
