"""Tests of the emulator as a process: start, refusal, kept state, end."""

from __future__ import annotations

import socket
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import httpx
import pytest

from local.emulator import process
from local.emulator.process import EmulatorError, interpreter, running, start, stop
from tests.factories.emulators import refused, root

pytestmark = pytest.mark.stack


def test_its_address_answers_and_is_gone_afterwards(tmp_path: Path) -> None:
    """After the end, no process and no open port is left."""
    with running(tmp_path) as emulator:
        account = root(emulator.address).client("sts").get_caller_identity()["Account"]
    port = int(emulator.address.rpartition(":")[2])
    with socket.socket() as probe:
        assert ("000000000000", 0, 111) == (account, emulator.process.poll(), probe.connect_ex(("127.0.0.1", port)))


def test_it_listens_on_one_port_of_loopback_only(tmp_path: Path) -> None:
    """Nothing of it can be reached from elsewhere, and it opens no other port."""
    with running(tmp_path) as emulator:
        root(emulator.address).client("s3").list_buckets()
        listening = listeners(emulator.process.pid)
    host, port = emulator.address.removeprefix("http://").split(":")
    assert [(host, int(port))] == listening


def test_foreign_pages_control_nothing(tmp_path: Path) -> None:
    """Neither a form post, which needs no preflight, nor a name that resolves here reaches its data or its controls."""
    foreign = ({"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Sec-Fetch-Site": "cross-site"})
    with running(tmp_path) as emulator:
        root(emulator.address).client("s3").create_bucket(Bucket="kept")
        reset = f"{emulator.address}/_ministack/reset"
        statuses = [httpx.post(reset, headers={"Content-Type": "text/plain", **one}).status_code for one in foreign]
        statuses += [httpx.get(f"{emulator.address}/", headers=one).status_code for one in foreign]
        kept = [one["Name"] for one in root(emulator.address).client("s3").list_buckets()["Buckets"]]
    assert ([403] * 6, ["kept"]) == (statuses, kept)


def listeners(pid: int) -> list[tuple[str, int]]:
    """Read from the kernel where a process listens."""
    inodes = {entry.readlink().name for entry in Path(f"/proc/{pid}/fd").iterdir() if entry.is_symlink()}
    found: list[tuple[str, int]] = []
    for table in ("tcp", "tcp6"):
        for row in Path(f"/proc/{pid}/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            fields = row.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                address, port = fields[1].split(":")
                found.append((".".join(str(byte) for byte in reversed(bytes.fromhex(address))), int(port, 16)))
    return found


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    """A second emulator names the taken port and what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(EmulatorError, match=f"cannot listen on 127.0.0.1:{port}.*choose another port"):
            start(tmp_path, port=port)


def test_an_emulator_that_was_killed_is_reported(tmp_path: Path) -> None:
    """A crash is never taken for an orderly end."""
    emulator = start(tmp_path)
    emulator.process.kill()
    emulator.process.wait()
    with pytest.raises(EmulatorError, match="expected the emulator to stop with exit code 0, received -9"):
        stop(emulator)


def test_a_persistent_state_survives_a_stop(tmp_path: Path) -> None:
    """With --persist, objects, records and messages are there again."""
    with running(tmp_path, persist=True) as first:
        aws, port = root(first.address), int(first.address.rpartition(":")[2])
        aws.client("s3").create_bucket(Bucket="kept")
        aws.client("s3").put_object(Bucket="kept", Key="a/photo.jpg", Body=b"photo")
        url = aws.client("sqs").create_queue(QueueName="kept")["QueueUrl"]
        aws.client("sqs").send_message(QueueUrl=url, MessageBody="wait for me")
    with running(tmp_path, port=port, persist=True) as second:
        aws = root(second.address)
        body = aws.client("s3").get_object(Bucket="kept", Key="a/photo.jpg")["Body"].read()
        [message] = aws.client("sqs").receive_message(QueueUrl=url)["Messages"]
    assert (b"photo", "wait for me") == (body, message["Body"])


def test_without_persistence_nothing_is_kept(tmp_path: Path) -> None:
    """A run starts from nothing unless it was asked to go on."""
    with running(tmp_path) as first:
        root(first.address).client("s3").create_bucket(Bucket="lost")
    with running(tmp_path) as second:
        s3 = root(second.address).client("s3")
        assert "404" == refused(s3.head_bucket, Bucket="lost")


def test_its_own_environment_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clone has ministack in .venv/emulator; one that is installed beside ``local`` serves where there is none."""
    monkeypatch.setattr(process, "find_spec", lambda name: ModuleSpec(name, None))
    assert sys.executable == interpreter(tmp_path)
    own = tmp_path / "emulator" / "bin" / "python"
    own.parent.mkdir(parents=True)
    own.touch()
    assert str(own) == interpreter(tmp_path)


def test_a_missing_emulator_is_reported_with_the_commands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line, with the command for each way of installing."""
    monkeypatch.setattr(process, "find_spec", lambda _: None)
    with pytest.raises(EmulatorError) as refusal:
        interpreter(tmp_path)
    assert (
        f"ministack, the AWS emulator, is installed neither in {tmp_path / 'emulator'} nor beside {sys.executable}: "
        "run `make setup` in a clone of the project, or install darkroom with the extra `emulator`"
    ) == str(refusal.value)
