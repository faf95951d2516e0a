import pytest

from cpa_image_cli.core.errors import UsageError
from cpa_image_cli.core.ledger.reference import Back, Prefix, Reference, ambiguous, reference, unknown


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("last", Back(0)),
        ("last~2", Back(2)),
        ("LAST~0", Back(0)),
        ("1", Prefix("1")),
        ("1rx2brfa", Prefix("1rx2brfa")),
        (" 1RX ", Prefix("1rx")),
    ],
)
def test_a_run_is_named_by_its_beginning_or_counted_from_the_last(text: str, meant: Reference) -> None:
    assert reference(text) == meant


@pytest.mark.parametrize(
    "text", ["", "last~", "last~-1", "last~x", "first", "1rx2brfax", "松鼠", "%", "a b", "lasting"]
)
def test_what_names_no_run_says_what_would(text: str) -> None:
    with pytest.raises(UsageError, match="is no id of a run") as raised:
        reference(text)

    assert "last~2" in (raised.value.hint or "")


def test_candidates_are_named_with_their_prompts_and_not_without_end() -> None:
    some = [("1rx2brfa", "画一只松鼠"), ("1rx1aaaa", "a cat\nin a hat that is very much too long")]

    error, long = ambiguous("1rx", some), ambiguous("1", [("1aaaaaaa", "p")] * 5)

    assert error.message == "'1rx' fits more than one run"
    assert error.hint == "It may be 1rx2brfa (画一只松鼠), 1rx1aaaa (a cat in a hat that is …)."
    assert long.hint == "It may be 1aaaaaaa (p), 1aaaaaaa (p), 1aaaaaaa (p), 1aaaaaaa (p), and more."


def test_a_reference_to_nothing_says_where_runs_are_listed() -> None:
    error = unknown("1rx\x1b[2J")

    assert error.message == "there is no run '1rx'"
    assert "history list" in (error.hint or "")
