from pathlib import Path

import pytest

from cpa_image_cli.adapters.openclaw.documents import Reader
from cpa_image_cli.adapters.openclaw.key_forms import (
    Context,
    Unresolved,
    expanded_text,
    resolved_header,
    resolved_key,
)

ENVIRON = {"OTCBOT_API_KEY": "sk-fake-env", "lower": "sk-fake-lower", "BLANK": " "}


def context(folder: Path = Path("/nowhere"), **providers: object) -> Context:
    return Context(
        layers=(ENVIRON, {"FROM_FILE": "sk-fake-file", "OTCBOT_API_KEY": "shadowed"}),
        providers=providers,
        folder=folder,
        home=folder,
        reader=Reader(),
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("sk-fake-otcbot-0001", "sk-fake-otcbot-0001"),
        (" sk-fake-otcbot-0001\n", "sk-fake-otcbot-0001"),
        ("OTCBOT_API_KEY", "sk-fake-env"),
        ("$OTCBOT_API_KEY", "sk-fake-env"),
        ("${OTCBOT_API_KEY}", "sk-fake-env"),
        ("pre-${OTCBOT_API_KEY}-post", "pre-sk-fake-env-post"),
        ("$${OTCBOT_API_KEY}", "${OTCBOT_API_KEY}"),
        ("${OTCBOT_API_KEY}${FROM_FILE}", "sk-fake-envsk-fake-file"),
        ("secretref-env:FROM_FILE", "sk-fake-file"),
        ("secretref-env:lower", "sk-fake-lower"),
        ("__env__:OTCBOT_API_KEY", "sk-fake-env"),
        ({"source": "env", "provider": "default", "id": "OTCBOT_API_KEY"}, "sk-fake-env"),
        ({"source": "env", "id": "OTCBOT_API_KEY"}, "sk-fake-env"),
        ("", None),
        ("  ", None),
        (None, None),
    ],
)
def test_a_key_is_what_its_form_stands_for(value: object, expected: str | None) -> None:
    assert resolved_key(value, context()) == expected


@pytest.mark.parametrize(
    "value",
    [
        "UNSET_KEY",
        "$UNSET_KEY",
        "${UNSET_KEY}",
        "a-${OTCBOT_API_KEY}-${UNSET_KEY}",
        "secretref-env:UNSET_KEY",
        "__env__:UNSET_KEY",
        {"source": "env", "id": "UNSET_KEY"},
    ],
)
def test_an_unset_variable_is_named_and_its_name_never_taken_for_the_key(value: object) -> None:
    assert resolved_key(value, context()) == Unresolved(
        reason="it stands for the variable UNSET_KEY, which is not set", variable="UNSET_KEY"
    )


def test_an_empty_variable_counts_as_unset() -> None:
    assert resolved_key("BLANK", context()) == Unresolved(
        reason="it stands for the variable BLANK, which is not set", variable="BLANK"
    )


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("__OPENCLAW_REDACTED__", "placeholder"),
        ("secretref-managed", "only OpenClaw's secrets name"),
        ("!op read op://vault/key", "never run here"),
        ("!two\nlines", "never run here"),
        ("oauth:chatgpt", "stands for a login"),
        ("minimax-oauth", "stands for a login"),
        ("codex-app-server", "stands for a login"),
        ("custom-local", "server without keys"),
        ("ollama-local", "server without keys"),
        ("gcp-vertex-credentials", "cloud login"),
        ("AWS_BEARER_TOKEN_BEDROCK", "cloud login"),
        ({"source": "exec", "provider": "vault", "id": "value"}, "never done here"),
        ({"source": "store", "provider": "default", "id": "x"}, "secret store"),
        ({"source": "magic", "id": "x"}, "unknown kind (magic)"),
        ({"source": "env", "id": "not a name"}, "unknown kind (env)"),
        ({}, "unknown kind"),
        (42, "neither a text nor a reference"),
        (["sk-fake"], "neither a text nor a reference"),
    ],
)
def test_a_marker_is_never_a_key(value: object, reason: str) -> None:
    found = resolved_key(value, context())

    assert isinstance(found, Unresolved)
    assert reason in found.reason


def test_a_header_in_capitals_is_just_that() -> None:
    assert resolved_header("ACME", context()) == "ACME"
    assert resolved_header("custom-local", context()) == "custom-local"
    assert resolved_header("secretref-env:OTCBOT_API_KEY", context()) == "sk-fake-env"
    assert isinstance(resolved_header("secretref-managed", context()), Unresolved)


def test_escapes_and_lower_case_templates_stay_as_openclaw_leaves_them() -> None:
    assert expanded_text("$${A} ${lower} $OTCBOT_API_KEY", context()) == "${A} ${lower} $OTCBOT_API_KEY"


@pytest.mark.parametrize(
    ("provider", "reference", "expected"),
    [
        ({"source": "file", "path": "s.json", "mode": "json"}, "/otcbot/apiKey", "sk-fake-json"),
        ({"source": "file", "path": "s.json"}, "/otcbot/apiKey", "sk-fake-json"),
        ({"source": "file", "path": "~/s.json"}, "/a~1b/~0/1", "sk-fake-odd"),
        ({"source": "file", "path": "one.txt", "mode": "singleValue"}, "value", "sk-fake-one"),
    ],
)
def test_a_secret_in_a_file_is_read(tmp_path: Path, provider: object, reference: str, expected: str) -> None:
    (tmp_path / "s.json").write_text('{"otcbot": {"apiKey": "sk-fake-json"}, "a/b": {"~": ["x", "sk-fake-odd"]}}')
    (tmp_path / "one.txt").write_text("sk-fake-one\n")
    value = {"source": "file", "provider": "mine", "id": reference}

    assert resolved_key(value, context(tmp_path, mine=provider)) == expected


@pytest.mark.parametrize(
    ("provider", "reference", "reason"),
    [
        ({"source": "file", "path": "s.json"}, "/otcbot/other", "there is no /otcbot/other in s.json"),
        ({"source": "file", "path": "s.json"}, "/otcbot", "there is no /otcbot in s.json"),
        ({"source": "file", "path": "s.json"}, "/otcbot/apiKey/deeper", "there is no /otcbot/apiKey/deeper in s.json"),
        ({"source": "file", "path": "s.json", "mode": "singleValue"}, "other", "there is no other in s.json"),
        ({"source": "file", "path": "bad.json"}, "/x", "there is no /x in bad.json"),
        ({"source": "file", "path": "gone.json"}, "/x", "it lies in gone.json, which cannot be read"),
        ({"source": "file"}, "/x", "no path is configured"),
        ({"source": "exec", "path": "s.json"}, "/otcbot/apiKey", "no path is configured"),
        (None, "/x", "no path is configured"),
    ],
)
def test_a_secret_that_is_not_in_its_file_is_said(
    tmp_path: Path, provider: object, reference: str, reason: str
) -> None:
    (tmp_path / "s.json").write_text('{"otcbot": {"apiKey": "sk-fake-json"}}')
    (tmp_path / "bad.json").write_text("{")

    found = resolved_key({"source": "file", "id": reference}, context(tmp_path, default=provider))

    assert isinstance(found, Unresolved)
    assert reason in found.reason
