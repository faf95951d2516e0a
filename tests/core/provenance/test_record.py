from cpa_image_cli.core.provenance.record import MOST_PARENTS, Record

HASH = "a" * 64
WHOLE = Record(
    prompt='一只松鼠 <b>&\n"quoted"',
    model="gpt-5.4",
    parameters={"size": "1024x1024", "image_model": "gpt-image-2"},
    revised_prompt="a squirrel",
    parents=(HASH,),
    coded_sha256="b" * 64,
    made_at="2026-11-28T07:00:00+00:00",
)


def test_a_record_comes_back_as_it_was_written() -> None:
    assert Record.of_json(WHOLE.as_json()) == WHOLE


def test_what_is_empty_is_not_written() -> None:
    assert Record(prompt="a cat").as_json() == {"v": 1, "prompt": "a cat"}


def test_only_parameters_that_travel_are_written_or_read() -> None:
    told = Record(prompt="a cat", parameters={"size": "auto", "stream": "True", "base_url": "https://secret.example"})

    assert told.as_json()["parameters"] == {"size": "auto"}
    assert Record.of_json({"prompt": "a cat", "parameters": {"key": "sk-1", "quality": "high"}}) == Record(
        prompt="a cat", parameters={"quality": "high"}
    )


def test_what_makes_no_sense_is_passed_over() -> None:
    told = {
        "prompt": "a cat",
        "model": 7,
        "parameters": ["size"],
        "revised_prompt": "x" * 40_000,
        "parents": [HASH, "short", 9] + [HASH] * 99,
        "coded_sha256": "no hash",
        "made_at": None,
    }

    assert Record.of_json(told) == Record(prompt="a cat", parents=(HASH,) * (MOST_PARENTS - 2))


def test_a_number_counts_and_a_truth_or_a_long_text_does_not() -> None:
    told = {"prompt": "a cat", "parameters": {"output_compression": 80, "size": "9" * 101, "quality": []}}

    assert Record.of_json(told) == Record(prompt="a cat", parameters={"output_compression": "80"})


def test_without_a_prompt_there_is_no_record() -> None:
    assert [Record.of_json(value) for value in ("a cat", None, {}, {"prompt": " \n"}, {"prompt": "x" * 40_000})] == [
        None
    ] * 5


def test_parents_that_are_no_list_are_none() -> None:
    assert Record.of_json({"prompt": "a cat", "parents": HASH}) == Record(prompt="a cat")
