"""Modules where a wrong answer is silent, and the tests that must notice."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

# In the order in which they notice: a mutant is killed by the first test that fails.
SESSIONS: Final = ("tests/aws/test_session_work.py", "tests/aws/test_sessions.py", "tests/test_editing_faults.py")

TARGETS: Final[Mapping[Path, tuple[str, ...]]] = {
    Path("processor/keys.py"): ("tests/test_keys.py", "tests/aws/test_manifests.py"),
    Path("processor/events.py"): ("tests/test_events.py", "tests/handlers/test_envelopes.py"),
    Path("processor/upload/ledger.py"): ("tests/upload",),
    Path("processor/imaging/geometry.py"): ("tests/imaging/test_geometry.py",),
    Path("processor/aws/manifests.py"): ("tests/aws/test_manifests.py",),
    Path("processor/edits/session.py"): ("tests/edits/test_session.py", *SESSIONS),
    Path("processor/aws/session_changes.py"): SESSIONS,
    Path("processor/aws/session_work.py"): SESSIONS,
}
