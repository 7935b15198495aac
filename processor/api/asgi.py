"""Build the edit API of one process from its environment variables: uvicorn's application factory.

Both secrets are read before the first request: a process that cannot read them must not serve.
"""

from __future__ import annotations

import gc
import os
from functools import partial

from fastapi import FastAPI

from processor.api.app import create_app
from processor.api.archive_service import ArchiveService
from processor.api.credentials import ARCHIVE, PROGRESS, Tickets, Tokens
from processor.api.dependencies import Services
from processor.api.feeds import SessionFeeds
from processor.api.session_service import SessionService
from processor.api.signing_keys import SigningKeys, fetcher, no_keys
from processor.api.stream import MARGIN_S, Streams
from processor.aws.archive_files import ArchiveLinks
from processor.aws.archives import Archives
from processor.aws.clients import Session, dynamodb_client, s3_client, sqs_client, ssm_client
from processor.aws.queues import Jobs, Queue
from processor.aws.results import Slots
from processor.aws.secrets import ParameterStore, RotatingSecret
from processor.aws.sessions import Sessions
from processor.aws.stream_places import StreamPlaces
from processor.aws.user_limits import IdempotencyKeys, UserLimits
from processor.settings.functions import EditApiEnv, from_env
from processor.telemetry import Telemetry


def application() -> FastAPI:
    """Build the application of this process."""
    gc.disable()  # nothing made here becomes garbage
    try:
        return create_app(assemble(from_env(EditApiEnv, os.environ)))
    finally:
        gc.enable()


def stream_lifetime_s(env: EditApiEnv) -> float:
    """Return how long a stream is open: as set, and never longer than an invocation lasts."""
    return float(min(env.stream_lifetime_s, env.timeout_s - MARGIN_S))


def assemble(env: EditApiEnv) -> Services:
    """Make the application's services and their AWS clients."""
    session = Session()
    telemetry = Telemetry(service=env.service, stack=env.stack)
    store = ParameterStore(ssm=ssm_client(session))
    dynamodb = dynamodb_client(session)
    sessions = Sessions(dynamodb=dynamodb, table=env.sessions_table)
    limits = UserLimits(dynamodb=dynamodb, table=env.sessions_table)
    keys = IdempotencyKeys(dynamodb=dynamodb, table=env.sessions_table)
    s3, queue = s3_client(session), Queue(sqs=sqs_client(session), url=env.jobs_queue_url)
    slots = Slots(s3=s3, bucket=env.results_bucket, max_bytes=env.max_image_bytes)
    ticket_key = RotatingSecret(read=partial(store.read, env.ticket_key_parameter))
    return Services(
        session_service=SessionService(
            sessions=sessions,
            limits=limits,
            keys=keys,
            jobs=Jobs(queue=queue),
            slots=slots,
            max_images=env.max_images,
            session_ttl_h=env.session_ttl_h,
        ),
        archive_service=ArchiveService(
            archives=Archives(dynamodb=dynamodb, table=env.sessions_table),
            links=ArchiveLinks(s3=s3, bucket=env.results_bucket),
            limits=limits,
            keys=keys,
            queue=queue,
            tickets=Tickets(key=ticket_key, purpose=ARCHIVE),
            days=env.archive_days,
            sizes=env.archive_sizes or (),
        ),
        tokens=Tokens(auth=env.auth, keys=SigningKeys(fetch=fetcher(env.auth.jwks_url) if env.auth else no_keys)),
        tickets=Tickets(key=ticket_key, purpose=PROGRESS),
        sessions=sessions,
        limits=limits,
        slots=slots,
        streams=Streams(feeds=SessionFeeds(read=sessions.find, telemetry=telemetry), lifetime_s=stream_lifetime_s(env)),
        stream_places=StreamPlaces(
            dynamodb=dynamodb,
            table=env.sessions_table,
            per_user=env.max_streams_per_user,
            per_session=env.max_streams_per_session,
            lifetime_s=stream_lifetime_s(env),
        ),
        telemetry=telemetry,
        origin_secret=RotatingSecret(read=partial(store.read, name)) if (name := env.origin_secret_parameter) else None,
        cors_origins=env.cors_origins,
    )
