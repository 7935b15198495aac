"""Serve the Pulumi program to the engine, as the language host `python` would: ``pulumi … --client 127.0.0.1:PORT``.

Started as a process of its own, because a run changes the working directory and the modules; prints the port. Every
run imports the program anew, from the folder that the engine names, so that changed code is what runs.
"""

from __future__ import annotations

import gc
import os
import runpy
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import grpc
import pulumi
import pulumi_aws as aws
import pulumi_random as random
from pulumi.automation import _server
from pulumi.runtime import resource
from pulumi.runtime.proto import language_pb2, language_pb2_grpc
from pulumi.runtime.proto.source_pb2 import StackTrace

OURS = ("components", "processor", "tools", "local")
# pulumi_aws imports its parts when they are first used, and not safely from two threads.
USED = (
    *(aws.budgets.Budget, aws.cloudfront.Distribution, aws.cloudwatch.MetricAlarm, aws.dynamodb.Table, aws.iam.Role),
    *(aws.kms.Key, aws.lambda_.Function, aws.route53.Record, aws.s3.Bucket, aws.scheduler.Schedule, aws.sns.Topic),
    *(aws.sqs.Queue, aws.ssm.Parameter, random.RandomPassword),
)


class ProgramServer(_server.LanguageServer):
    """Runs one program at a time, in the folder that the engine names."""

    def __init__(self) -> None:
        super().__init__(run_main)
        self.turn = threading.Lock()

    def Run(self, request: Any, context: Any) -> Any:  # noqa: N802 - the name of Pulumi's protocol
        """Run the program, freshly imported."""
        with self.turn:
            os.chdir(request.info.program_directory)
            sys.path[0] = request.info.program_directory
            for name in [one for one in sys.modules if one.partition(".")[0] in OURS]:
                del sys.modules[name]
            result = cast("Any", super()).Run(request, context)
            gc.collect()
        # The error has been logged: the language host then says so, instead of the engine saying it again.
        return cast("Any", language_pb2).RunResponse(bail=True) if result.error else result


def run_main() -> None:
    """Run ``__main__.py`` of the working directory."""
    runpy.run_path("__main__.py", run_name="__main__")


def main() -> None:
    """Serve until standard input ends, which is when the test process does."""
    # What was imported stays. The collector would walk a program's objects again and again while it runs.
    gc.freeze()
    gc.disable()
    # Each of 750 lines would be a call of the engine, which drops them.
    pulumi.log.debug = lambda *_arguments, **_options: None
    # The call stack of every registration, of which the engine shows nothing, is a tenth of a run.
    resource._get_stack_trace = lambda *_arguments, **_options: StackTrace()
    server = grpc.server(ThreadPoolExecutor(4))
    cast("Any", language_pb2_grpc).add_LanguageRuntimeServicer_to_server(ProgramServer(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    sys.stdin.read()
    server.stop(grace=None)


if __name__ == "__main__":
    main()
