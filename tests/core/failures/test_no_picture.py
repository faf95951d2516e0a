import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cpa_image_cli.core.errors import Code, ExitStatus, Failure
from cpa_image_cli.core.failures.no_picture import judge

LIVE = ("image_generation",)

POLICY = [
    "I'm sorry, but I can't create images of real people in that setting.",
    "I can’t help with that: it would infringe copyright.",
    "I cannot generate this image because it violates our content policy.",
    "I can't generate images due to policy restrictions.",
    "Sorry. I won't draw that. Sexual content involving minors is never all right.",
    "That request goes against our usage policies. Shall I draw a landscape instead?",
    "I'm unable to produce graphic violence.",
    "I must decline. The picture would show a public figure.",
    "抱歉，我无法生成涉及真实人物的图片。",
    "对不起，这个请求违反了内容政策。",
    "我不能画这个。它涉及版权角色。",
    "無法生成圖片，因為涉及版權。",
    "很抱歉！该内容包含色情。",
]

NO_TOOL = [
    "I can't generate images right now.",
    "I’m unable to create images directly, but here is a prompt you can use elsewhere.",
    "I don't have access to an image generation tool in this conversation.",
    "There is no image_generation tool available to me.",
    "The image generation tool is currently unavailable.",
    "The image_generation tool isn't available.",
    "As a text-based model I can only describe it.",
    "I can't generate images. Here is a story instead: a violent storm broke over the copyright office.",
    "我无法直接生成图片，但可以为你描述。",
    "目前没有可用的图像生成工具。",
    "图片生成功能暂时不可用。",
    "我沒有圖像生成的功能。",
]

WORDS = [
    "Which style would you like?",
    "Here is your squirrel!",
    "I can't draw it that large; may I draw it smaller?",
    "I cannot create an image of a squirrel as wide as that.",
    "A violent sea, weapons on the wall, copyright 1887.",
    "The cat leans against a wall full of weapons.",
    "好的，松鼠要什么颜色？",
    "抱歉，请再描述一下松鼠的样子。",
    '<svg xmlns="http://www.w3.org/2000/svg"><circle r="1"/></svg>',
    "![squirrel](data:image/png;base64,iVBORw0KGgo=)",
]


@pytest.mark.parametrize("text", POLICY)
def test_a_refusal_names_a_topic_of_policy(text: str) -> None:
    assert judge(tools=LIVE, text=text).code is Code.REFUSED


@pytest.mark.parametrize("text", NO_TOOL)
def test_a_model_without_the_tool_says_so(text: str) -> None:
    assert judge(tools=LIVE, text=text).code is Code.TOOL_UNAVAILABLE


@pytest.mark.parametrize("text", WORDS)
def test_other_words_are_only_words(text: str) -> None:
    assert judge(tools=LIVE, text=text).code is Code.TEXT_INSTEAD


@pytest.mark.parametrize("text", ["", "a squirrel", *POLICY, *NO_TOOL])
@pytest.mark.parametrize("tools", [(), ("function", "web_search")])
def test_a_tool_list_without_the_image_tool_means_that_it_was_taken_away(tools: tuple[str, ...], text: str) -> None:
    assert judge(tools=tools, text=text).code is Code.TOOL_UNAVAILABLE


def test_a_tool_list_that_was_not_given_is_not_an_empty_one() -> None:
    assert judge(tools=None, text="Which style?").code is Code.TEXT_INSTEAD


def test_an_answer_with_neither_picture_nor_word_says_just_that() -> None:
    assert judge(tools=LIVE, text=" \n").code is Code.NO_IMAGE
    assert judge(tools=None, text="").code is Code.NO_IMAGE


@pytest.mark.parametrize("tools", [(), LIVE, None])
def test_a_tool_that_was_called_and_failed_had_not_been_taken_away(tools: tuple[str, ...] | None) -> None:
    assert judge(tools=tools, text="Something went wrong.", image_call_failed=True).code is Code.IMAGE_CALL_FAILED
    assert judge(tools=tools, text="Here it is!", partial_frames=2).code is Code.PARTIAL_ONLY


def test_a_refusal_explains_a_failed_call() -> None:
    assert judge(tools=LIVE, text=POLICY[0], image_call_failed=True).code is Code.REFUSED


def test_a_failed_call_explains_previews_without_a_picture() -> None:
    assert judge(tools=LIVE, text="", image_call_failed=True, partial_frames=2).code is Code.IMAGE_CALL_FAILED


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("content_filter", Code.MODERATION),
        ("max_output_tokens", Code.OUT_OF_TOKENS),
        ("unknown", Code.TEXT_INSTEAD),
        (None, Code.TEXT_INSTEAD),
    ],
)
def test_the_reason_for_an_incomplete_answer_is_told_apart(reason: str | None, code: Code) -> None:
    it = judge(tools=LIVE, text="Well", incomplete_reason=reason)

    assert it.code is code
    assert (reason or "") in f"{it.message} [{it.code.word}]"


def test_the_answer_of_an_account_without_the_tool_is_reported_whole() -> None:
    it = judge(tools=(), text="  我不会画画\x1b[31m。\n```svg```\n", trace_id="t")

    assert it == Failure(
        code=Code.TOOL_UNAVAILABLE,
        message="the tool was taken away; text came instead",
        hint=(
            "Have the gateway's operator look at its accounts, of which those of free plans have no image tool, and at"
            " `disable-image-generation`, which takes it away; or choose another gateway."
        ),
        text="我不会画画。\n```svg```",
        trace_id="t",
    )
    assert it.code.exit_status is ExitStatus.NO_IMAGE


def test_a_long_text_is_kept_whole() -> None:
    text = "松鼠。" * 100_000

    assert judge(tools=LIVE, text=text).text == text


@settings(derandomize=True, deadline=None)
@given(
    tools=st.none() | st.lists(st.sampled_from(["image_generation", "function", ""])).map(tuple),
    text=st.text() | st.sampled_from(POLICY + NO_TOOL + WORDS),
    image_call_failed=st.booleans(),
    partial_frames=st.integers(0, 3),
    reason=st.none() | st.text() | st.just("\x1b]0;x\x07" + "y" * 5000),
)
def test_whatever_a_model_says_becomes_one_short_clean_failure(
    *, tools: tuple[str, ...] | None, text: str, image_call_failed: bool, partial_frames: int, reason: str | None
) -> None:
    it = judge(
        tools=tools,
        text=text,
        image_call_failed=image_call_failed,
        partial_frames=partial_frames,
        incomplete_reason=reason,
    )

    assert it.code.exit_status in (ExitStatus.NO_IMAGE, ExitStatus.POLICY)
    assert 0 < len(it.message) <= 600
    assert it.hint
    assert not [character for character in it.message if unicodedata.category(character) == "Cc"]
    assert not [
        character for character in it.text if unicodedata.category(character) == "Cc" and character not in "\n\t"
    ]
