import pytest

from cpa_image_cli.adapters.openclaw.current_model import CurrentModel, current_model
from cpa_image_cli.adapters.openclaw.openclaw_paths import Agent

MAIN = Agent(own={})


def config(defaults: object, **providers: list[str]) -> dict[str, object]:
    known = {name: {"models": [{"id": model} for model in models]} for name, models in providers.items()}
    return {"agents": {"defaults": defaults}, "models": {"providers": known}}


@pytest.mark.parametrize(
    ("defaults", "expected"),
    [
        ({"model": "otcbot/gpt-5.4"}, "gpt-5.4"),
        ({"model": {"primary": "otcbot/gpt-5.5", "fallbacks": ["otcbot/gpt-5.4"]}}, "gpt-5.5"),
        ({"model": " OTCbot/gpt-5.4 "}, "gpt-5.4"),
        ({"model": "otcbot/openai/gpt-5.4"}, "openai/gpt-5.4"),
        ({"model": "otcbot/gpt-5.4@work"}, "gpt-5.4"),
        ({"model": "otcbot/a@b/gpt-5.4@work"}, "a@b/gpt-5.4"),
        ({"model": "otcbot/@cf/gpt-5.4"}, "@cf/gpt-5.4"),
        ({"model": "GPT", "models": {"x/y": {}, "z": None, "otcbot/gpt-5.4": {"alias": "gpt"}}}, "gpt-5.4"),
        ({"imageModel": {"primary": "otcbot/gpt-5.4-mini"}}, "gpt-5.4-mini"),
    ],
)
def test_a_model_of_otcbot_is_taken_by_its_id(defaults: object, expected: str) -> None:
    assert current_model(config(defaults), MAIN) == CurrentModel(name=expected)


def test_the_agents_own_model_goes_before_the_default() -> None:
    agent = Agent(own={"model": {"primary": "otcbot/gpt-5.5"}})

    assert current_model(config({"model": "otcbot/gpt-5.4"}), agent) == CurrentModel(name="gpt-5.5")


def test_a_bare_id_is_completed_when_one_provider_has_it() -> None:
    assert current_model(config({"model": "gpt-5.4@x"}, otcbot=["gpt-5.4"], other=["y"]), MAIN).name == "gpt-5.4"


def test_a_bare_id_of_two_providers_or_none_is_passed_over() -> None:
    two = config({"model": "gpt-5.4"}, otcbot=["gpt-5.4"], other=["gpt-5.4"])

    assert current_model(two, MAIN) == CurrentModel(name=None, note="gpt-5.4 is not a model of otcbot")
    assert current_model(config({"model": "gpt-5.4"}), MAIN).name is None


def test_models_of_others_and_image_models_are_passed_over_with_a_note() -> None:
    defaults = {"model": "anthropic/claude-x", "imageModel": "otcbot/gpt-5.4"}
    agent = Agent(own={"model": "otcbot/gpt-image-2"})

    assert current_model(config(defaults), agent) == CurrentModel(
        name="gpt-5.4", note="otcbot/gpt-image-2 is an image model; anthropic/claude-x is not a model of otcbot"
    )


@pytest.mark.parametrize("slot", ["imageGenerationModel", "utilityModel", "pdfModel"])
def test_slots_for_other_purposes_are_not_looked_at(slot: str) -> None:
    defaults = {slot: {"primary": "otcbot/gpt-5.4"}, "mediaModels": {"image": "otcbot/gpt-5.4"}}

    assert current_model(config(defaults), MAIN) == CurrentModel(name=None)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"agents": []},
        {"agents": {"defaults": 3}},
        {"agents": {"defaults": {"model": 3, "imageModel": {"primary": None}}}},
        {"agents": {"defaults": {"model": "x", "models": []}}, "models": {"providers": {"otcbot": 3}}},
        {"agents": {"defaults": {"model": "x"}}, "models": {"providers": {"otcbot": {"models": [3, {"id": []}]}}}},
        {"agents": {"defaults": {"model": "otcbot/"}}},
    ],
)
def test_a_malformed_configuration_has_no_model(broken: dict[str, object]) -> None:
    assert current_model(broken, MAIN).name is None
