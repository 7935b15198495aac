"""Saved queries of CloudWatch Logs Insights: the first look after an alarm."""

from __future__ import annotations

from typing import Final

# By name; the fields are those that processor/upload/reports.py logs. A file that cannot be opened names no camera,
# but its extension names the make.
QUERIES: Final = {
    "slowest-photos": """\
fields @timestamp, key, format, receipt.decoder, receipt.total_ms, receipt.peak_memory_mib
| filter message = "photo rendered"
| sort receipt.total_ms desc
| limit 50""",
    "failures-by-code": """\
filter message in ["photo failed", "message will come again", "message failed unexpectedly", "event refused"]
| stats count(*) as failures, latest(key) as example by message, code
| sort failures desc""",
    "failures-by-camera": """\
filter message = "photo failed"
| parse key /\\.(?<extension>[A-Za-z0-9]+)$/
| stats count(*) as failures, latest(key) as example by extension, camera, code
| sort failures desc""",
}
