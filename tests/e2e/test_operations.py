"""The rehearsals of `python -m lab.drill`, small: backfill, repairs, releases with dead letters, deletion."""

from __future__ import annotations

import pytest

from lab.drill import backfilling, deleting, releases, repairing
from lab.drill.operator import Operator
from lab.drill.originals import KINDS, generated
from lab.drill.report import Promises
from testkit.embedded_stack import LocalStack

TO_SEND = "to send                     {:>12}  "


@pytest.fixture
def operator(stack: LocalStack) -> Operator:
    """Return an operator of the stack."""
    return Operator.of(stack)


@pytest.mark.faults
def test_a_backfill_is_paused_by_ctrl_c_and_goes_on(operator: Operator) -> None:
    """Planned, interrupted, resumed: every photo once, uploads beside it; the next run sends nothing."""
    photos = backfilling.put_unannounced(operator, generated(len(KINDS)))

    story = backfilling.rehearse(operator, photos, rate="4/s")

    assert (0, 130, 0, 0) == tuple(
        one.code for one in (story.planned, story.interrupted, story.resumed, story.again)
    ), story
    assert TO_SEND.format(len(KINDS)) in story.planned.out.splitlines()
    assert "Paused; go on with the same options and --resume backfill-local.json." in story.interrupted.err
    assert f"finished: {len(KINDS)} rendered, 0 failed;" in story.resumed.out
    assert TO_SEND.format(0) in story.again.out.splitlines()
    assert dict.fromkeys(photos, "active") == story.statuses
    assert dict.fromkeys(photos, 1) == story.deliveries
    assert story.uploads_s, "expected uploads while the backfill ran"


@pytest.mark.faults
def test_one_run_of_the_reconciler_repairs_all_and_a_second_changes_nothing(operator: Operator) -> None:
    """A record overwritten, one lost, a set half written, a photo whose event never came."""
    story = repairing.rehearse(operator)

    assert {"filename": "overwritten.jpg"}.items() <= story.mended[repairing.OVERWRITTEN].items(), "and keeps its own"
    for key, whole in story.whole.items():
        assert "small_url" not in story.damaged[key]
        assert whole["small_url"] == story.mended[key]["small_url"]
    assert "active" == story.mended[repairing.STUCK]["status"]
    assert 0 == story.second["sent"]
    assert story.unchanged


@pytest.mark.faults
def test_a_bad_release_is_rolled_back_and_its_dead_letters_replayed_by_group(operator: Operator) -> None:
    """The pinned version answers; one group is replayed alone; unpinned, the newest does, and nothing is left."""
    story = releases.rehearse(operator)
    own, bad, pinned, upgraded, again = story.versions

    assert own == pinned
    assert 4 == len({own, bad, upgraded, again})
    assert ({"heic": 2, "webp": 2}, {"webp": 2}, {}) == story.groups
    assert (0, "2 letters redriven.\n") == (story.redriven_group.code, story.redriven_group.out)
    assert ["active", "active", "", ""] == [*story.after_group.values()]
    assert (0, "2 letters redriven.\n") == (story.redriven_all.code, story.redriven_all.out)
    assert ["heif", "heif", "upgraded", "upgraded"] == [*story.decoders.values()]


def test_a_deletion_proves_itself(operator: Operator) -> None:
    """Gone from the CDN at once, by its tag; a tombstone is all that is left. An orphan is removed."""
    story = deleting.rehearse(operator)

    assert ({200}, {403}) == (story.shown, story.gone)
    assert "deleted" == story.record["status"]
    assert not [name for name in story.record if name.endswith("_url")]
    assert () == story.left
    assert any(one.startswith("#photo:") for one in story.invalidated)
    assert (0, 0, 1) == story.orphans


def test_a_broken_promise_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """A rehearsal that fails must not look like one that went well."""
    promises = Promises()
    promises.keep("the sky is blue", kept=True)
    promises.keep("the sky is green", kept=False)

    assert promises.conclude() == 1
    assert "kept    the sky is blue\nBROKEN  the sky is green\n1 promises broken\n" == capsys.readouterr().out
