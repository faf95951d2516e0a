"""The checks of what the gateway answers, each failing for its real cause, at real gateways."""

import itertools
import json
import socket
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from cpa_image_cli.adapters.files import model_cache
from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.findings import Status, failed, passed, skipped, warned
from cpa_image_cli.sandbox.serving.gateway import Sandbox
from tests.doctor.world import (
    GOOD,
    HEALTHY,
    JSON,
    KEY,
    NOTHING,
    REFUSED,
    Said,
    World,
    gateway,
    page,
    using,
)

ENDPOINT = (
    "url_shape proxy name_resolution tcp healthz firewall safe_mode path models model_listed accounts responses clock "
    "round_trip"
)


def listing(*names: str) -> Said:
    return Said(body=json.dumps({"object": "list", "data": [{"id": name} for name in names]}).encode())


def test_at_a_good_gateway_everything_passes_and_nothing_is_generated(world: World) -> None:
    with Sandbox(key=KEY) as sandbox:
        ended = using(world, sandbox.base_url).ended()
        posts = [(request.path, request.body) for request in sandbox.posts]
        keyed = {request.path: "authorization" in request.headers for request in sandbox.requests}

    assert ended[Status.PASS] >= set(ENDPOINT.split())
    assert ended[Status.FAIL] == ended[Status.WARN] == set()
    assert posts == [("/v1/responses", b"{")]
    assert keyed == {"/healthz": False, "/v1/models": True, "/v1/responses": True}


def test_the_listed_models_are_remembered_for_tab(world: World) -> None:
    with gateway() as played:
        using(world, played.url).findings()

    remembered = model_cache.remembered(world.directories.model_cache)
    assert remembered == {played.url: ("gpt-5.4", "gpt-5.5", "gpt-image-2")}


# /healthz


def test_a_gateway_that_is_down_behind_its_proxy_fails(world: World) -> None:
    with gateway({}, otherwise=page(502, "502 Bad Gateway")) as played:
        findings = using(world, played.url).findings()

    verdict = findings["healthz"].verdict
    assert findings["models"].verdict == verdict
    assert findings["path"].verdict == findings["safe_mode"].verdict == skipped("needs “/v1/models” to be right")
    assert (verdict.status, verdict.code, verdict.found) == (
        Status.FAIL,
        Code.SERVER_ERROR,
        "HTTP 502, a web page titled “502 Bad Gateway”",
    )


def test_a_server_that_hangs_up_fails(world: World) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def hang_up() -> None:
        for _ in range(4):
            try:
                client, _ = listener.accept()
            except OSError:
                return
            client.close()

    hanging_up = threading.Thread(target=hang_up, daemon=True)
    hanging_up.start()
    verdict = using(world, f"http://127.0.0.1:{listener.getsockname()[1]}").verdict("healthz")
    # Whoever was left in accept() would take the visitors of a later server, whose socket has the same number.
    listener.shutdown(socket.SHUT_RDWR)
    hanging_up.join(10)
    listener.close()

    assert (verdict.status, verdict.code) == (Status.FAIL, Code.CONNECTION_LOST)


@pytest.mark.parametrize(("broken", "check"), [("/v1/models", "models"), ("/v1/responses", "responses")])
def test_an_answer_that_breaks_off_fails_the_check_that_asked(world: World, broken: str, check: str) -> None:
    cut = {place: replace(said, cut=place[1] == broken) for place, said in GOOD.items()}
    with gateway(cut) as played:
        findings = using(world, played.url).findings()

    assert findings["healthz"].verdict.status is Status.PASS
    assert (findings[check].verdict.status, findings[check].verdict.code) == (Status.FAIL, Code.CONNECTION_LOST)


def test_other_gateways_have_no_healthz(world: World) -> None:
    routes = {place: said for place, said in GOOD.items() if place[1] != "/healthz"}
    with gateway(routes) as played:
        verdict = using(world, played.url).verdict("healthz")

    assert verdict == skipped("there is none, as with most gateways but CLIProxyAPI")


@pytest.mark.parametrize("status", [401, 405])
def test_a_healthz_that_is_guarded_shows_at_least_that_something_answers(world: World, status: int) -> None:
    with gateway({("GET", "/healthz"): Said(status, b'{"error":"no"}')}) as played:
        verdict = using(world, played.url).verdict("healthz")

    assert verdict == passed(f"something answers (HTTP {status})")


# What stands before the gateway


@pytest.mark.parametrize(
    "challenge",
    [page(403, "Just a moment...", cf_mitigated="challenge"), page(403, "Attention Required! | Cloudflare")],
)
@pytest.mark.parametrize("everywhere", [True, False])
def test_a_challenge_page_is_a_matter_of_the_web_firewall_and_not_of_the_key(
    world: World, challenge: Said, *, everywhere: bool
) -> None:
    routes = {} if everywhere else {("GET", "/healthz"): HEALTHY}
    with gateway(routes, otherwise=challenge) as played:
        findings = using(world, played.url).findings()

    verdict = findings["firewall"].verdict
    assert (verdict.status, verdict.code) == (Status.FAIL, Code.CHALLENGE)
    skips = {findings[name].verdict for name in ("safe_mode", "path", "models", "model_listed", "responses")}
    assert skips == {skipped("needs “web firewall” to be right")}


def test_safe_mode_is_told_as_such_and_the_key_is_not_blamed(world: World) -> None:
    refusal = Said(
        403,
        b'{"error":"unsafe_example_api_key","message":"replace the example API keys"}',
        {**JSON, "X-CPA-SAFE-MODE": "example-api-key"},
    )
    with gateway({("GET", "/healthz"): HEALTHY}, otherwise=refusal) as played:
        findings = using(world, played.url).findings()

    assert findings["safe_mode"].verdict == failed(
        "CLIProxyAPI refuses every request: its configuration still has the example API keys",
        "Replace `api-keys` in the gateway's config.yaml, and restart it.",
        Code.PERMISSION_DENIED,
    )
    assert findings["models"].verdict == skipped("needs “safe mode” to be right")
    assert findings["responses"].verdict == skipped("needs “safe mode” to be right")


# The path


def test_a_doubled_v1_is_seen_in_the_url_and_in_what_answers(world: World) -> None:
    with gateway() as played:
        findings = using(world, f"{played.url}/v1/v1").findings()

    assert findings["url_shape"].verdict.code is Code.ENDPOINT_NOT_FOUND
    assert findings["path"].verdict == failed(
        f"no API here: HTTP 404 with an empty body (POST {played.url}/v1/v1/responses)",
        f"Set the base URL to {played.url}: an API answers there.",
        Code.ENDPOINT_NOT_FOUND,
    )
    assert findings["models"].verdict == skipped("needs “path” to be right")


@pytest.mark.parametrize(
    ("prefix", "given", "better"),
    [("/api", "", "/api"), ("", "/api", ""), ("/openai", "/api/v1", "/openai"), ("/a/b", "/a/b/c", "/a/b")],
)
def test_a_wrong_path_is_recognised_and_the_right_one_found(world: World, prefix: str, given: str, better: str) -> None:
    routes = {(method, prefix + path): said for (method, path), said in GOOD.items()}
    with gateway(routes) as played:
        verdict = using(world, played.url + given).verdict("path")

    assert verdict.advice == f"Set the base URL to {played.url}{better}: an API answers there."


def test_where_other_places_hang_up_no_better_path_is_offered(world: World) -> None:
    with gateway({("GET", "/v1/models"): Said(cut=True)}) as played:
        verdict = using(world, f"{played.url}/api").verdict("path")

    assert (verdict.status, verdict.code) == (Status.FAIL, Code.ENDPOINT_NOT_FOUND)
    assert "an API answers there" not in verdict.advice


def test_a_firewall_before_one_of_two_addresses_does_not_make_the_path_wrong(world: World) -> None:
    routes = {("POST", "/v1/responses"): page(403, "Just a moment...", cf_mitigated="challenge")}
    with gateway(routes) as played:
        verdict = using(world, played.url).verdict("path")

    assert verdict == passed("the API answers here")


@pytest.mark.parametrize("status", [200, 404])
def test_a_web_site_is_no_api(world: World, status: int) -> None:
    with gateway({}, otherwise=page(status, "Welcome!")) as played:
        findings = using(world, played.url).findings()

    verdict = findings["path"].verdict
    assert (verdict.status, "Welcome!" in verdict.found) == (Status.FAIL, True)
    assert findings["responses"].verdict == skipped("needs “path” to be right")


def test_a_redirect_is_told_and_the_key_does_not_follow_it(world: World) -> None:
    with gateway() as other:
        away = Said(301, b"", {"Location": f"{other.url}/v1/models"})
        with gateway({}, otherwise=away) as played:
            verdict = using(world, played.url).verdict("path")

    assert (verdict.status, f"redirected to {other.url}" in verdict.found) == (Status.FAIL, True)
    assert other.seen == []


def test_a_gateway_without_a_list_of_models_is_at_the_right_path_all_the_same(world: World) -> None:
    routes = {place: said for place, said in GOOD.items() if place[1] != "/v1/models"}
    with gateway(routes) as played:
        findings = using(world, played.url).findings()

    assert findings["path"].verdict == passed("the API answers here")
    assert findings["models"].verdict.code is Code.ENDPOINT_NOT_FOUND
    assert findings["model_listed"].verdict == skipped("needs “/v1/models” to be right")
    assert findings["responses"].verdict.status is Status.PASS


# Key and models


@pytest.mark.parametrize("said", ["Invalid API key", "Missing API key"])
def test_a_key_that_is_refused_fails(world: World, said: str) -> None:
    refusal = Said(401, json.dumps({"error": said}).encode())
    with gateway({("GET", "/healthz"): HEALTHY}, otherwise=refusal) as played:
        findings = using(world, played.url).findings()

    verdict = findings["models"].verdict
    assert verdict == failed(
        f"HTTP 401: {said}",
        "Check the key, which is from IMAGE_GEN_KEY: it must be one of this gateway, not of the service behind it.",
        Code.KEY_REJECTED,
    )
    assert findings["responses"].verdict == skipped("needs “/v1/models” to be right")
    assert findings["path"].verdict.status is Status.PASS


def test_a_gateway_without_keys_is_said_to_need_none(world: World) -> None:
    with gateway() as played:
        verdict = using(world, played.url, key="").verdict("models")
        headers = played.seen[-1][2]

    assert (verdict, "authorization" in headers) == (passed("answers without a key; models listed: 3"), False)


@pytest.mark.parametrize("body", [b"ok", b'{"data":3}', b'"gpt"', b"[" * 100_000])
def test_a_list_that_cannot_be_read_is_a_warning(world: World, body: bytes) -> None:
    with gateway({**GOOD, ("GET", "/v1/models"): Said(body=body)}) as played:
        findings = using(world, played.url).findings()

    assert findings["models"].verdict.status is Status.WARN
    assert findings["model_listed"].verdict == skipped("needs “/v1/models” to be right")


@pytest.mark.parametrize("body", [b'{"models":[{"name":"gpt-5.4"}]}', b'["gpt-5.4"]', b'[{"id":"gpt-5.4"},3,{}]'])
def test_lists_of_other_shapes_are_understood(world: World, body: bytes) -> None:
    with gateway({**GOOD, ("GET", "/v1/models"): Said(body=body)}) as played:
        verdict = using(world, played.url).verdict("models")

    assert verdict == passed("the key is accepted; models listed: 1")


def test_a_model_that_is_not_listed_fails_with_those_most_like_it(world: World) -> None:
    world.environ["IMAGE_GEN_MODEL"] = "gpt-5.44"
    with gateway() as played:
        verdict = using(world, played.url).verdict("model_listed")

    assert verdict == failed(
        "gpt-5.44 is not among the 3 listed models",
        "Choose one that is: --model gpt-5.4 (also gpt-5.5).",
        Code.MODEL_NOT_FOUND,
    )


def test_a_model_unlike_all_others_fails_with_some_that_there_are(world: World) -> None:
    world.environ["IMAGE_GEN_MODEL"] = "画"
    with gateway({**GOOD, ("GET", "/v1/models"): listing("gpt-image-2", "\x1b[31mred")}) as played:
        verdict = using(world, played.url).verdict("model_listed")

    assert verdict.advice == "Choose one that is: --model red."


def test_a_pattern_in_the_list_stands_for_the_models_it_fits(world: World) -> None:
    with gateway({**GOOD, ("GET", "/v1/models"): listing("claude", "gpt-*")}) as played:
        verdict = using(world, played.url).verdict("model_listed")

    assert verdict == passed("gpt-5.4 is listed")


def test_an_empty_list_is_a_warning(world: World) -> None:
    with gateway({**GOOD, ("GET", "/v1/models"): listing()}) as played:
        verdict = using(world, played.url).verdict("model_listed")

    assert verdict.status is Status.WARN


CPA = {**JSON, "X-CPA-TRACE-ID": "20261101120000-1-abcd"}


@pytest.mark.parametrize(
    ("model", "names", "found"),
    [
        (
            "gpt-5.5",
            ("gpt-5.5", "gpt-5.4-mini", "gpt-5.6-terra", "gpt-5.6-luna", "gpt-image-2"),
            "only models of free plans are listed; such accounts have no image tool",
        ),
        (
            "gpt-5.5",
            ("gpt-5.4", "gpt-5.5", "gpt-image-2"),
            "gpt-5.5 is also offered by free accounts, which have no image tool",
        ),
        (
            "gpt-5.4",
            ("gpt-5.4", "claude-opus"),
            "CLIProxyAPI lists no image model, so it has no Codex account",
        ),
    ],
)
def test_lists_that_speak_against_the_image_tool_are_warned_of(
    world: World, model: str, names: tuple[str, ...], found: str
) -> None:
    world.environ["IMAGE_GEN_MODEL"] = model
    said = Said(200, listing(*names).body, CPA)
    with gateway({**GOOD, ("GET", "/v1/models"): said}) as played:
        verdict = using(world, played.url).verdict("accounts")

    assert (verdict.status, verdict.found) == (Status.WARN, found)


def test_another_gateway_need_not_list_image_models(world: World) -> None:
    with gateway({**GOOD, ("GET", "/v1/models"): listing("gpt-5.4", "gpt-4o")}) as played:
        verdict = using(world, played.url).verdict("accounts")

    assert verdict == passed("nothing in the list speaks against the image tool")


# /v1/responses


@pytest.mark.parametrize(
    "said",
    [
        REFUSED,
        Said(422, b'{"detail":[{"msg":"JSON decode error"}]}'),
        Said(400, b'{"error":{"message":"unknown provider for model ","code":"model_not_found","param":"model"}}'),
        Said(400, b"bad request", {"Content-Type": "text/plain"}),
    ],
)
def test_a_refused_probe_shows_that_the_endpoint_is_there(world: World, said: Said) -> None:
    with gateway({**GOOD, ("POST", "/v1/responses"): said}) as played:
        verdict = using(world, played.url).verdict("responses")

    assert verdict == passed(f"refuses an unreadable request, as it should (HTTP {said.status}); nothing was generated")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (NOTHING, Code.ENDPOINT_NOT_FOUND),
        (Said(405, b'{"detail":"Method Not Allowed"}'), Code.BAD_REQUEST),
        (Said(500), Code.SERVER_ERROR),
        (page(504, "504 Gateway Time-out"), Code.GATEWAY_TIMEOUT),
        (page(400, "400 Bad Request"), Code.BAD_REQUEST),
        (Said(429, b'{"error":{"code":"rate_limit_exceeded","message":"slow down"}}'), Code.RATE_LIMITED),
        (Said(403, b'{"error":{"message":"not for this group","type":"permission_error"}}'), Code.PERMISSION_DENIED),
    ],
)
def test_an_endpoint_that_does_not_take_the_probe_as_it_should_fails(world: World, said: Said, code: Code) -> None:
    with gateway({**GOOD, ("POST", "/v1/responses"): said}) as played:
        findings = using(world, played.url).findings()

    verdict = findings["responses"].verdict
    assert (verdict.status, verdict.code, verdict.found.startswith(f"HTTP {said.status}")) == (Status.FAIL, code, True)
    assert findings["models"].verdict.status is Status.PASS


def test_an_endpoint_that_accepts_what_nobody_can_read_is_a_warning(world: World) -> None:
    with gateway({**GOOD, ("POST", "/v1/responses"): Said(body=b"{}")}) as played:
        verdict = using(world, played.url).verdict("responses")

    assert (verdict.status, verdict.found) == (
        Status.WARN,
        "an unreadable request was answered with HTTP 200, not refused",
    )


def test_an_endless_refusal_is_not_read_to_its_end(world: World) -> None:
    with gateway({**GOOD, ("POST", "/v1/responses"): Said(400, b"x" * 1_000_000)}) as played:
        verdict = using(world, played.url).verdict("responses")

    assert verdict.status is Status.PASS


# Clock and round trip

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
AT_NOON = Said(200, b"{}", {**JSON, "Date": "Sun, 01 Nov 2026 12:00:00 GMT"})


@pytest.mark.parametrize(
    ("skew", "found"),
    [
        (timedelta(minutes=5), "this machine's clock is 5 minutes ahead of the gateway's"),
        (timedelta(seconds=-90), "this machine's clock is 90 seconds behind the gateway's"),
        (timedelta(hours=-30), "this machine's clock is 30 hours behind the gateway's"),
        (timedelta(days=400), "this machine's clock is 400 days ahead of the gateway's"),
    ],
)
def test_a_clock_that_is_wrong_is_told(world: World, skew: timedelta, found: str) -> None:
    world.now = lambda: NOON + skew
    with gateway({("GET", "/healthz"): AT_NOON}) as played:
        verdict = using(world, played.url).verdict("clock")

    assert verdict == warned(
        found, "Set the clock (timedatectl, or the system's settings): waits and certificates depend on it."
    )


def test_a_few_seconds_are_no_skew(world: World) -> None:
    world.now = lambda: NOON + timedelta(seconds=59)
    with gateway({("GET", "/healthz"): AT_NOON}) as played:
        verdict = using(world, played.url).verdict("clock")

    assert verdict == passed("this machine and the gateway agree")


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 01 Nov 2026 12:00:00 -0000"])
def test_a_gateway_that_does_not_tell_the_time_is_believed_nothing(world: World, date: str) -> None:
    with gateway({("GET", "/healthz"): Said(200, b"{}", {**JSON, "Date": date})}) as played:
        verdict = using(world, played.url).verdict("clock")

    assert verdict == skipped("the gateway does not tell the time")


def test_a_slow_way_is_warned_of(world: World) -> None:
    readings = itertools.count(0.0, 1.5)
    world.clock = lambda: next(readings)
    with gateway() as played:
        verdict = using(world, played.url).verdict("round_trip")

    assert (verdict.status, verdict.found) == (Status.WARN, "1.5 s for a small answer")


def test_the_round_trip_is_that_of_the_fastest_answer(world: World) -> None:
    readings = iter([0.0, 0.5, 0.0, 3.0, 0.0, 0.012, 0.0, 2.0])
    world.clock = lambda: next(readings)
    with gateway() as played:
        verdict = using(world, played.url).verdict("round_trip")

    assert verdict == passed("12 ms for a small answer")
