"""Modules where a wrong answer is silent, and the tests that must notice."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

# A mutant is killed by the first test that fails: the closest tests come first, and those of whole flows are not asked.
SESSIONS: Final = ("tests/aws/test_session_work.py", "tests/aws/test_sessions.py")

TARGETS: Final[Mapping[Path, tuple[str, ...]]] = {
    Path("processor/keys.py"): ("tests/test_keys.py", "tests/aws/test_manifests.py"),
    Path("processor/events.py"): ("tests/test_events.py", "tests/upload/test_events.py"),
    Path("processor/upload/transitions.py"): ("tests/upload",),
    Path("processor/imaging/geometry.py"): ("tests/imaging/test_geometry.py",),
    Path("processor/imaging/mark.py"): ("tests/imaging/test_mark.py",),
    Path("processor/aws/manifests.py"): ("tests/aws/test_manifests.py",),
    Path("processor/edits/session.py"): ("tests/edits/test_session.py", *SESSIONS),
    Path("processor/aws/session_item.py"): ("tests/aws/test_session_item.py", *SESSIONS),
    Path("processor/aws/session_work.py"): SESSIONS,
}
