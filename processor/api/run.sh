#!/bin/sh
# Starts the edit API as a web server: the handler that the Lambda Web Adapter executes, from the root of the zip.
# Only loopback: nobody but the adapter (or the embedded stack's front) talks to it. One process: Lambda starts as
# many of these as there are requests. No access log: addresses may hold tickets. https://uvicorn.dev/settings/
set -eu
cd "${LAMBDA_TASK_ROOT:-.}"
# The runtime would add the layers to Python's path; the adapter starts us instead of it.
export PYTHONPATH="${PYTHONPATH:+$PYTHONPATH:}${LAMBDA_TASK_ROOT:-.}:/opt/python"
exec python -m uvicorn processor.api.asgi:application --factory \
    --host 127.0.0.1 --port "${AWS_LWA_PORT:-${PORT:-8080}}" \
    --workers 1 --no-access-log --log-level warning --no-server-header --no-proxy-headers \
    --ws none --timeout-keep-alive 75 --timeout-graceful-shutdown 2
