"""Collect everything that one run measured, compare it with the budgets, and write it as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from bench import verdicts
from bench.cases import Case
from bench.held import Held
from bench.parsing import Parsing
from bench.pricing import TWO_CORES_MIB, Tariff, gb_seconds_per_1000
from bench.run import Measurement, Outcome
from bench.sandboxed import Refused, Sandboxed
from bench.starts import Start
from bench.throughput import Throughput
from bench.verdicts import Verdict

USUAL, HEIC, RAW, RAW_PREVIEW = "jpeg-24mp", "heic-12mp-p3", "dng-24mp", "dng-24mp-preview"


@dataclass(kw_only=True)
class Results:
    """The measurements; a part that did not run is None or empty.

    *function* had the whole machine, *billed* the CPU share of its memory; *edit_api*: what ``bench.edit_api`` wrote.
    """

    machine: Mapping[str, Any]
    repeats: int
    tariff: Tariff
    cases: dict[Case, Sequence[Outcome]] = field(default_factory=dict[Case, Sequence[Outcome]])
    function: Sandboxed | Refused | None = None
    billed: Sandboxed | Refused | None = None
    huge: Sandboxed | Refused | None = None
    held: Held | None = None
    throughput: Throughput | None = None
    starts: Sequence[Start] = ()
    parsing: Parsing | None = None
    edit_api: Mapping[str, Any] | None = None

    def of(self, name: str) -> Sequence[Outcome]:
        """Return the outcomes of the case *name*, none when it did not run."""
        return next((outcomes for case, outcomes in self.cases.items() if case.name == name), ())

    def verdicts(self) -> list[Verdict]:
        """Judge every line of the budgets, in their order."""
        raw = verdicts.MAX_RAW_OVER_FLOOR
        return [
            *verdicts.usual_photo("24 MP JPEG", self.of(USUAL)),
            verdicts.most_cpu("HEIC", self.of(HEIC), verdicts.MAX_HEIC_OVER_FLOOR),
            verdicts.most_cpu("RAW, demosaiced", self.of(RAW), raw),
            verdicts.most_cpu("RAW, preview", self.of(RAW_PREVIEW), raw),
            verdicts.huge_photo(self.huge),
            verdicts.huge_intake(self.huge),
            verdicts.held(self.held),
            verdicts.throughput(self.throughput),
            *verdicts.starts(self.starts),
            verdicts.overhead(self.function),
            verdicts.cost(self.tariff, self.billed),
            verdicts.parsing(self.parsing),
            *verdicts.edit_api(self.edit_api),
        ]

    def as_json(self) -> dict[str, Any]:
        """Write everything as plain data."""
        parts = {name: getattr(self, name) for name in ("function", "billed", "huge", "held", "throughput", "parsing")}
        return {
            "machine": dict(self.machine),
            "repeats": self.repeats,
            "billed": {"memory_mib": TWO_CORES_MIB, "architecture": self.tariff.architecture},
            "cases": [_case_json(case, outcomes, self.tariff) for case, outcomes in self.cases.items()],
            "starts": [asdict(it) for it in self.starts],
            **{name: asdict(part) if part else None for name, part in parts.items()},
            "edit_api": self.edit_api,
            "budgets": [asdict(it) | {"verdict": it.word} for it in self.verdicts()],
        }


def _case_json(case: Case, outcomes: Sequence[Outcome], tariff: Tariff) -> dict[str, Any]:
    return {"name": case.name, "title": case.title, "peers": [_peer_json(outcome, tariff) for outcome in outcomes]}


def _peer_json(outcome: Outcome, tariff: Tariff) -> dict[str, Any]:
    if not isinstance(outcome, Measurement):
        return asdict(outcome)
    bill = {
        "gb_seconds_per_1000": round(gb_seconds_per_1000(outcome.wall_ms), 1),
        "usd_per_1000": round(tariff.compute_usd(outcome.wall_ms), 5),
    }
    return asdict(outcome) | bill
