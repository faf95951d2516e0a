"""The gateway over real sockets."""

import base64
import gzip
import io
import json
import re
import socket
import threading
from datetime import UTC, datetime

import httpx
import pytest
from PIL import Image

from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.sandbox.language.replies import Answer, How, HttpError, Place, Stop, Trickle
from cpa_image_cli.sandbox.language.scenario import Scenario
from cpa_image_cli.sandbox.serving.gateway import Sandbox

Body = dict[str, object]


def request(*, stream: bool = False, **tool: object) -> Body:
    return {
        "model": "gpt-5.4",
        "input": "画一只可爱的松鼠",
        "stream": stream,
        "tools": [{"type": "image_generation", "size": "64x64", **tool}],
    }


def post(sandbox: Sandbox, body: Body | None = None, *, key: str | None = None) -> httpx.Response:
    headers = {"authorization": f"Bearer {sandbox.key if key is None else key}"}
    return httpx.post(f"{sandbox.base_url}/v1/responses", json=body or request(), headers=headers)


def playing(answer: Answer | HttpError, **more: object) -> Sandbox:
    return Sandbox(Scenario(name="test", summary="", script=(answer,)), **more)  # type: ignore[arg-type]


def events_of(text: str) -> list[Body]:
    return [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")]


def image_of(item: object) -> Image.Image:
    assert isinstance(item, dict)
    return Image.open(io.BytesIO(base64.b64decode(item["result"], validate=True)))


def test_json_holds_the_picture_that_was_asked_for() -> None:
    with Sandbox() as sandbox:
        reply = post(sandbox, request(size="96x64", output_format="webp", output_compression=40))

    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")
    image = image_of(reply.json()["output"][1])
    assert (image.format, image.size) == ("WEBP", (96, 64))


def test_a_stream_holds_frames_and_the_picture_twice() -> None:
    with Sandbox() as sandbox:
        reply = post(sandbox, request(stream=True, partial_images=3))

    events = events_of(reply.text)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "text/event-stream")
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    frames = [event for event in events if str(event["type"]).endswith("partial_image")]
    assert [frame["partial_image_index"] for frame in frames] == [0, 1, 2]
    assert len({frame["partial_image_b64"] for frame in frames}) == 3
    done = next(event["item"] for event in events if "result" in event.get("item", {}) and event["item"]["result"])
    assert done == events[-1]["response"]["output"][1]
    assert image_of(done).size == (64, 64)
    assert done["result"] not in {frame["partial_image_b64"] for frame in frames}


def test_event_lines_name_the_type_of_their_data() -> None:
    with Sandbox() as sandbox:
        text = post(sandbox, request(stream=True)).text

    blocks = [block.split("\n") for block in text.removesuffix("\n\n").split("\n\n")]
    assert all(
        re.match(r'data: \{"type":"' + re.escape(block[0].removeprefix("event: ")), block[1]) for block in blocks
    )
    assert {len(block) for block in blocks} == {2}


def test_streaming_and_not_give_the_same_picture() -> None:
    with Sandbox() as sandbox:
        whole = post(sandbox).json()["output"][1]["result"]
        streamed = events_of(post(sandbox, request(stream=True)).text)[-1]["response"]["output"][1]["result"]

    assert whole == streamed


def test_without_the_tool_there_are_words() -> None:
    with Sandbox() as sandbox:
        body = request()
        del body["tools"]
        reply = post(sandbox, body).json()

    assert [item["type"] for item in reply["output"]] == ["reasoning", "message"]
    assert "no image generation tool" in reply["output"][1]["content"][0]["text"]
    assert reply["tools"] == []


def test_auto_is_1024_by_1024_unless_said_otherwise() -> None:
    with Sandbox() as usual, Sandbox(auto_size="32x48") as small:
        sizes = [image_of(post(one, request(size="auto")).json()["output"][1]).size for one in (usual, small)]

    assert sizes == [(1024, 1024), (32, 48)]


@pytest.mark.parametrize("header", ["authorization", "x-api-key"])
def test_the_key_may_come_in_either_header(header: str) -> None:
    with Sandbox() as sandbox:
        value = f"Bearer {sandbox.key}" if header == "authorization" else sandbox.key
        reply = httpx.get(f"{sandbox.base_url}/v1/models", headers={header: value})

    assert reply.status_code == 200


@pytest.mark.parametrize("path", ["/v1/models", "/v1/responses"])
@pytest.mark.parametrize(
    ("headers", "words"),
    [
        ({"authorization": "Bearer wrong"}, "Invalid API key"),
        ({"x-api-key": "schlüssel"}, "Invalid API key"),
        ({}, "Missing API key"),
    ],
)
def test_a_wrong_key_gets_the_error_that_is_a_string(path: str, headers: dict[str, str], words: str) -> None:
    encoded = {name: value.encode() for name, value in headers.items()}
    with Sandbox() as sandbox:
        method = "GET" if path == "/v1/models" else "POST"
        reply = httpx.request(method, sandbox.base_url + path, headers=encoded)

    assert (reply.status_code, reply.json()) == (401, {"error": words})


def test_keys_are_random_unless_given_and_an_empty_one_admits_all() -> None:
    with Sandbox() as first, Sandbox() as second, Sandbox(key="sk-mine") as mine, Sandbox(key="") as opened:
        assert first.key != second.key
        assert post(mine, key="sk-mine").status_code == 200
        assert post(mine, key=first.key).status_code == 401
        assert post(opened, key="anything").status_code == 200
        assert httpx.post(f"{opened.base_url}/v1/responses", json=request()).status_code == 200


def test_health_needs_no_key_and_models_are_listed() -> None:
    with Sandbox() as sandbox:
        health = httpx.get(f"{sandbox.base_url}/healthz")
        models = httpx.get(f"{sandbox.base_url}/v1/models", headers={"x-api-key": sandbox.key}).json()

    assert (health.status_code, health.json()) == (200, {"status": "ok"})
    assert models["object"] == "list"
    assert {"gpt-5.4", "gpt-image-2"} < {model["id"] for model in models["data"]}
    assert {tuple(model) for model in models["data"]} == {("id", "object", "created", "owned_by")}


@pytest.mark.parametrize("path", ["/", "/v1/v1/responses", "/v1/responses/", "/v1", "/V1/responses"])
def test_an_unknown_path_gets_an_empty_404(path: str) -> None:
    with Sandbox() as sandbox:
        reply = httpx.post(sandbox.base_url + path, json=request(), headers={"x-api-key": sandbox.key})

    assert (reply.status_code, reply.content) == (404, b"")


def test_a_get_where_a_post_belongs_is_no_404() -> None:
    with Sandbox() as sandbox:
        assert httpx.get(f"{sandbox.base_url}/v1/responses").status_code == 400


def test_a_prefix_is_part_of_the_base_url_and_of_every_route() -> None:
    with Sandbox(prefix="/openai/") as sandbox:
        assert sandbox.base_url == f"http://127.0.0.1:{sandbox.port}/openai"
        assert post(sandbox).status_code == 200
        assert httpx.get(f"http://127.0.0.1:{sandbox.port}/healthz").status_code == 404


def test_the_codex_path_and_a_query_are_accepted() -> None:
    with Sandbox() as sandbox:
        url = f"{sandbox.base_url}/backend-api/codex/responses?client=x"
        assert httpx.post(url, json=request(), headers={"x-api-key": sandbox.key}).status_code == 200


def test_every_answer_has_a_trace_id() -> None:
    now = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
    with Sandbox(now=lambda: now) as sandbox:
        replies = [post(sandbox), post(sandbox, key="wrong"), httpx.get(f"{sandbox.base_url}/nothing")]

    ids = [reply.headers["x-cpa-trace-id"] for reply in replies]
    assert all(re.fullmatch(r"20261122030405-1-[0-9a-f]{8}", trace_id) for trace_id in ids)
    assert len(set(ids)) == 3


def test_requests_are_remembered_as_they_came() -> None:
    with Sandbox() as sandbox:
        post(sandbox, key="wrong")
        httpx.get(f"{sandbox.base_url}/healthz?a=1", headers={"X-Test": "松鼠".encode()})
        httpx.post(f"{sandbox.base_url}/v1/responses", content=b"{")

    first, second, third = sandbox.requests
    assert (first.method, first.path, first.json) == ("POST", "/v1/responses", request())
    assert first.headers["authorization"] == "Bearer wrong"
    assert (second.method, second.path, second.json) == ("GET", "/healthz?a=1", None)
    assert (third.body, third.json) == (b"{", None)
    assert sandbox.posts == [first, third]


def test_one_connection_serves_many_requests() -> None:
    before = set(threading.enumerate())
    with Sandbox() as sandbox, httpx.Client(headers={"x-api-key": sandbox.key}) as client:
        bodies = [request(), request(stream=True), {"model": "gpt-5.4"}, request(stream=True)]
        codes = [client.post(f"{sandbox.base_url}/v1/responses", json=body).status_code for body in bodies]

        assert codes == [200, 200, 400, 200]
        assert len(set(threading.enumerate()) - before) == 2  # the one that accepts, and one for one connection


def test_a_chunked_request_is_read() -> None:
    content = json.dumps(request()).encode()
    with Sandbox() as sandbox:
        pieces = iter([content[:10], content[10:]])
        reply = httpx.post(f"{sandbox.base_url}/v1/responses", content=pieces, headers={"x-api-key": sandbox.key})

    assert reply.status_code == 200
    assert sandbox.requests[0].json == request()


@pytest.mark.parametrize(
    "nonsense",
    [
        b"hello\r\n\r\n",
        b"POST /v1/responses HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
        b"POST /v1/responses HTTP/1.1\r\nContent-Length: minus\r\n\r\n",
        b"\x00\xff" * 1000,
        b"POST /v1/responses HTTP/1.1\r\nContent-Length: 1000\r\n\r\n{",
    ],
)
def test_nonsense_is_survived_in_silence(nonsense: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    with Sandbox() as sandbox:
        with socket.create_connection(("127.0.0.1", sandbox.port)) as client:
            client.sendall(nonsense)
            client.shutdown(socket.SHUT_WR)
            while client.recv(65536):
                pass
        assert post(sandbox).status_code == 200

    assert capfd.readouterr() == ("", "")


def test_a_client_that_leaves_in_the_middle_is_no_trouble(capfd: pytest.CaptureFixture[str]) -> None:
    with Sandbox(pad_to=30_000_000) as sandbox:
        headers = {"x-api-key": sandbox.key}
        with httpx.stream("POST", f"{sandbox.base_url}/v1/responses", json=request(), headers=headers) as reply:
            next(reply.iter_raw())
        assert post(sandbox, {"model": "gpt-5.4"}).status_code == 400

    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("stream", [False, True])
def test_a_generation_takes_as_long_as_the_pace_says(*, stream: bool) -> None:
    rests: list[float] = []
    with Sandbox(pace=8.0, sleep=rests.append) as sandbox:
        post(sandbox, request(stream=stream, partial_images=2))

    assert sum(rests) == pytest.approx(8.0)
    assert (len(rests) > 1) is stream


def test_a_pace_really_passes_and_ends_when_the_client_leaves() -> None:
    with Sandbox(pace=0.2) as sandbox:
        assert post(sandbox, request(stream=True)).elapsed.total_seconds() > 0.1
    with Sandbox(pace=3600) as sandbox, pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{sandbox.base_url}/v1/responses", json=request(), headers={"x-api-key": sandbox.key}, timeout=0.05)


@pytest.mark.parametrize("scenario", ["ok", "stall", "stall-inside-image", "endless"])
def test_closing_leaves_no_thread_and_no_socket(scenario: str) -> None:
    before = set(threading.enumerate())
    sandbox = Sandbox(scenario)
    with socket.create_connection(("127.0.0.1", sandbox.port)) as client:
        body = json.dumps(request(stream=True)).encode()
        head = f"POST /v1/responses HTTP/1.1\r\nX-Api-Key: {sandbox.key}\r\nContent-Length: {len(body)}\r\n\r\n"
        client.sendall(head.encode() + body)
        if scenario != "stall":
            assert client.recv(1)
        port = sandbox.port

        sandbox.close()
        sandbox.close()

        assert set(threading.enumerate()) <= before
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))


def test_a_taken_port_is_an_error_and_a_free_one_is_taken() -> None:
    with Sandbox() as first, pytest.raises(OSError, match="in use"):
        Sandbox(port=first.port)
    with Sandbox(port=first.port) as second:
        assert second.port == first.port


def test_the_script_is_played_in_order_and_its_last_reply_repeats() -> None:
    script = (HttpError(status=500), HttpError(status=429), Answer())
    with Sandbox(Scenario(name="test", summary="", script=script)) as sandbox:
        codes = [post(sandbox).status_code for _ in range(4)]

    assert codes == [500, 429, 200, 200]


def test_a_request_that_is_refused_does_not_use_up_the_script() -> None:
    script = (HttpError(status=500), Answer())
    with Sandbox(Scenario(name="test", summary="", script=script)) as sandbox:
        codes = [post(sandbox, key="wrong").status_code, post(sandbox).status_code, post(sandbox).status_code]

    assert codes == [401, 500, 200]


@pytest.mark.parametrize("stream", [False, True])
def test_pictures_and_frames_are_padded_to_size(*, stream: bool) -> None:
    with Sandbox(pad_to=1_000_000) as sandbox:
        reply = post(sandbox, request(stream=stream, partial_images=1))

    found = re.findall(r'"(?:result|partial_image_b64)":"([^"]+)"', reply.text)
    assert {len(base64.b64decode(text, validate=True)) for text in found} == {1_000_000}
    assert len(found) == (3 if stream else 1)


def test_eight_clients_are_served_at_once() -> None:
    everyone_waits = threading.Barrier(8, timeout=10)
    with Sandbox(pace=1.0, sleep=lambda _: everyone_waits.wait()) as sandbox:
        codes: list[int] = []
        threads = [threading.Thread(target=lambda: codes.append(post(sandbox).status_code)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert codes == [200] * 8


def test_a_trickle_sends_small_pieces() -> None:
    with playing(Answer(trickle=Trickle(bytes=100, first=1000))) as sandbox:
        headers = {"x-api-key": sandbox.key}
        with httpx.stream(
            "POST", f"{sandbox.base_url}/v1/responses", json=request(stream=True), headers=headers
        ) as reply:
            body = b"".join(reply.iter_raw())

    assert events_of(body.decode())[-1]["type"] == "response.completed"


@pytest.mark.parametrize("stream", [False, True])
def test_gzip_can_be_undone(*, stream: bool) -> None:
    with playing(Answer(packed="gzip")) as sandbox:
        url, headers = f"{sandbox.base_url}/v1/responses", {"x-api-key": sandbox.key}
        with httpx.stream("POST", url, json=request(stream=stream), headers=headers) as reply:
            raw = b"".join(reply.iter_raw())

    assert b'"status":"completed"' in gzip.decompress(raw)


@pytest.mark.parametrize("how", [How.CLOSE, How.END, How.RESET])
@pytest.mark.parametrize("place", [Place.BEFORE_PICTURE, Place.INSIDE_PICTURE, Place.AFTER_PICTURE])
def test_a_stream_stops_where_it_is_told(place: Place, how: How) -> None:
    received = b""
    with playing(Answer(stop=Stop(place=place, how=how))) as sandbox:
        headers = {"x-api-key": sandbox.key}
        try:
            with httpx.stream(
                "POST", f"{sandbox.base_url}/v1/responses", json=request(stream=True), headers=headers
            ) as reply:
                for piece in reply.iter_raw():
                    received += piece
        except httpx.TransportError:
            assert how is not How.END
        else:
            assert how is How.END

    if how is not How.RESET:  # a reset may overtake what was sent before it
        begun = b'"result":"iVBOR' in received
        ended = received.endswith(b"}\n\n") and begun
        assert (begun, ended) == (place is not Place.BEFORE_PICTURE, place is Place.AFTER_PICTURE)
    assert b"response.completed" not in received


def test_an_unknown_scenario_is_told_with_those_most_like_it() -> None:
    with pytest.raises(UsageError) as caught:
        Sandbox("rate-limted")

    assert caught.value.message == "there is no scenario called 'rate-limted'"
    assert caught.value.hint is not None
    assert "rate-limited" in caught.value.hint
