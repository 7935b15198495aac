"""What operations send to the rendition lanes: "whatever this key holds now", as an S3 event without a sequencer."""

from __future__ import annotations

import json


def render_newest(bucket: str, key: str) -> str:
    """Ask for the newest content of *key*, named as it is: only S3 itself encodes keys in events."""
    return json.dumps({"Records": [{"s3": {"bucket": {"name": bucket}, "object": {"key": key}}}]}, ensure_ascii=False)
