import pytest

from cpa_image_cli.core.gateway.headers import key_problem, name_problem, shown_value, value_problem


@pytest.mark.parametrize("name", ["X-Tenant", "user-agent", "x_y", "Authorization"])
def test_tokens_are_header_names(name: str) -> None:
    assert name_problem(name) is None


@pytest.mark.parametrize("name", ["", "X Y", "X:Y", "租户", "X\n", "Content-Length", "ACCEPT"])
def test_other_names_and_our_own_are_refused(name: str) -> None:
    assert name_problem(name)


@pytest.mark.parametrize("value", ["a", "a b", "a\tb", "codex_cli_rs/0.122.0 (Linux; x86_64)"])
def test_printable_ascii_is_a_header_value(value: str) -> None:
    assert value_problem(value) is None


@pytest.mark.parametrize("value", ["", " a", "a ", "a\nb", "a\r", "a\x00", "中", "é"])
def test_other_values_are_refused(value: str) -> None:
    assert value_problem(value)


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("sk-fake-1", None),
        ("sk fake", "holds a space, a control character or a character outside ASCII, which no key has"),
        ("sk-中", "holds a space, a control character or a character outside ASCII, which no key has"),
        ("sk\nfake", "is more than one line"),
        ("sk\rfake", "is more than one line"),
    ],
)
def test_a_key_is_one_word_of_ascii(key: str, problem: str | None) -> None:
    assert key_problem(key) == problem


@pytest.mark.parametrize("name", ["X-Secret", "x-session-token", "CF-Access-Client-Secret", "X-Auth"])
def test_values_of_telling_names_are_masked(name: str) -> None:
    assert shown_value(name, "0123456789abcdef") == "…cdef"


def test_other_values_are_shown() -> None:
    assert shown_value("X-Tenant", "acme") == "acme"
