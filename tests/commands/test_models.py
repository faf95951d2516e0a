"""``cpa-image models``: the list of a gateway, free of charge."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.doctor.world import GOOD, Gateway, Said, gateway
from tests.faults.home import KEY, Home
from tests.faults.in_process import run_here

LISTED = b'{"object":"list","data":[{"id":"gpt-5.5"},{"id":"gpt-5.4"},{"id":"gpt-image-2"},{"id":"text-embedding-3"}]}'


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home.made_in(tmp_path)


@pytest.fixture
def there() -> Iterator[Gateway]:
    with gateway(GOOD | {("GET", "/v1/models"): Said(body=LISTED)}) as found:
        yield found


def test_a_pipe_gets_a_head_and_a_line_for_each_model(home: Home, there: Gateway) -> None:
    ended = run_here(home, "models", base_url=there.url)

    assert (ended.status, ended.stderr) == (0, "")
    assert ended.stdout.decode().splitlines() == [
        "MODEL\tNOTE",
        "gpt-5.5\t",
        "gpt-5.4\tin use",
        "gpt-image-2\tan image model, for --image-model",
        "text-embedding-3\tmakes no text, but embeddings",
    ]


def test_a_program_gets_one_object(home: Home, there: Gateway) -> None:
    found = json.loads(run_here(home, "models", "--json", base_url=there.url, IMAGE_GEN_MODEL="gpt-5.5").stdout)

    assert (found["gateway"], found["model"]) == (there.url, "gpt-5.5")
    assert found["models"][0] == {"id": "gpt-5.5", "in_use": True, "is_text_model": True, "note": None}
    assert [model["id"] for model in found["models"] if not model["is_text_model"]] == [
        "gpt-image-2",
        "text-embedding-3",
    ]


def test_nothing_is_asked_that_costs_anything(home: Home, there: Gateway) -> None:
    run_here(home, "models", base_url=there.url)

    assert {(method, path) for method, path, _, _ in there.seen} == {("GET", "/v1/models")}


def test_without_a_gateway_it_is_said_what_to_do(home: Home) -> None:
    ended = run_here(home, "models")

    assert ended.status == 3
    assert "no gateway is configured [base_url_missing]" in ended.stderr
    assert "cpa-image config init" in ended.stderr


def test_a_key_that_is_refused_is_told_with_the_variable_that_holds_it(home: Home) -> None:
    home.directories.config_file.parent.mkdir(parents=True)
    refused = Said(401, b'{"error":{"message":"Invalid API key","code":"invalid_api_key"}}')
    with gateway(GOOD | {("GET", "/v1/models"): refused}) as there:
        home.directories.config_file.write_text(f'base_url = "{there.url}"\napi_key_env = "COMPANY_KEY"\n')
        ended = run_here(home, "models", IMAGE_GEN_KEY=None, COMPANY_KEY=KEY)

    assert ended.status == 4
    assert "Check the key, which is from COMPANY_KEY (config file: api_key_env)" in ended.stderr
    assert KEY not in ended.stderr


def test_a_key_that_was_meant_for_another_host_is_sent_nowhere(home: Home, there: Gateway) -> None:
    ended = run_here(home, "models", IMAGE_GEN_KEY=None, OPENAI_API_KEY=KEY, IMAGE_GEN_BASE_URL=there.url)

    assert (ended.status, there.seen) == (3, [])


def test_a_run_whose_key_is_refused_says_where_the_key_is_from(home: Home) -> None:
    refused = Said(401, b'{"error":{"message":"Invalid API key","code":"invalid_api_key"}}')
    with gateway(GOOD | {("POST", "/v1/responses"): refused}) as there:
        home.directories.config_file.parent.mkdir(parents=True)
        home.directories.config_file.write_text(f'base_url = "{there.url}"\napi_key_env = "COMPANY_KEY"\n')
        ended = run_here(home, "generate", "x", "--json", IMAGE_GEN_KEY=None, COMPANY_KEY=KEY)

    assert ended.code == "key_rejected"
    assert ended.object["error"]["hint"].startswith(
        "Check the key, which is from COMPANY_KEY (config file: api_key_env): it must be one of this gateway"
    )
