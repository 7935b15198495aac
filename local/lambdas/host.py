"""Run one invocation from event to outcome, with Lambda's log lines and metrics."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from local.lambdas import metrics, report
from local.lambdas.errors import Throttled
from local.lambdas.function import Function
from local.lambdas.function_registry import FunctionRegistry
from local.lambdas.invocation import Invocation, Outcome
from local.lambdas.metrics import MetricWriter
from local.lambdas.pool import Pool
from local.lambdas.report import Usage
from local.lambdas.sandbox import Sandbox


@dataclass(frozen=True, kw_only=True, slots=True)
class Host:
    """Runs functions: *registry* finds them, *pool* has their sandboxes."""

    registry: FunctionRegistry
    pool: Pool
    metrics: MetricWriter

    def invoke(self, name: str, version: str, invocation: Invocation) -> Outcome:
        """Run one invocation; raise HostError when the function cannot be run at all."""
        function = self.registry.find(name, version)
        try:
            with self.pool.lend(function) as (sandbox, concurrent):
                self.metrics.add(metrics.began(name, concurrent=concurrent))
                return self._run(sandbox, invocation)
        except Throttled:
            self.metrics.add(metrics.throttled(name))
            raise

    def _run(self, sandbox: Sandbox, invocation: Invocation) -> Outcome:
        request_id, function = invocation.request_id, sandbox.function
        cold = sandbox.init_s is None
        failed = sandbox.start(request_id) if cold else None
        sandbox.log(report.start(request_id, function))
        began = time.monotonic()
        outcome = failed or sandbox.invoke(invocation)
        usage = Usage(
            duration_s=min(time.monotonic() - began, function.timeout_s),
            init_s=sandbox.init_s if cold else None,
            used_mib=min(sandbox.used_mib, function.memory_mib),
        )
        sandbox.log(report.end(request_id))
        sandbox.log(report.report(request_id, function, usage, outcome))
        self._measure(function, usage, outcome)
        return outcome

    def _measure(self, function: Function, usage: Usage, outcome: Outcome) -> None:
        self.metrics.add(
            metrics.ended(
                function.name,
                failed=outcome.error_type is not None,
                duration_ms=1000 * usage.duration_s,
                memory_mib=function.memory_mib,
                used_mib=usage.used_mib,
            )
        )


Invoke = Callable[[str, str, Invocation], Outcome]
