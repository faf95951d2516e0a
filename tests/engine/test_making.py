"""From an order to a picture, in plain Python: no flag, no screen, no terminal."""

import sys
from dataclasses import replace

import pytest

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.adapters.output import FileTarget, FolderTarget, IfExists
from cpa_image_cli.core.errors import Code, ConfigError, UsageError
from cpa_image_cli.core.job.order import Order, Parent
from cpa_image_cli.core.job.retry import RetryPolicy
from cpa_image_cli.core.ledger.run import RunState
from cpa_image_cli.engine.making import make
from cpa_image_cli.engine.plan import WATCHED_FRAMES, job_of
from cpa_image_cli.engine.workshop import Workshop
from tests.engine.conftest import Home

SQUIRREL = Order(prompt="一只松鼠", scenario="ok", destination="squirrel.png", overrides={"size": "64x64"})


def test_an_order_becomes_a_picture_and_a_row_of_history(home: Home, workshop: Workshop) -> None:
    outcome = make(workshop.plan(SQUIRREL), workshop.around)

    assert outcome.output == home.folder / "work" / "squirrel.png"
    assert outcome.output.read_bytes().startswith(b"\x89PNG")
    [run] = History(home.directories.history_file).recent(5)
    assert (run.prompt, run.gateway, run.state, run.output) == ("一只松鼠", "sandbox", RunState.DONE, outcome.output)


def test_of_an_order_that_is_not_recorded_no_word_is_kept(home: Home, workshop: Workshop) -> None:
    outcome = make(workshop.plan(replace(SQUIRREL, recorded=False)), workshop.around)

    assert History(home.directories.history_file).recent(5) == []
    [run] = History(home.directories.history_file).find([str(outcome.id)])
    assert (run.prompt, run.job_state, run.posts) == ("", "done", 1)


def test_a_failure_is_an_outcome(workshop: Workshop) -> None:
    outcome = make(workshop.plan(replace(SQUIRREL, scenario="moderation")), workshop.around)

    assert outcome.trouble is not None
    assert outcome.trouble.code is Code.MODERATION


def test_a_plan_leaves_nothing_open(home: Home, workshop: Workshop) -> None:
    overrides = {"retries": 2, "max_wait": 5.0, "retry_unknown": True, "timeout": 9.0, "if_exists": "overwrite"}

    plan = workshop.plan(replace(SQUIRREL, overrides=overrides))

    assert plan.policy == RetryPolicy(retries=2, max_wait=5.0, retry_unknown=True)
    assert (plan.timeout, plan.if_exists) == (9.0, IfExists.OVERWRITE)
    assert plan.target == FileTarget(path=home.folder / "work" / "squirrel.png")
    assert plan.kept == home.directories.kept


def test_without_a_destination_the_configured_folder_and_template_name_the_picture(
    home: Home, workshop: Workshop
) -> None:
    home.config('output_dir = "~/album"\nname_template = "{prompt}"\n')

    target = workshop.plan(replace(SQUIRREL, destination=None)).target

    assert isinstance(target, FolderTarget)
    assert (target.folder, target.name.stem(1)) == (home.folder / "album", "一只松鼠")


def test_the_gateway_in_the_box_takes_nothing_that_was_configured_for_another(home: Home, workshop: Workshop) -> None:
    home.environ |= {"IMAGE_GEN_BASE_URL": "no address", "IMAGE_GEN_MODEL": "gpt-image-2"}
    home.config(f"api_key_command = \"{sys.executable} -c 'import os; os._exit(1)'\"\n")

    job = workshop.plan(SQUIRREL).job

    assert (job.model, job.model_source) == ("gpt-5.4", "--sandbox")
    assert (job.gateway, job.gateway_source, job.notices) == ("sandbox", "--sandbox", ())
    assert job.url.startswith("http://127.0.0.1:")


def test_what_an_order_overrides_goes_before_what_is_configured(home: Home, workshop: Workshop) -> None:
    home.config('model = "gpt-5.5"\nsize = "1536x1024"\nquality = "high"\n')

    job = workshop.plan(replace(SQUIRREL, overrides={"size": "64x64", "model": "gpt-4.1"})).job

    assert (job.model, job.model_source) == ("gpt-4.1", "--model")
    assert (job.options.size, job.options.quality) == ("64x64", "high")


def test_what_an_order_leaves_to_the_gateway_is_not_asked_for_whatever_is_configured(
    home: Home, workshop: Workshop
) -> None:
    home.config('quality = "high"\n')

    assert workshop.plan(replace(SQUIRREL, unasked=frozenset({"quality"}))).job.options.quality is None


def test_frames_are_asked_for_when_somebody_watches_a_stream_and_did_not_say_how_many(workshop: Workshop) -> None:
    streamed = replace(SQUIRREL, overrides={"stream": True})
    chosen = replace(SQUIRREL, overrides={"stream": True, "partial_images": "1"})

    asked = [
        workshop.plan(order, watched=watched).job.options.partial_images
        for order, watched in [(SQUIRREL, True), (streamed, False), (streamed, True), (chosen, True)]
    ]

    assert asked == [None, None, WATCHED_FRAMES, "1"]


@pytest.mark.parametrize(("picture_format", "frames"), [("avif", WATCHED_FRAMES), ("gif", None), ("svg", None)])
def test_frames_are_not_asked_of_a_format_that_has_none(
    workshop: Workshop, picture_format: str, frames: str | None
) -> None:
    order = replace(SQUIRREL, destination=None, overrides={"stream": True, "format": picture_format})

    assert workshop.plan(order, watched=True).job.options.partial_images == frames


def test_who_goes_elsewhere_than_the_run_before_is_told(workshop: Workshop) -> None:
    parent = Parent(id="1sbp1z0q", gateway="https://gateway.example")

    [notice] = workshop.plan(replace(SQUIRREL, parent=parent)).job.notices

    assert notice.message == "the run 1sbp1z0q went to https://gateway.example; this one goes to sandbox"
    assert workshop.plan(replace(SQUIRREL, parent=replace(parent, gateway="sandbox"))).job.notices == ()


def test_an_image_model_is_refused_unless_the_order_allows_it(workshop: Workshop) -> None:
    order = replace(SQUIRREL, overrides={"model": "gpt-image-2"})

    with pytest.raises(UsageError, match="gpt-image-2"):
        workshop.plan(order)
    assert workshop.plan(replace(order, allow_image_model=True)).job.model == "gpt-image-2"


def test_without_a_gateway_there_is_no_plan(workshop: Workshop) -> None:
    with pytest.raises(ConfigError) as refused:
        workshop.plan(replace(SQUIRREL, scenario=None))

    assert refused.value.code is Code.BASE_URL_MISSING


def test_orders_that_say_the_same_ask_for_the_key_once(home: Home, workshop: Workshop) -> None:
    count = home.folder / "asked"
    program = home.folder / "key"
    program.write_text(f"#!/bin/sh\necho . >> {count}\necho sk-test-0123456789\n", encoding="utf-8")
    program.chmod(0o700)
    home.config(f'base_url = "https://gateway.example"\napi_key_command = "{program}"\n')
    orders = [replace(SQUIRREL, scenario=None, prompt=prompt) for prompt in ("a", "b", "c")]

    assert len({workshop.plan(order).job.key for order in orders}) == 1
    assert count.read_text(encoding="utf-8").split() == ["."]


def test_where_nothing_is_sent_no_gateway_is_started_and_no_key_asked_for(home: Home) -> None:
    with Workshop(home.around(), sends=False) as workshop:
        job = job_of(SQUIRREL, workshop.settings(SQUIRREL))

    assert (job.url, job.key) == ("http://sandbox.localhost/v1/responses", None)
