"""What is sent: the body, the headers, and the same as a curl command."""

import json
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.job.image_options import ImageOptions
from cpa_image_cli.core.job.job import Identity, Job
from cpa_image_cli.core.job.prompt import MAX_PROMPT, checked_prompt
from cpa_image_cli.core.pictures.inputs import InputPicture, Origin, Parent
from cpa_image_cli.core.pictures.mask import InputMask
from cpa_image_cli.core.secret import Secret
from cpa_image_cli.core.wire.body import json_body
from cpa_image_cli.core.wire.request import as_curl, body_of, headers_of, shown_body

IDENTITY = Identity(
    user_agent="codex_cli_rs/0.122.0", version="0.122.0", originator="codex_cli_rs", session_id="test-session"
)
JOB = Job(
    prompt="画一只可爱的松鼠",
    model="gpt-5.4",
    options=ImageOptions(),
    url="https://gateway.example/v1/responses",
    gateway="https://gateway.example/v1",
    identity=IDENTITY,
    key=Secret("sk-marked"),
)


def test_the_body_has_the_shape_of_the_contract() -> None:
    assert body_of(JOB) == {
        "model": "gpt-5.4",
        "input": "画一只可爱的松鼠",
        "tools": [{"type": "image_generation", "output_format": "png"}],
        "instructions": "you are a helpful assistant",
        "tool_choice": "auto",
        "stream": False,
        "store": False,
    }


def test_further_tool_fields_are_sent_only_when_asked_for() -> None:
    options = ImageOptions(size="1024x1536", output_compression="80", image_model="gpt-image-2", partial_images="2")

    assert body_of(replace(JOB, options=options))["tools"] == [
        {
            "type": "image_generation",
            "output_format": "png",
            "size": "1024x1536",
            "output_compression": 80,
            "partial_images": 2,
            "model": "gpt-image-2",
        }
    ]


def test_the_headers_are_those_of_a_codex_client_and_hold_no_key() -> None:
    assert headers_of(JOB, attempt=1) == {
        "content-type": "application/json",
        "accept": "application/json",
        "user-agent": "codex_cli_rs/0.122.0",
        "version": "0.122.0",
        "originator": "codex_cli_rs",
        "session_id": "test-session",
        "session-id": "test-session",
    }


def test_a_stream_is_asked_for_in_the_accept_header_too() -> None:
    assert headers_of(replace(JOB, stream=True), attempt=1)["accept"] == "text/event-stream"


def test_an_empty_version_leaves_its_header_out() -> None:
    headers = headers_of(replace(JOB, identity=replace(IDENTITY, version="")), attempt=1)

    assert "version" not in headers


@pytest.mark.parametrize(("users", "session"), [(False, "test-session-3"), (True, "test-session")])
def test_a_retry_has_a_session_of_its_own_unless_the_user_chose_one(*, users: bool, session: str) -> None:
    job = replace(JOB, identity=replace(IDENTITY, session_is_users=users))

    headers = headers_of(job, attempt=3)

    assert (headers["session_id"], headers["session-id"]) == (session, session)


@pytest.mark.parametrize("prompt", ["", "  \n ", "x" * (MAX_PROMPT + 1), "not \udcff text"])
def test_a_prompt_that_cannot_be_sent_is_a_usage_error(prompt: str) -> None:
    with pytest.raises(UsageError):
        checked_prompt(prompt)


def test_the_longest_prompt_is_taken() -> None:
    assert checked_prompt("松" * MAX_PROMPT) == "松" * MAX_PROMPT


def test_the_curl_command_sends_the_same_and_names_the_key_by_its_variable() -> None:
    job = replace(JOB, prompt='it\'s "red"; $HOME', extra_headers={"X-Tenant": Secret("tenant-secret-0123456789")})

    words = shlex.split(as_curl(job, key_variable="IMAGE_GEN_KEY").replace("\\\n", " "))

    assert words[:3] == ["curl", "--no-buffer", job.url]
    assert json.loads(words[-1]) == body_of(job)
    assert "authorization: Bearer $IMAGE_GEN_KEY" in words
    assert "X-Tenant: …6789" in words
    assert "sk-marked" not in " ".join(words)


def test_a_password_in_the_address_is_not_printed() -> None:
    job = replace(JOB, url="https://somebody:hush@gateway.example/v1/responses")

    assert "hush" not in as_curl(job, key_variable=None)


@dataclass(frozen=True)
class Content:
    data: bytes

    @property
    def length(self) -> int:
        return len(self.data)

    def pieces(self) -> Iterator[bytes]:
        yield self.data


def picture(name: str, data: bytes, *, form: str = "png") -> InputPicture:
    parent = Parent(name=name, origin=Origin.FILE, sha256="00", path=name)
    return InputPicture(shown=name, format=form, width=1, height=1, content=Content(data), parent=parent)


WITH_PICTURES = replace(
    JOB, inputs=(picture("cat.png", b"cat"), picture("it's.jpg", b"its", form="jpeg")), text="Image 2: style\n\nprompt"
)


def test_pictures_follow_the_text_in_one_message_each_as_a_data_url_of_what_it_is() -> None:
    body = json.loads(b"".join(json_body(body_of(WITH_PICTURES))))

    assert body["input"] == [
        {
            "role": "user",
            "content": [
                {"type": "input_text", "text": "Image 2: style\n\nprompt"},
                {"type": "input_image", "image_url": "data:image/png;base64,Y2F0"},
                {"type": "input_image", "image_url": "data:image/jpeg;base64,aXRz"},
            ],
        }
    ]
    assert body["tools"] == [{"type": "image_generation", "output_format": "png"}]


def test_the_prompt_is_the_text_unless_there_is_another() -> None:
    text = body_of(replace(WITH_PICTURES, text=None))["input"][0]["content"][0]  # type: ignore[index]

    assert text == {"type": "input_text", "text": JOB.prompt}


def test_a_mask_is_a_field_of_the_tool() -> None:
    job = replace(WITH_PICTURES, mask=InputMask(shown="hole.png", content=Content(b"msk"), opened=0.5))

    body = json.loads(b"".join(json_body(body_of(job))))

    assert body["tools"][0]["input_image_mask"] == {"image_url": "data:image/png;base64,bXNr"}


def test_what_is_done_with_pictures_is_sent_only_when_asked_for() -> None:
    options = ImageOptions(action="edit", input_fidelity="high")

    tool = body_of(replace(WITH_PICTURES, options=options))["tools"][0]  # type: ignore[index]

    assert (tool["action"], tool["input_fidelity"]) == ("edit", "high")


def test_what_is_printed_holds_only_the_beginning_of_a_picture() -> None:
    job = replace(WITH_PICTURES, inputs=(picture("cat.png", b"cat" * 1000),))

    assert "…" in json.dumps(shown_body(job), ensure_ascii=False)
    assert len(json.dumps(shown_body(job))) < 600
    assert shown_body(JOB) == body_of(JOB)


def test_with_pictures_the_curl_command_reads_the_files(tmp_path: Path) -> None:
    (tmp_path / "cat.png").write_bytes(b"cat")
    (tmp_path / "it's.jpg").write_bytes(b"its")
    (tmp_path / "hole.png").write_bytes(b"msk")
    job = replace(WITH_PICTURES, mask=InputMask(shown="hole.png", content=Content(b"msk"), opened=0.5))
    command = as_curl(job, key_variable="IMAGE_GEN_KEY")
    body, _, sending = command.partition("} | ")

    made = subprocess.run(["sh", "-c", body + "}"], cwd=tmp_path, capture_output=True, check=True).stdout

    assert json.loads(made) == json.loads(b"".join(json_body(body_of(job))))
    assert sending.startswith("curl --no-buffer https://gateway.example")
    assert sending.endswith("--data-binary @-")
