"""Entry point of the decoder child: a process without credentials that renders or edits files within limits.

Run as ``python -m processor.imaging.isolation.child FD MIB`` with a connected socket at FD. It answers until the
socket closes. It uses only a socket pair and memory files: Lambda has no /dev/shm, so multiprocessing fails there.
"""

from __future__ import annotations

import gc
import math
import os
import resource
import socket
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import Any, Final, TypeAlias

from processor.errors import EditError, InstallationError, PhotoError
from processor.imaging.installation import check_installation
from processor.imaging.isolation.confinement import confine_this_process
from processor.imaging.isolation.wire import ConnectionClosed, pack_rendering, receive, send, unpack_headers
from processor.imaging.model import RenderInputs
from processor.imaging.structure.header import Header
from processor.recipe import Focus, Recipe
from processor.source import Source

NO_CORE_DUMP = (0, 0)
ENCODE_CPU_S = 240
"""CPU seconds for encoding, over all threads: AVIF at 12 MP takes tens of them."""
MAX_LOG_CHARS = 4_000
MAX_FDS = 64
"""One for the source and one for each watermark: a plan has at most 50 steps, a recipe 20 sizes."""
NO_THREAD = "can't start new thread"
"""Python's words when a thread's stack does not fit into the memory limit."""

Answer: TypeAlias = tuple[dict[str, Any], list[bytes]]
"""The fields of the ``done`` message, and the files."""


def main(fd: int, memory_mib: int) -> None:
    """Serve requests until the parent closes the connection."""
    limit_memory(memory_mib)
    confine_this_process()
    with socket.socket(fileno=fd) as channel:
        while True:
            try:
                request, (packed,), fds = receive(channel, fds=MAX_FDS)
            except ConnectionClosed:
                return
            with ExitStack() as open_sources:
                facts = zip(fds, request["sources"], strict=True)
                sources = [open_sources.enter_context(Source(fd, *fact)) for fd, fact in facts]
                done = _answer(channel, request, sources, unpack_headers(packed))
            if not done:
                gc.collect()  # cycles of the error's traceback hold the source's memory


def _answer(
    channel: socket.socket, request: dict[str, Any], sources: Sequence[Source], headers: Sequence[Header]
) -> bool:
    """Do one job and send its answer; return whether it succeeded."""
    try:
        check_installation()
        answer, blobs = JOBS[request["job"]](channel, request, sources, headers)
    except PhotoError as error:
        send(channel, {"event": "verdict", "verdict": error.verdict, "finding": error.finding, "log": str(error)})
    except EditError as error:
        from processor.imaging.isolation.edit_wire import pack_refusal  # noqa: PLC0415 - a rendering needs no edits

        send(channel, pack_refusal(error))
    except MemoryError:
        send(channel, {"event": "out_of_memory"})
    except (InstallationError, ImportError) as error:
        finding = error.finding if isinstance(error, InstallationError) else f"{error}."
        send(channel, {"event": "broken_installation", "finding": finding[-MAX_LOG_CHARS:]})
    except Exception as error:  # noqa: BLE001 - the parent decides on every error of a decoder
        if NO_THREAD in str(error):
            send(channel, {"event": "out_of_memory"})
            return False
        send(channel, {"event": "crashed", "log": traceback.format_exc(limit=-8)[-MAX_LOG_CHARS:]})
    else:
        send(channel, {"event": "done", **answer}, blobs)
        return True
    return False


def _render(
    channel: socket.socket, request: dict[str, Any], sources: Sequence[Source], headers: Sequence[Header]
) -> Answer:
    from processor.imaging.line import develop  # noqa: PLC0415 - under the memory limit, and after start-up

    recipe = Recipe.model_validate_json(request["recipe"])
    limit_cpu(recipe.limits.decode_timeout_s, os.cpu_count() or 1)
    rendering = develop(
        sources[0],
        recipe,
        file_name=request["file_name"],
        inputs=RenderInputs(
            focus=Focus(**request["focus"]) if request["focus"] else None,
            marks=dict(zip(request["marks"], sources[1:], strict=True)),
        ),
        header=headers[0],
        on_decoded=lambda: send(channel, {"event": "decoded"}),
    )
    plain, blobs = pack_rendering(replace(rendering, receipt=replace(rendering.receipt, isolated=True)))
    return {"rendering": plain}, blobs


def _edit(
    channel: socket.socket, request: dict[str, Any], sources: Sequence[Source], headers: Sequence[Header]
) -> Answer:
    # The vocabulary of edits takes 70 ms, and most children only render.
    from processor.edits.plan import Plan  # noqa: PLC0415
    from processor.imaging.edit_line import carry_out  # noqa: PLC0415
    from processor.imaging.isolation.edit_wire import order_type, pack_edited  # noqa: PLC0415

    order = order_type().validate_python(request["order"])

    def report(index: int, step: str) -> None:
        # Each part of the work has its own time limit, here and in the parent.
        limit_cpu(order.limits.step_timeout_s, os.cpu_count() or 1)
        send(channel, {"event": "step", "index": index, "step": step})

    edited = carry_out(
        sources[0],
        Plan.model_validate_json(order.plan),
        limits=order.limits,
        output=order.output,
        assets=dict(zip(order.assets, sources[1:], strict=True)),
        on_step=report,
        headers=headers,
    )
    plain, blobs = pack_edited(edited)
    return {"edited": plain}, blobs


JOBS: Final[Mapping[str, Callable[[socket.socket, dict[str, Any], Sequence[Source], Sequence[Header]], Answer]]] = {
    "render": _render,
    "edit": _edit,
}


def limit_memory(mib: int) -> None:
    """Make allocations beyond *mib* MiB fail (RLIMIT_DATA: private writable memory, not address space)."""
    size = mib << 20
    resource.setrlimit(resource.RLIMIT_DATA, (size, size))
    resource.setrlimit(resource.RLIMIT_CORE, NO_CORE_DUMP)


def limit_cpu(seconds: float, cores: int) -> None:
    """Allow *seconds* on all *cores* from now on, then SIGXCPU: the limit that holds when the parent is gone."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowance = used.ru_utime + used.ru_stime + seconds * cores + ENCODE_CPU_S
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(allowance), hard))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
