"""Check that every failure of a decoder child ends in a typed error and leaves nothing behind."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from processor.errors import InstallationError, OutOfTime, PhotoError
from processor.imaging.isolation import process, usage
from processor.imaging.isolation.process import DecoderProcess, child_environment
from processor.imaging.isolation.usage import cpu_seconds, resident_mib
from processor.source import Source
from testkit.photos.jpeg import jpeg
from tests.factories.descriptors import open_descriptors, opened_since
from tests.imaging.isolation.children import A_JPEG, ends_soon, is_alive, quick, write_child
from tests.patience import HANG_S

Start = Callable[[str], DecoderProcess]
CRASHED = "The photo makes its decoder crash."

pytestmark = pytest.mark.faults


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """Start a child that runs the given lines at its first job; it is ended after the test."""
    started: list[DecoderProcess] = []

    def start_child(body: str) -> DecoderProcess:
        with monkeypatch.context() as patch:
            patch.setattr(sys, "executable", write_child(tmp_path, body))
            started.append(DecoderProcess(64))
        return started[-1]

    yield start_child
    for child in started:
        child.kill()


def refusal(child: DecoderProcess, *, timeout_s: float = HANG_S) -> PhotoError:
    """Render a photo in *child* and return the verdict."""
    with Source.from_bytes(jpeg()) as source, pytest.raises(PhotoError) as caught:
        child.render(source, quick(timeout_s=timeout_s), header=A_JPEG, file_name="a.jpg", seconds_left=None)
    return caught.value


@pytest.mark.fault(19)
@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ("os.kill(os.getpid(), signal.SIGKILL)", "SIGKILL"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "SIGSEGV"),
        ("os.abort()", "SIGABRT"),
        ("sys.exit(3)", "exit code 3"),
        ("send({'event': 'done'})[:2]", "exit code 1"),
        ("channel.sendall(struct.pack('>I', 99) + b'{}')", "exit code 0"),
    ],
)
def test_a_child_that_dies_is_a_verdict(start: Start, body: str, cause: str) -> None:
    """The log states how it ended; the public sentence states that the photo is at fault."""
    child = start(body)
    error = refusal(child)

    assert ("DECODER_CRASHED", CRASHED) == (error.code, error.finding)
    assert f"the decoder child ended with {cause}" == str(error)
    assert not is_alive(child.pid)
    assert not child.healthy()


def test_a_child_beyond_its_cpu_limit_is_a_timeout(start: Start) -> None:
    """The kernel ends it by SIGXCPU, also when no parent watches."""
    error = refusal(start("os.kill(os.getpid(), signal.SIGXCPU)"))

    assert ("DECODE_TIMEOUT", "The photo took too long to decode.") == (error.code, error.finding)


@pytest.mark.parametrize(
    "body",
    [
        "send({'event': 'sing', 'blobs': []})",
        "send({'blobs': []})",
        "send({'event': 'done'})",
        "send([1, 2])",
        "send('hello')",
        "send(b'not JSON')",
        "send(b'\\xff\\xfe')",
        "send(b'[' * 200_000)",
        "send({'event': 'done', 'blobs': [-1]})",
        "send({'event': 'done', 'blobs': ['9']})",
        "send({'event': 'done', 'blobs': 7})",
        "send({'event': 'done', 'blobs': [1 << 40]})",
        "send({'event': 'done', 'blobs': []})",
        "send({'event': 'done', 'blobs': [], 'rendering': {'renditions': 5}})",
        "send({'event': 'done', 'blobs': [], 'rendering': {'renditions': []}})",
        "send({'event': 'done', 'blobs': [], 'rendering': []})",
        "send({'event': 'verdict', 'blobs': []})",
        "send({'event': 'verdict', 'verdict': 'LOVELY', 'finding': 'x', 'blobs': []})",
        "channel.sendall(b'\\xff\\xff\\xff\\xff')",
    ],
)
def test_a_child_that_breaks_the_protocol_is_ended(start: Start, monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    """It has read hostile bytes, so no message of it is trusted."""
    child = start(f"{body}; time.sleep(600)")
    monkeypatch.setattr(process, "EXIT_GRACE_S", 0.05)
    error = refusal(child)

    assert ("DECODER_CRASHED", CRASHED) == (error.code, error.finding)
    assert not is_alive(child.pid)


def test_a_child_that_stops_within_a_message_is_ended(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """The wait for the rest of a message is bounded."""
    monkeypatch.setattr(process, "BETWEEN_BYTES_S", 0.2)
    child = start("channel.sendall(struct.pack('>I', 99) + b'{'); time.sleep(600)")
    monkeypatch.setattr(process, "EXIT_GRACE_S", 0.05)

    assert "DECODER_CRASHED" == refusal(child).code


def test_a_child_that_hangs_is_ended_in_time(start: Start) -> None:
    """The verdict states the limit."""
    child = start("time.sleep(600)")
    error = refusal(child, timeout_s=0.2)

    expected = "The photo took too long to decode: expected at most 0.2 s of computing time."
    assert ("DECODE_TIMEOUT", expected) == (error.code, error.finding)
    assert not is_alive(child.pid)


def test_computing_time_counts_not_the_clock(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that computes is ended by the CPU time that it used; one that waits for its share of a core is not."""
    monkeypatch.setattr(usage, "WALL_PER_CPU", 1_000)
    busy = refusal(start("while True: pass"), timeout_s=0.3)
    monkeypatch.setattr(process, "cpu_seconds", lambda _: 0.0)
    patient = start("time.sleep(0.6); send({'event': 'verdict', 'verdict': 'CORRUPT', 'finding': 'x', 'blobs': []})")

    assert "DECODE_TIMEOUT" == busy.code
    assert "CORRUPT" == refusal(patient, timeout_s=0.3).code


def test_encoding_has_time_of_its_own(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its time starts when the child has decoded; the verdict names the encoders."""
    monkeypatch.setattr(process, "ENCODE_TIMEOUT_S", 0.3)
    child = start("send({'event': 'decoded', 'blobs': []}); time.sleep(600)")
    error = refusal(child, timeout_s=HANG_S)

    expected = "The photo took too long to decode: the encoders did not finish."
    assert ("DECODE_TIMEOUT", expected) == (error.code, error.finding)


@pytest.mark.fault(19)
def test_a_child_that_swells_is_ended(start: Start) -> None:
    """Its resident memory is watched from outside; the limit here is 64 MiB."""
    error = refusal(start("block = b'x' * (200 << 20); time.sleep(600)"))

    expected = "The photo needs too much memory to decode: expected at most 64 MiB."
    assert ("DECODER_OUT_OF_MEMORY", expected) == (error.code, error.finding)


def test_a_crash_close_to_the_memory_limit_is_a_lack_of_memory(start: Start) -> None:
    """A library that does not check an allocation ends by a signal: a smaller picture helps."""
    error = refusal(start("block = b'x' * (56 << 20); time.sleep(0.2); os.kill(os.getpid(), signal.SIGSEGV)"))

    assert "DECODER_OUT_OF_MEMORY" == error.code


@pytest.mark.parametrize(
    ("body", "code", "log"),
    [
        (
            "send({'event': 'out_of_memory', 'blobs': []}); time.sleep(600)",
            "DECODER_OUT_OF_MEMORY",
            "The photo needs too much memory to decode: expected at most 64 MiB.",
        ),
        (
            "send({'event': 'crashed', 'log': 'Traceback', 'blobs': []}); time.sleep(600)",
            "DECODER_CRASHED",
            "Traceback",
        ),
    ],
)
def test_a_child_that_reports_its_own_failure_is_ended(start: Start, body: str, code: str, log: str) -> None:
    """Its state is unknown after a failure."""
    child = start(body)
    error = refusal(child)

    assert (code, log) == (error.code, str(error))
    assert not is_alive(child.pid)


def test_a_broken_installation_is_no_verdict_on_the_photo(start: Start) -> None:
    """The photo may be fine: the error names the installation and the remedy."""
    child = start("send({'event': 'broken_installation', 'finding': 'pillow is missing.', 'blobs': []})")
    with Source.from_bytes(b"any") as source, pytest.raises(InstallationError) as raised:
        child.render(source, quick(timeout_s=HANG_S), header=A_JPEG, file_name="a.jpg", seconds_left=None)

    expected = "This installation of Darkroom is broken: pillow is missing. Install it anew from its lock (make setup)."
    assert expected == str(raised.value)


def test_a_verdict_of_the_child_is_passed_on_and_the_child_lives(start: Start) -> None:
    """A bad photo does not end its decoder."""
    child = start("send({'event': 'verdict', 'verdict': 'CORRUPT', 'finding': 'It is.', 'blobs': []}); time.sleep(600)")
    error = refusal(child)

    assert ("CORRUPT", "It is.", "It is.") == (error.code, error.finding, str(error))
    assert child.healthy()


@pytest.mark.parametrize("seconds_left", [0.0, 0.2])
def test_an_invocation_that_ends_first_is_no_verdict(start: Start, seconds_left: float) -> None:
    """OutOfTime makes the photo due for another try."""
    child = start("time.sleep(600)")
    with Source.from_bytes(jpeg()) as source, pytest.raises(OutOfTime, match="no time left for this photo"):
        child.render(source, quick(), header=A_JPEG, file_name="a.jpg", seconds_left=seconds_left)

    assert not is_alive(child.pid)


def test_a_child_is_retired_after_many_jobs(start: Start) -> None:
    """Leaks of decoders stay bounded."""
    child = start("time.sleep(600)")
    child.jobs = process.JOBS_PER_CHILD - 1
    before = child.healthy()
    child.jobs += 1

    assert (True, False) == (before, child.healthy())


def test_ending_a_child_leaves_nothing_behind(start: Start) -> None:
    """Neither process, zombie nor descriptor; ending it twice is safe."""
    files = open_descriptors()
    child = start("time.sleep(600)")
    child.kill()
    child.kill()

    assert not is_alive(child.pid)
    assert not opened_since(files)


def test_processes_of_a_child_end_with_it(start: Start, tmp_path: Path) -> None:
    """The child leads a process group, which is killed as one."""
    note = tmp_path / "pid"
    told = f"open({str(note)!r}, 'w').write(str(pid)), send({{'event': 'crashed', 'blobs': []}})"
    refusal(start(f"pid = os.fork()\nif pid: {told}\ntime.sleep(600)"))

    assert ends_soon(int(note.read_text()))


def test_the_child_knows_no_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither credentials nor names of tables and buckets: few variables, listed."""
    for name in ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "DARKROOM_PHOTOS_TABLE", "HOME"):
        monkeypatch.setenv(name, "secret-4711")
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769")
    child = DecoderProcess(900)
    with Source.from_bytes(jpeg()) as source:
        child.render(source, quick(), header=A_JPEG, file_name="a.jpg", seconds_left=None)
    environment = dict(
        entry.split("=", 1) for entry in Path(f"/proc/{child.pid}/environ").read_text().split("\0") if entry
    )
    child.kill()

    assert child_environment() == environment
    passed_on = {"PATH", "LD_LIBRARY_PATH", "LANG", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE"}
    assert set(environment) <= passed_on | {"PYTHONPATH", "MALLOC_ARENA_MAX", "PYDANTIC_DISABLE_PLUGINS"}
    assert "secret-4711" not in environment.values()


def test_the_memory_and_time_of_a_process_that_is_gone_are_nothing() -> None:
    """A process may end between two measurements."""
    assert (0, 0.0) == (resident_mib(2**22 + 1), cpu_seconds(2**22 + 1))
