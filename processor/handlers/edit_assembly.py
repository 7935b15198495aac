"""The edit line, put together from what the function is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from processor.aws.clients import Session, patient_dynamodb_client, s3_client, sqs_client
from processor.aws.photo_owners import OwnedPhotos
from processor.aws.redelivery import Redelivery
from processor.aws.results import ResultObjects
from processor.aws.session_changes import SessionChanges
from processor.aws.session_reading import SessionReader
from processor.aws.session_work import SessionWork
from processor.aws.stored import StoredPictures
from processor.editing import EditLine
from processor.imaging.edit_model import EditLimits
from processor.imaging.editor import Editor as ImagingEditor
from processor.jobs.editor import Editor
from processor.jobs.results import ResultShelf
from processor.jobs.sources import Fetch, Sources
from processor.settings_env import EditEnv

if TYPE_CHECKING:
    from processor.source import Source


def edit_line(env: EditEnv, editor: Editor | None = None) -> EditLine:
    """Make the line and its AWS clients. *editor*: another one than the imaging package's."""
    session = Session()
    s3, dynamodb = s3_client(session), patient_dynamodb_client(session)
    return EditLine(
        work=SessionWork(
            reader=SessionReader(dynamodb=dynamodb, table=env.sessions_table),
            changes=SessionChanges(dynamodb=dynamodb, table=env.sessions_table),
        ),
        sources=Sources(
            stored=StoredPictures(s3=s3, max_bytes=env.max_image_bytes),
            photos=OwnedPhotos(dynamodb=dynamodb, table=env.photos_table),
            fetch=fetch_by(env),
            originals_bucket=env.originals_bucket,
            renditions_bucket=env.renditions_bucket,
            results_bucket=env.results_bucket,
            cdn_host=env.cdn_host,
        ),
        editor=editor or ImagingEditor(),
        shelf=ResultShelf(objects=ResultObjects(s3=s3, bucket=env.results_bucket), cdn_host=env.cdn_host),
        limits=EditLimits(
            max_dimension_px=env.max_dimension_px,
            max_megapixels=env.max_megapixels,
            default_quality=env.default_quality,
        ),
    )


def redelivery(env: EditEnv) -> Redelivery:
    """Bring jobs forward; the client is made when it is needed, which costs a start nothing."""
    return Redelivery(client=lambda: sqs_client(Session()), url=env.jobs_queue_url)


def fetch_by(env: EditEnv) -> Fetch:
    """Fetch by the rules of *env*."""

    def fetch_now(url: str) -> Source:
        from processor.fetch.download import fetch  # noqa: PLC0415 - an HTTP client is needed only for foreign pictures
        from processor.fetch.rules import FetchRules  # noqa: PLC0415

        return fetch(url, FetchRules(max_bytes=env.max_image_bytes, allowed_hosts=env.allowed_source_hosts))

    return fetch_now
