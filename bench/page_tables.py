"""Lay out the tables of docs/performance.md, as Markdown, from the benchmark's JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bench.machine import note
from bench.run import DARKROOM, FLOOR

Json = Mapping[str, Any]
NO_RATIO = "cannot"


def machine_line(run: Json) -> str:
    """Describe the machine and the time."""
    return f"Measured on {note(run['machine'])}; medians of {run['repeats']} runs.\n"


def budgets_table(run: Json) -> str:
    """Write every budget's figure and verdict."""
    return markdown(("budget", "measured", ""), ([it["budget"], it["actual"], it["verdict"]] for it in run["budgets"]))


def cases_table(run: Json) -> str:
    """Write Darkroom's own figures a photo, and each peer's wall time as a multiple."""
    peers = [it["peer"] for it in run["cases"][0]["peers"] if it["peer"] not in {DARKROOM, FLOOR}]
    head = ("photo", "wall / CPU / RSS", *peers)
    return markdown(head, (_case_row(case, peers) for case in run["cases"]))


def peers_table(run: Json) -> str:
    """Write everything that was measured of the first photo."""
    head = ("peer", "wall ms", "CPU ms", "cold ms", "RSS MiB", "GB-s per 1,000", "$ per 1,000")
    return markdown(head, (_peer_row(it) for it in run["cases"][0]["peers"]))


def versions_line(run: Json) -> str:
    """Name every version that took part."""
    found = {f"{name} {one}" for case in run["cases"] for it in case["peers"] for name, one in _versions(it)}
    return f"Versions: {', '.join(sorted(found))}.\n"


def function_table(run: Json) -> str:
    """Write what whole invocations of the function took."""
    head = (
        "the whole function",
        "wall ms",
        "renderer",
        "AWS client",
        "overhead",
        "of it intake",
        "cold",
        "peak RSS MiB",
    )
    names = {"function": "24 MP JPEG", "billed": "24 MP JPEG, CPU share of its memory", "huge": "100 MP JPEG"}
    return markdown(head, ([title, *_function_cells(run[name])] for name, title in names.items()))


def starts_table(run: Json) -> str:
    """Write the cold starts."""
    rows = ([it["function"], f"{it['cpu_ms']:.0f}", ", ".join(it["heavy"]) or "nothing"] for it in run["starts"])
    return markdown(("function", "CPU ms", "loaded before it is needed"), rows)


def memory_table(memory: Json) -> str:
    """Write seconds and USD per 1,000 photos, a size a row; what does not fit stands in brackets."""
    points: Sequence[Json] = memory["points"]
    kinds, sizes = list(dict.fromkeys(it["kind"] for it in points)), sorted({it["memory_mib"] for it in points})
    at = {(it["kind"], it["memory_mib"]): _point(it) for it in points}
    return markdown(("MiB", *kinds), ([f"{size:,}", *[at[kind, size] for kind in kinds]] for size in sizes))


def choice_table(memory: Json) -> str:
    """Write the cheapest size of each kind, and what one size for all kinds costs on the mean."""
    rows = [[kind, f"{size:,}" if size else "none fits"] for kind, size in memory["cheapest"].items()]
    means: Mapping[str, float] = memory["one_for_all"]
    best = min(means, key=lambda size: means[size], default=None)
    default = str(memory["default_mib"])
    for title, size in (("cheapest for all kinds", best), ("the default", default)):
        if size is not None and size in means:
            rows.append([f"{title}: ${means[size]:.4f} per 1,000, mean of the kinds", f"{int(size):,}"])
    return markdown(("kind", "MiB"), rows)


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Write a table."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _case_row(case: Json, peers: Sequence[str]) -> list[str]:
    found: Mapping[str, Json] = {it["peer"]: it for it in case["peers"]}
    ours = found[DARKROOM]
    figures = f"{ours['wall_ms']:.0f} ms / {ours['cpu_ms']:.0f} ms / {ours['peak_rss_mib']:.0f} MiB"
    return [case["title"], figures, *[_ratio(found[peer], ours) for peer in peers]]


def _ratio(peer: Json, ours: Json) -> str:
    return NO_RATIO if "reason" in peer else f"{peer['wall_ms'] / ours['wall_ms']:.1f} ×"


def _peer_row(it: Json) -> list[str]:
    if "reason" in it:
        return [it["peer"], f"missing: {it['reason']}", *[""] * 5]
    times = [f"{it[name]:.0f}" for name in ("wall_ms", "cpu_ms", "cold_ms", "peak_rss_mib", "gb_seconds_per_1000")]
    return [it["peer"], *times, f"{it['usd_per_1000']:.4f}"]


def _versions(it: Json) -> Iterable[tuple[str, str]]:
    versions: Mapping[str, str] = it.get("versions", {})
    return versions.items()


def _function_cells(it: Json | None) -> list[str]:
    if it is None or "ending" in it:
        return [it["ending"] if it else "not measured", *[""] * 6]
    columns = ("wall_ms", "render_ms", "calls_ms", "overhead_ms", "intake_ms", "cold_ms", "peak_rss_mib")
    return [f"{it[name]:.0f}" for name in columns]


def _point(it: Json) -> str:
    if it["failure"]:
        return it["failure"]
    text = f"{it['seconds']:.2f} s, ${it['usd_per_1000']:.4f}"
    return text if it["fits"] else f"({text})"
