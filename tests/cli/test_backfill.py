"""``darkroom backfill``: priced, throttled, resumable, and never twice."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from botocore.session import Session
from botocore.validate import ParamValidator
from click import BadParameter
from click.testing import Result

from processor.errors import UsageError
from processor.ops.backfill import run as running
from processor.ops.backfill.checkpoint import Checkpoint, Scope
from processor.ops.backfill.run import Backfill, BackfillLimits
from processor.original import OriginalItem
from processor.settings.stack_file import read_stack
from tests.factories.darkroom import ITEMS, ORIGINALS, RENDITIONS, with_recipe
from tests.factories.operating import STACK, Operation
from tests.factories.stores import Fault, Request, after, first, not_in_xml
from tests.upload.test_pipeline import assert_consistent

ROLE = "arn:aws:iam::123456789012:role/batch"
CHECKPOINT = "backfill-test.json"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait between polls."""
    monkeypatch.setattr(running, "POLL_S", 0.0)


@pytest.fixture
def sent(operation: Operation) -> list[str]:
    """Run the upload pipeline whenever the backfill reads items; return the keys that passed the queue."""
    seen: list[str] = []
    operation.darkroom.dynamodb.faults["batch_get_item"] = first(lambda: seen.extend(operation.work()))
    return seen


def upload(operation: Operation, *names: str, content: bytes = b"a photo") -> list[str]:
    """Upload originals without records."""
    keys = [f"wedding/{name}" for name in names]
    for key in keys:
        operation.darkroom.upload(key, content)
    return keys


def numbered(count: int) -> list[str]:
    """Name *count* photos."""
    return [f"IMG_{number:02}.jpg" for number in range(count)]


def backfill(operation: Operation, *options: str) -> Result:
    """Run the command."""
    return operation.run("backfill", *options)


def code_of(result: Result) -> int:
    """Return the exit code of a run that ended."""
    assert isinstance(result.exception, SystemExit | None), result.exception
    return result.exit_code


def interrupted(_: dict[str, Any], __: Request) -> Any:
    """Press Ctrl-C."""
    raise KeyboardInterrupt


def test_a_plan_counts_prices_and_sends_nothing(operation: Operation) -> None:
    """By reason; from the program's own measurements as long as there are no receipts."""
    upload(operation, *numbered(3), "clip.mp4", "all.zip")
    operation.darkroom.upload("renditions/x.jpg")
    operation.darkroom.process(operation.darkroom.upload("wedding/bad.jpg", b"broken"))

    said = backfill(operation, "--plan").stdout

    rows = dict(re.findall(r"^(\S[\w -]*?) +([\d,]+)", said, re.MULTILINE))
    assert {"missing": "3", "video": "1", "archive": "1", "reserved": "1", "failed": "1", "to send": "3"} == rows
    assert "Time: about 0:00:00 at the backfill lane's concurrency." in said
    assert "Cost: about $0.0001 (compute $0.0000, requests $0.0001); from docs/performance.md" in said
    assert 0 == operation.count("backfill")


def test_everything_that_is_missing_is_rendered_and_a_second_run_sends_nothing(
    operation: Operation, sent: list[str]
) -> None:
    """Through the backfill lane alone; the checkpoint goes when it is no longer needed."""
    keys = upload(operation, *numbered(4), "clip.mp4")

    result = backfill(operation)

    assert 0 == code_of(result)
    assert re.search(r"finished: 4 rendered, 0 failed; \$0\.00\d\d spent\.", result.stdout)
    assert keys[:4] == sorted(sent)
    for key in keys[:4]:
        assert "active" == (operation.darkroom.record(key) or {})["status"]
    assert (False, 0) == (Path(CHECKPOINT).exists(), operation.count("uploads"))
    sent.clear()

    again = backfill(operation)

    assert (0, []) == (code_of(again), sent)
    assert "from 4 receipts" in again.stdout


def test_an_interrupted_run_goes_on_where_it_stopped(operation: Operation, sent: list[str]) -> None:
    """Ctrl-C after the first photos: nothing is sent twice, nothing is left out."""
    keys = upload(operation, *numbered(11))
    operation.sqs.faults["send_message_batch"] = after(1, interrupted)

    result = backfill(operation)

    assert 130 == code_of(result)
    assert (
        f"Paused; go on with the same options and --resume {CHECKPOINT}. What was sent is rendered meanwhile.\n"
        == result.stderr
    )
    assert 11 == len(json.loads(Path(CHECKPOINT).read_text())["flying"])
    del operation.sqs.faults["send_message_batch"]

    again = backfill(operation, "--resume", CHECKPOINT)

    assert 0 == code_of(again)
    assert "finished: 11 rendered" in again.stdout
    assert keys == sorted(sent)


def test_a_throttled_run_is_resumed_behind_the_last_photo_sent(operation: Operation, sent: list[str]) -> None:
    """The listing goes on where it was, too."""
    keys = upload(operation, *numbered(6))
    operation.sqs.faults["send_message_batch"] = after(3, interrupted)
    assert 130 == code_of(backfill(operation, "--rate", "1000/s"))
    assert keys[:3] == sent
    operation.sqs.faults.clear()

    said = backfill(operation, "--resume", CHECKPOINT).stdout

    assert "finished: 6 rendered, 0 failed" in said
    assert keys == sorted(sent)


def test_too_many_failures_stop_a_run(operation: Operation, sent: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of what has ended, once enough has: here a third of the first nine."""
    monkeypatch.setattr(running, "MAX_FLYING", 9)
    monkeypatch.setattr(running, "ENOUGH_ENDED", 9)
    upload(operation, *numbered(27)[::3], content=b"broken")
    upload(operation, *[name for name in numbered(27) if name not in numbered(27)[::3]])

    result = backfill(operation)

    assert 1 == code_of(result)
    assert "stopped: more than 10 % of the photos fail or become dead letters: 6 rendered, 3 failed" in result.stdout
    assert f"Go on with the same options and --resume {CHECKPOINT}." in result.stderr
    assert 9 == len(sent)


def test_a_run_that_stopped_for_failures_can_be_resumed(
    operation: Operation, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operator has looked and resumes: earlier failures do not stop the run again."""
    monkeypatch.setattr(running, "MAX_FLYING", 3)
    monkeypatch.setattr(running, "ENOUGH_ENDED", 3)
    keys = upload(operation, *numbered(9))
    upload(operation, *numbered(3), content=b"broken")
    stopped = backfill(operation)

    result = backfill(operation, "--resume", CHECKPOINT)

    assert "dead letters: 0 rendered, 3 failed, 6 not sent" in stopped.stdout
    assert "finished: 6 rendered, 3 failed" in result.stdout
    assert keys == sent


def test_a_spent_budget_stops_a_run(operation: Operation, sent: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Photos in flight count with their expected cost."""
    monkeypatch.setattr(running, "MAX_FLYING", 2)
    upload(operation, *numbered(16))

    result = backfill(operation, "--max-usd", "0.0002")

    assert 1 == code_of(result)
    assert "stopped: the budget is reached" in result.stdout
    spent = float(re.search(r"\$([\d.]+) spent", result.stdout)[1])  # pyright: ignore[reportOptionalSubscript]
    assert 0 < spent <= 0.0002
    assert 0 < len(sent) < 16


def test_failed_photos_are_sent_on_request_only(operation: Operation, sent: list[str]) -> None:
    """After a decoder upgrade; one that fails as before is failed, not lost."""
    for name, content in (("a.jpg", b"broken"), ("b.jpg", b"broken too"), ("c.jpg", b"fine")):
        operation.darkroom.process(operation.darkroom.upload(f"wedding/{name}", content))
    assert 0 == code_of(backfill(operation))
    assert [] == sent
    operation.darkroom.renderer.broken = b"broken too"

    result = backfill(operation, "--only", "failed")

    assert 1 == code_of(result)
    assert "finished: 1 rendered, 1 failed" in result.stdout
    assert ["wedding/a.jpg", "wedding/b.jpg"] == sorted(sent)
    assert "active" == (operation.darkroom.record("wedding/a.jpg") or {})["status"]


def test_an_original_that_was_replaced_without_an_event_is_missing(operation: Operation, sent: list[str]) -> None:
    """B4: the item is of another version; a soft delete by the backend is left alone (C9)."""
    key = "wedding/a.jpg"
    operation.darkroom.process(operation.darkroom.upload(key, b"one"))
    operation.darkroom.put_record(**(operation.darkroom.record(key) or {}) | {"status": "deleted"})
    assert re.search(r"current +1  leave", backfill(operation, "--plan").stdout)
    operation.darkroom.upload(key, b"two")

    assert 0 == code_of(backfill(operation))

    record = operation.darkroom.record(key) or {}
    assert (["wedding/a.jpg"], operation.darkroom.versions[-1]) == (sent, record["source_version"])
    assert "deleted" == record["status"]


def test_another_recipe_makes_everything_due(operation: Operation, sent: list[str]) -> None:
    """A photo that another recipe made is not current."""
    for key in upload(operation, *numbered(2)):
        operation.darkroom.process(operation.darkroom.upload(key))
    operation.stack.write_text(operation.stack.read_text() + "      quality: {jpeg: 70}\n")

    said = backfill(operation, "--plan", "--only", "recipe-changed").stdout

    assert re.search(r"recipe-changed +2  send", said)
    assert [] == sent


def test_a_photo_that_ends_in_the_dead_letters_is_neither(operation: Operation) -> None:
    """The queue is empty and the record has not changed: that is reported, and not counted as success."""
    upload(operation, *numbered(2))
    operation.darkroom.dynamodb.faults["batch_get_item"] = first(lambda: operation.take("backfill"))

    result = backfill(operation)

    assert 1 == code_of(result)
    assert "finished: 0 rendered, 0 failed, 2 neither (dlq list --queue backfill)" in result.stdout


def test_a_run_stops_when_everything_becomes_a_dead_letter(
    operation: Operation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """C3: the lane is empty, and no item comes; a resumed run begins a new count."""
    monkeypatch.setattr(running, "MAX_FLYING", 3)
    monkeypatch.setattr(running, "ENOUGH_ENDED", 6)
    upload(operation, *numbered(12))
    died: list[str] = []
    operation.darkroom.dynamodb.faults["batch_get_item"] = first(lambda: died.extend(operation.take("backfill")))

    stopped = backfill(operation)

    assert (1, 6) == (code_of(stopped), len(died))
    assert "dead letters: 0 rendered, 0 failed, 6 neither (dlq list --queue backfill), 6 not sent" in stopped.stdout
    operation.darkroom.dynamodb.faults["batch_get_item"] = first(operation.work)
    assert "finished: 6 rendered, 0 failed, 6 neither" in backfill(operation, "--resume", CHECKPOINT).stdout


def test_a_recipe_that_is_not_deployed_is_refused(operation: Operation, sent: list[str]) -> None:
    """C3: the function would render by its own; a plan may be made before the deployment, with a note."""
    upload(operation, *numbered(2))
    operation.stack.write_text(operation.stack.read_text() + "      quality: {jpeg: 70}\n")

    for options in ((), ("--engine", "s3-batch", "--role-arn", ROLE)):
        refusal = backfill(operation, *options).exception
        assert isinstance(refusal, UsageError)
        assert re.fullmatch(
            r"recipe: found \w+ in the settings of test, expected \w+, which test-rendition renders by\. "
            "Deploy the settings first, or take back the change.",
            str(refusal),
        )
    plan = backfill(operation, "--plan")
    assert (0, True) == (plan.exit_code, plan.stderr.startswith("Note: recipe: found "))
    assert ([], False) == (sent, Path(CHECKPOINT).exists())
    operation.settings = operation.stack.read_text()
    assert re.search(r"missing +2  send", (again := backfill(operation, "--plan")).stdout)
    assert "" == again.stderr


def test_archived_originals_are_planned_as_such(operation: Operation, sent: list[str]) -> None:
    """C3: they cannot be read; once restored, they are sent on request. An archived photo that is current stays so."""
    client = operation.darkroom.s3.client
    for name, kind in (("a", "GLACIER"), ("b", "DEEP_ARCHIVE"), ("c", "GLACIER_IR"), ("d", "STANDARD_IA")):
        client.put_object(Bucket=ORIGINALS, Key=f"wedding/{name}.jpg", Body=b"x", StorageClass=kind)
    said = backfill(operation, "--plan").stdout
    assert re.search(r"archived +2  leave\nmissing +2  send", said)

    assert 0 == code_of(backfill(operation))
    assert ["wedding/c.jpg", "wedding/d.jpg"] == sorted(sent)
    assert re.search(r"archived +2  leave", backfill(operation, "--plan", "--only", "all").stdout)
    assert re.search(r"archived +2  send", backfill(operation, "--plan", "--only", "archived").stdout)


def test_photos_without_the_record_that_is_required_are_planned_as_such(operation: Operation) -> None:
    """C3: missing_record: require. They would all become dead letters."""
    operation.settings = operation.stack.read_text() + "      missing_record: require\n"
    operation.stack.write_text(operation.settings)
    for key in upload(operation, *numbered(3))[:1]:
        operation.darkroom.put_record(id=key, status="pending")

    said = backfill(operation, "--plan").stdout

    assert re.search(r"no record +2  leave", said)
    assert re.search(r"missing +1  send", said)


def test_a_soft_delete_by_the_backend_is_kept_by_the_default_plan(operation: Operation, sent: list[str]) -> None:
    """C9: also in a stack whose items a first deployment has yet to write."""
    [key] = upload(operation, "IMG_1.jpg")
    operation.darkroom.process(operation.darkroom.upload(key))
    operation.darkroom.put_record(**(operation.darkroom.record(key) or {}) | {"status": "deleted", "by": "a user"})
    for one in operation.darkroom.dynamodb.client.scan(TableName=ITEMS)["Items"]:
        operation.darkroom.dynamodb.client.delete_item(TableName=ITEMS, Key={"id": one["id"], "key": one["key"]})

    assert 0 == code_of(backfill(operation))

    record = operation.darkroom.record(key) or {}
    assert ([key], "deleted", "a user") == (sent, record["status"], record["by"])


def test_a_key_with_a_noncharacter_stops_no_run(operation: Operation, sent: list[str]) -> None:
    """B6: SQS refuses a body with U+FFFF, and with it the batch."""
    keys = upload(operation, "IMG_01.jpg", "IMG_02\uffff.jpg", "IMG_03\ufffe.jpg", "IMG_04.jpg")
    operation.sqs.faults["send_message_batch"] = not_in_xml

    assert 0 == code_of(backfill(operation))
    assert keys == sorted(sent)


def test_two_runs_in_one_folder_keep_their_own_checkpoints(operation: Operation, sent: list[str]) -> None:
    """D6: the first is paused; the second says where its own is, and both can be resumed."""
    upload(operation, *numbered(4))
    operation.darkroom.upload("party/IMG_1.jpg")
    paused: list[Result] = []
    for gallery in ("wedding", "party"):
        operation.sqs.faults["send_message_batch"] = after(0, interrupted)
        paused.append(backfill(operation, "--gallery", gallery))
    operation.sqs.faults.clear()

    assert [130, 130] == [code_of(one) for one in paused]
    assert paused[1].stderr.startswith("Checkpoint: backfill-test-2.json. There are others")
    assert 0 == code_of(backfill(operation, "--gallery", "party", "--resume", "backfill-test-2.json"))
    assert 0 == code_of(backfill(operation, "--gallery", "wedding", "--resume", CHECKPOINT))
    assert (5, []) == (len(set(sent)), list(Path().glob("backfill-*.json")))


def test_a_checkpoint_that_someone_deleted_is_no_error(
    operation: Operation, sent: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """D6: all is done, and so is its file."""
    upload(operation, *numbered(2))
    write = Checkpoint.write

    def lost(self: Checkpoint, path: Path) -> None:
        write(self, path)
        if self.done == 2:
            path.unlink()

    monkeypatch.setattr(Checkpoint, "write", lost)

    assert (0, 2) == (code_of(backfill(operation)), len(sent))


def test_galleries_and_prefixes_narrow_it_down(operation: Operation, sent: list[str]) -> None:
    """One or the other."""
    upload(operation, *numbered(2))
    operation.darkroom.upload("weddings/IMG_1.jpg")

    assert 0 == code_of(backfill(operation, "--gallery", "wedding"))
    assert ["wedding/IMG_00.jpg", "wedding/IMG_01.jpg"] == sorted(sent)
    both = backfill(operation, "--gallery", "wedding", "--prefix", "w")
    assert "--prefix and --gallery: found both, expected one of them" == str(both.exception)
    unset = backfill(operation, "--gallery", "")
    assert "--gallery: found an empty name" in str(unset.exception)


@pytest.mark.parametrize("amount", ["nan", "inf", "0"])
def test_a_limit_is_a_finite_amount(operation: Operation, amount: str) -> None:
    """Nothing is more than "nan", so it would be no limit."""
    assert isinstance(backfill(operation, "--max-usd", amount).exception, BadParameter)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, "none.json: No such file or directory, expected the checkpoint of an interrupted backfill"),
        ("[1]", "none.json: expected a checkpoint of a backfill, found something else"),
        ("no json", "none.json: expected a checkpoint of a backfill, found something else"),
    ],
)
def test_a_file_that_is_no_checkpoint_is_refused(operation: Operation, text: str | None, expected: str) -> None:
    """Rather than to begin anew."""
    if text is not None:
        Path("none.json").write_text(text)

    result = backfill(operation, "--resume", "none.json")

    assert isinstance(result.exception, UsageError)
    assert str(result.exception).startswith(expected)


def test_a_checkpoint_of_another_scope_is_refused(operation: Operation) -> None:
    """It would leave out whatever the other run had left out."""
    upload(operation, *numbered(12))
    operation.sqs.faults["send_message_batch"] = after(1, interrupted)
    backfill(operation)

    result = backfill(operation, "--resume", CHECKPOINT, "--prefix", "wedding/")

    assert isinstance(result.exception, UsageError)
    expected = rf"{CHECKPOINT}: expected a checkpoint of --stack test --prefix wedding/ recipe \w+, "
    found = r"found one of --stack test recipe \w+\. Resume it with its own options\."
    assert re.fullmatch(expected + found, str(result.exception))


@pytest.mark.parametrize("rate", ["fast", "0/s", "-1", "inf"])
def test_a_rate_is_a_number_of_photos_per_second(operation: Operation, rate: str) -> None:
    """Said in one line."""
    result = backfill(operation, "--rate", rate)

    assert f"found {rate!r}, expected photos per second, e.g. 5/s" in str(result.exception)


def test_an_s3_batch_job_is_one_that_s3_takes(operation: Operation) -> None:
    """Its request holds against AWS' own description of CreateJob; keys are encoded as S3 wants them."""
    upload(operation, "a b+1,ü.jpg", "IMG_1.jpg", "clip.mp4")

    said = backfill(operation, "--engine", "s3-batch", "--role-arn", ROLE, "--out", "job").stdout

    request = json.loads(Path("job/job.json").read_text())
    shape: Any = Session().get_service_model("s3control").operation_model("CreateJob").input_shape
    report: Any = ParamValidator().validate(request, shape)
    assert not report.has_errors(), report.generate_report()
    listed = Path("job/objects.csv").read_text()
    assert f"{ORIGINALS},wedding/IMG_1.jpg\n{ORIGINALS},wedding/a%20b%2B1%2C%C3%BC.jpg\n" == listed
    where = request["Manifest"]["Location"]
    key = where["ObjectArn"].removeprefix(f"arn:aws:s3:::{RENDITIONS}/")
    put = operation.darkroom.s3.client.put_object(Bucket=RENDITIONS, Key=key, Body=listed.encode())
    assert f'"{where["ETag"]}"' == put["ETag"]
    arn = "arn:aws:lambda:us-east-1:123456789012:function:test-rendition:live"
    assert arn == request["Operation"]["LambdaInvoke"]["FunctionArn"]
    assert request["ConfirmationRequired"]
    assert f"aws s3api put-object --bucket {RENDITIONS} --key {key} --body job/objects.csv\n" in said
    assert "aws s3control create-job --cli-input-json file://job/job.json" in said
    assert 0 == operation.count("backfill")


def test_an_s3_batch_job_can_take_an_inventory(operation: Operation) -> None:
    """S3 has listed everything already; what is current, the function leaves alone."""
    client = operation.darkroom.s3.client
    etag = client.put_object(Bucket=RENDITIONS, Key="inventory/manifest.json", Body=b"{}")["ETag"]
    options = ("--engine", "s3-batch", "--role-arn", ROLE, "--out", "job", "--inventory")

    backfill(operation, *options, f"s3://{RENDITIONS}/inventory/manifest.json")

    manifest = json.loads(Path("job/job.json").read_text())["Manifest"]
    assert {"Format": "S3InventoryReport_CSV_20161130"} == manifest["Spec"]
    assert etag.strip('"') == manifest["Location"]["ETag"]
    wrong = {f"s3://{RENDITIONS}/none/manifest.json": "does not exist", "inventory.csv": "expected s3://bucket/"}
    for address, expected in wrong.items():
        assert expected in str(backfill(operation, *options, address).exception)


def test_an_s3_batch_job_of_nothing_is_not_written(operation: Operation) -> None:
    """S3 refuses an empty list."""
    said = backfill(operation, "--engine", "s3-batch", "--role-arn", ROLE, "--out", "job").stdout

    assert "Nothing to send: no job is written." in said
    assert not Path("job").exists()


def test_an_s3_batch_job_needs_a_role(operation: Operation) -> None:
    """S3 cannot invoke anything by itself."""
    result = backfill(operation, "--engine", "s3-batch")

    assert str(result.exception).startswith("--role-arn: found none, expected the role that S3 assumes")


def test_a_busy_table_is_asked_again(operation: Operation, sent: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """BatchGetItem answers with what it has left out; a photo must not be sent because of that."""
    [key] = upload(operation, "IMG_1.jpg")
    operation.darkroom.process(operation.darkroom.upload(key))
    asked: list[Any] = []

    def busy(arguments: dict[str, Any], send: Request) -> Any:
        asked.append(arguments)
        return {"Responses": {}, "UnprocessedKeys": arguments["RequestItems"]} if len(asked) < 3 else send()

    fault: Fault = busy
    operation.darkroom.dynamodb.faults["batch_get_item"] = fault

    assert 0 == code_of(backfill(operation))
    assert (3, []) == (len(asked), sent)
    assert ITEMS in asked[0]["RequestItems"]
    assert_consistent(operation.darkroom, key)


def test_a_checkpoint_that_cannot_be_written_is_a_usage_error(tmp_path: Path) -> None:
    """The operator learns it before anything is sent."""
    scope = Scope(stack="test", prefix="", only="", recipe="r1")
    with pytest.raises(UsageError) as caught:
        Checkpoint(scope=scope).write(tmp_path / "none" / CHECKPOINT)

    assert "cannot be written (No such file or directory), expected a writable checkpoint" in str(caught.value)


def test_a_photo_that_is_still_in_work_stays_in_flight(tmp_path: Path) -> None:
    """Its item is not there, or of another recipe: only an end of this recipe counts."""
    key, limits = "wedding/a.jpg", BackfillLimits(rate=None, max_usd=None, usd_per_photo=1.0, usd_of_requests=0.0)
    since = Checkpoint(scope=Scope(stack="test", prefix="", only="", recipe="r1"), flying={key: None})
    run = Backfill.resumed(
        since, [], limits=limits, path=tmp_path / CHECKPOINT, lane=None, items=None, originals_bucket=ORIGINALS
    )
    for item in (None, OriginalItem(key=key, recipe="r0", receipt={"cost_usd": 1}), OriginalItem(key=key, gone_at="t")):
        run.settle(key, item)

    assert ({key: None}, 0, 0, 0.0) == (run.flying, run.done, run.failed, run.spent_usd)


def test_a_photo_whose_focus_was_set_is_due_where_a_size_is_cut(operation: Operation, sent: list[str]) -> None:
    """The backend writes the focus, and a backfill of the gallery finds it; a run is done when it is rendered so."""
    deploy(operation, "sizes: {square: {width: 400, height: 400, fit: cover}}")
    keys = upload(operation, *numbered(2))
    assert 0 == code_of(backfill(operation))
    sent.clear()
    operation.darkroom.put_record(**operation.darkroom.record(keys[1]) or {}, focus={"x": 0.5, "y": 0.25})

    result = backfill(operation, "--gallery", "wedding")

    assert ([keys[1]], 0) == (sent, code_of(result))
    assert "finished: 1 rendered, 0 failed" in result.stdout
    assert "0.5, 0.25" == operation.darkroom.items()[keys[1]]["receipt"]["focus"]


def deploy(operation: Operation, *renditions: str) -> None:
    """Write lines of settings into the stack's file, and deploy them."""
    operation.settings = STACK + "".join(f"      {line}\n" for line in renditions)
    operation.stack.write_text(operation.settings)
    recipes = read_stack(str(operation.stack)).settings.renditions.recipes
    operation.darkroom.line = with_recipe(operation.darkroom.line, recipes[""], recipes)


DELIVERED = "profiles: {delivered: {large: {width: 4000, height: 4000}}}"


def test_a_gallery_is_bought_by_one_command(operation: Operation, sent: list[str]) -> None:
    """It chooses the profile and renders the gallery by it; a second run, and other galleries, have nothing to do."""
    deploy(operation, DELIVERED)
    keys = upload(operation, *numbered(2))
    operation.darkroom.process(operation.darkroom.upload("other/IMG_1.jpg"))
    assert 0 == code_of(backfill(operation, "--gallery", "wedding"))
    sent.clear()

    result = backfill(operation, "--gallery", "wedding", "--profile", "delivered")

    assert (keys, 0) == (sorted(sent), code_of(result))
    assert ["delivered"] * 2 == [operation.darkroom.items()[key]["profile"] for key in keys]
    sent.clear()
    assert (0, []) == (code_of(backfill(operation)), sent)

    assert 0 == code_of(backfill(operation, "--gallery", "wedding", "--profile", "default"))
    assert keys == sorted(sent)
    assert all("profile" not in operation.darkroom.items()[key] for key in keys)


def test_a_plan_of_another_profile_chooses_nothing(operation: Operation, sent: list[str]) -> None:
    """It counts what would be rendered, and the gallery stays as it is."""
    deploy(operation, DELIVERED)
    upload(operation, *numbered(2))
    assert 0 == code_of(backfill(operation))
    sent.clear()

    said = backfill(operation, "--gallery", "wedding", "--profile", "delivered", "--plan").stdout

    assert re.search(r"^recipe-changed +2", said, re.MULTILINE)
    assert "renditions/wedding" not in {one["id"] for one in operation.darkroom.items().values()}


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--profile", "delivered"), "--profile: found it without --gallery, expected the gallery that chooses it"),
        (
            ("--gallery", "wedding", "--profile", "delivred"),
            "--profile: found 'delivred', expected one of default, delivered",
        ),
    ],
)
def test_a_profile_is_chosen_for_one_gallery_from_the_settings(
    operation: Operation, options: tuple[str, ...], problem: str
) -> None:
    """A misspelt profile would stop the gallery."""
    deploy(operation, DELIVERED)

    assert problem == str(backfill(operation, *options).exception)


def test_a_profile_that_is_not_deployed_is_not_rendered(operation: Operation) -> None:
    """The function would refuse it."""
    operation.stack.write_text(f"{STACK}      {DELIVERED}\n")

    result = backfill(operation, "--gallery", "wedding", "--profile", "delivered")

    assert "Deploy the settings first" in str(result.exception)
    assert [] == list(operation.darkroom.items())
