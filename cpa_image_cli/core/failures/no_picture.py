"""
Decides why an answer that came to an end holds no picture: no tool, a refusal, words, a failed call, or nothing.

To tell a further case apart, add a predicate and its row in `CASES`, which stand in the order in which they are
certain. To recognise another way of saying no, extend `_REFUSALS` and `_TOPICS` (both must be heard, close together)
or `_NO_TOOL`. Text that holds SVG, links or a data URL is not a picture and is never searched for one.
"""

import re
from collections.abc import Callable

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.errors import Code, Failure
from cpa_image_cli.core.failures import hints
from cpa_image_cli.core.text import clean, one_line

IMAGE_TOOL = "image_generation"

_READ = 8000
"""Characters of a model's text in which a refusal is looked for."""

_REFUSALS = re.compile(
    r"\b(?:can't|cannot|can not|won't|will not|unable to|not able to|(?:must|have to) decline|not allowed|not permitted"
    r"|isn't allowed|refuse|not comfortable|against (?:our|the|my|openai)|violates?|i'm sorry|i apologi[sz]e)\b"
    r"|不能|无法|無法|不可以|不允许|不允許|拒绝|拒絕|抱歉|对不起|對不起|违反|違反|不便",
    re.IGNORECASE,
)
_TOPICS = re.compile(
    r"\b(?:polic(?:y|ies)|guidelines|terms of (?:use|service)|safety rules"
    r"|real (?:person|people|individual)s?|public figures?|celebrit(?:y|ies)|likeness|deepfakes?"
    r"|copyright(?:ed|s)?|trademark(?:ed|s)?|intellectual property"
    r"|minors|underage|child (?:abuse|exploitation)"
    r"|sexual(?:ly|ized|ised|ity)?|nud(?:e|ity)|explicit (?:content|material|images?)|pornograph(?:y|ic)"
    r"|violen(?:ce|t)|gore|gory|graphic content|self-harm|hate(?:ful)?|harassment|illegal|terroris[mt]|weapons?)\b"
    r"|政策|准则|準則|规范|規範|服务条款"
    r"|真实人物|真實人物|真人|公众人物|公眾人物|名人|肖像"
    r"|版权|版權|著作权|著作權|商标|商標|知识产权|智慧財產"
    r"|未成年|色情|情色|性暗示|性内容|性行为|裸露|裸体|裸體|露骨"
    r"|暴力|血腥|仇恨|违法|違法|非法|自残|恐怖主义",
    re.IGNORECASE,
)
_NO_TOOL = re.compile(
    # "I can't generate images" says that there is no tool; "… images of real people" says something else.
    r"\b(?:can't|cannot|can not|unable to|not able to|don't have the ability to)"
    r" (?:directly |currently |actually )?(?:generate|create|draw|produce|make|render)"
    r" (?:or edit |or display )?(?:an |any |new |actual )?(?:images?|pictures?)"
    r"(?! (?:of|that|which|depicting|with|containing|showing|featuring|in the style|like|based)\b)"
    r"|\b(?:no|don't have|do not have|without|lack)(?: access to)?(?: a| an| any| the)?(?: built-in| available)?"
    r" (?:image|picture|drawing)(?:[ _-]generat(?:ion|ing|or))? (?:tools?|capabilit(?:y|ies)|functions?|features?)\b"
    r"|\b(?:image|picture)(?:[ _-]generation)?(?: tools?| features?)? (?:is|are)"
    r"(?:n't| not)?(?: currently| not)? (?:available|unavailable|enabled|disabled|supported|accessible)\b"
    r"|\bas a text[- ](?:based|only)\b"
    r"|[没沒]有(?:可用的)?(?:图像|图片|圖像|圖片|绘图|繪圖|画图|生图)(?:生成)?的?(?:工具|功能|能力)"
    r"|(?:不能|无法|無法)(?:直接)?(?:生成|创建|绘制|画|产生|產生|繪製)(?:或编辑)?(?:图像|图片|圖像|圖片)"
    r"|(?:图像|图片|圖像|圖片)(?:生成|绘制)?(?:工具|功能)(?:目前|当前|暂时|暫時)?(?:不可用|无法使用|無法使用|未启用|未開啟)",
    re.IGNORECASE,
)
_SENTENCE_ENDS = re.compile(r"[。！？\n]|[.!?](?=\s|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """What is known of an answer that ended without an error and without a picture."""

    tools: tuple[str, ...] | None
    text: str
    image_call_failed: bool
    partial_frames: int
    incomplete_reason: str | None


def judge(
    *,
    tools: tuple[str, ...] | None,
    text: str,
    image_call_failed: bool = False,
    partial_frames: int = 0,
    incomplete_reason: str | None = None,
    trace_id: str | None = None,
) -> Failure:
    """
    Return why there is no picture, in an answer that ended without an error.

    *tools* are the tool types the answer names; None when it does not say, which is not the same as none. *text* is
    what the model said; it is kept whole, cleaned. *partial_frames* counts the previews that came.
    """
    ending = Ending(
        tools=tools,
        text=text[:_READ].replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"),
        image_call_failed=image_call_failed,
        partial_frames=partial_frames,
        incomplete_reason=incomplete_reason,
    )
    code = next((code for holds, code in CASES if holds(ending)), Code.NO_IMAGE)
    says_more = incomplete_reason not in (None, "", code.word)
    aside = f" (the answer is incomplete: {incomplete_reason})" if says_more else ""
    return Failure(
        code=code,
        message=one_line(code.meaning + aside),
        hint=hints.next_step(code),
        text=clean(text).strip(),
        trace_id=trace_id,
    )


def _the_filter_stopped_it(ending: Ending) -> bool:
    return ending.incomplete_reason == "content_filter"


def _the_tokens_ran_out(ending: Ending) -> bool:
    return ending.incomplete_reason == "max_output_tokens"


def _the_tool_was_taken_away(ending: Ending) -> bool:
    # A translating gateway echoes our tools: a list that names the tool proves nothing, one that does not name it does.
    was_used = ending.image_call_failed or ending.partial_frames
    return ending.tools is not None and IMAGE_TOOL not in ending.tools and not was_used


def _the_model_refused(ending: Ending) -> bool:
    """Whether a sentence declines and it, or one beside it, names a topic of policy."""
    sentences = [sentence for part in _SENTENCE_ENDS.split(ending.text) if (sentence := part.strip())]
    for place, sentence in enumerate(sentences):
        if _REFUSALS.search(sentence):
            # "I can't draw pictures." is no refusal, whatever the next sentence speaks of.
            reach = 0 if _NO_TOOL.search(sentence) else 1
            if _TOPICS.search(" ".join(sentences[max(0, place - reach) : place + reach + 1])):
                return True
    return False


def _the_image_call_failed(ending: Ending) -> bool:
    return ending.image_call_failed


def _only_previews_came(ending: Ending) -> bool:
    return ending.partial_frames > 0


def _the_model_says_it_has_no_tool(ending: Ending) -> bool:
    return _NO_TOOL.search(ending.text) is not None


def _only_words_came(ending: Ending) -> bool:
    return bool(ending.text.strip())


CASES: tuple[tuple[Callable[[Ending], bool], Code], ...] = (
    (_the_filter_stopped_it, Code.MODERATION),
    (_the_tokens_ran_out, Code.OUT_OF_TOKENS),
    (_the_tool_was_taken_away, Code.TOOL_UNAVAILABLE),
    (_the_model_refused, Code.REFUSED),
    (_the_image_call_failed, Code.IMAGE_CALL_FAILED),
    (_only_previews_came, Code.PARTIAL_ONLY),
    (_the_model_says_it_has_no_tool, Code.TOOL_UNAVAILABLE),
    (_only_words_came, Code.TEXT_INSTEAD),
)
"""What is asked of an ending, in this order; if nothing holds, it was empty."""
