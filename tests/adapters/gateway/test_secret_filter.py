import pytest

from cpa_image_cli.adapters.gateway.secret_filter import SecretFilter

KEY = "sk-ab12/cd+34=="
OTHER = "pw-77-aba-aba"
TEXT = f'{{"error":"no such key: {KEY}, not even {OTHER}, nor "}} sk-ab1'


def masked(*pieces: bytes, secrets: tuple[str, ...] = (KEY, OTHER)) -> bytes:
    return b"".join(SecretFilter(secrets).out_of_pieces(iter(pieces)))


@pytest.mark.parametrize("cut", range(len(TEXT) + 1))
def test_a_secret_is_taken_out_wherever_the_bytes_are_cut(cut: int) -> None:
    whole = TEXT.encode()

    assert masked(whole[:cut], whole[cut:]) == b'{"error":"no such key: ***, not even ***, nor "} sk-ab1'


def test_a_secret_is_taken_out_byte_by_byte() -> None:
    pieces = [bytes([byte]) for byte in TEXT.encode()]

    assert masked(*pieces) == b'{"error":"no such key: ***, not even ***, nor "} sk-ab1'


def test_a_secret_is_found_as_json_spells_it() -> None:
    assert masked(KEY.replace("/", r"\/").encode()) == b"***"


def test_what_begins_like_a_secret_is_held_back_and_not_lost() -> None:
    pieces = SecretFilter([KEY]).out_of_pieces(iter([b"data: sk-ab1", b"x\n\n", b"sk-"]))

    assert list(pieces) == [b"data: ", b"sk-ab1x\n\n", b"sk-"]


@pytest.mark.parametrize("word", ["", "none", "test", "sk-1", "completed", "response.created", "two words 12"])
def test_what_is_no_secret_stays(word: str) -> None:
    text = f"{word} and {word}"

    assert SecretFilter([word]).out_of(text) == text
    assert masked(text.encode(), secrets=(word,)) == text.encode()


@pytest.mark.parametrize("said", [12, 13, len(KEY) - 1])
@pytest.mark.parametrize("cut", range(30))
def test_the_beginning_of_a_secret_is_taken_out_too_wherever_the_bytes_are_cut(said: int, cut: int) -> None:
    text = f"no: {KEY[:said]}** or {KEY[:said]}"

    assert masked(text[:cut].encode(), text[cut:].encode()) == b"no: ***** or ***"
    assert SecretFilter([KEY]).out_of(text) == "no: ***** or ***"


def test_a_beginning_that_may_be_a_word_stays() -> None:
    text = "organisation: organisation-of-mice"

    assert SecretFilter(["organisation-of-mine-7"]).out_of(text) == text


def test_in_the_name_of_a_header_capitals_mean_nothing() -> None:
    echoes = SecretFilter(["sk-AB12/cd+34"])

    assert [echoes.out_of_name(name) for name in ("x-sk-ab12/cd+34", "x-sk-ab13")] == ["***", "x-sk-ab13"]


def test_what_is_sent_in_base64_is_a_secret_without_any_digit() -> None:
    assert SecretFilter([], encoded=["dXNlcjpwYXNz"]).out_of("Basic dXNlcjpwYXNz") == "Basic ***"


def test_headers_are_masked_like_bodies() -> None:
    assert SecretFilter([KEY, OTHER]).out_of(f"Bearer {OTHER}") == "Bearer ***"
