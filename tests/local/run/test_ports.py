"""Tests of the ports of a run."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from dataclasses import asdict
from urllib.parse import urlsplit

import pytest

from local.model import RunError
from local.run import ports


@pytest.fixture
def taken() -> Iterator[int]:
    """Listen on a port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_free_ports_are_all_different() -> None:
    """Found before anything listens, they must not be the same one five times."""
    found = {urlsplit(origin).port for origin in asdict(ports.choose(0)).values()}

    assert len(found) == 5
    assert 0 not in found


def test_a_taken_port_is_explained_with_who_has_it(taken: int) -> None:
    """One line: the port, its use, the process that holds it, what to do."""
    holder = f"process {os.getpid()} (" if os.path.isdir("/proc/net") else "another program (lsof"  # noqa: PTH112
    printer = f"port {taken} (aws) is taken by {holder}"

    with pytest.raises(RunError, match=re.escape(printer)) as raised:
        ports.choose(taken)
    assert "stop that, or choose others with --port-base" in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_kept_state_gets_its_ports_again() -> None:
    """Its records and queues hold the addresses."""
    known = ports.choose(0)

    assert known == ports.again(known, None)
    assert known == ports.again(known, 0)
    with pytest.raises(RunError, match=r"this state was deployed with other ports .*leave --port-base out"):
        ports.again(known, 1)
