"""
Decides which sentences of a message name a wait, in English and in Chinese.

To learn another, add its pattern to `SENTENCES`, and what was seen to `SENTENCES_SEEN`, which is its test.
"""

import re
from collections.abc import Mapping
from datetime import datetime

from cpa_image_cli.core.failures.spans import DURATION, MOMENT, NUMBER, moment, number, total

_READ = 4096
"""Characters of a message that are searched."""

_AGAIN = "重置|恢复|恢復|解除|重试|重試|再试|再試|刷新|可用"
_IS_OVER = "超时|超時|断开|斷開|失效|过期|過期|取消|关闭|關閉"
_LEFT = "等待|稍等|等候|冷却|冷卻|剩余|剩餘|还需|還需|还有|還有|重[试試置]"
_RESETS = "(?:reset|renew|refresh|refill|restore|unlock|replenish|recover|lift)(?:e?s|ed)?"
_FIELD = (
    "(?:retry[-_ ]?(?:after|delay|in)|(?:quota[-_ ]?)?resets?[-_ ]?(?:in|after|delay)|cool[-_ ]?down)(?:[-_ ]?seconds)?"
)

SENTENCES = (
    # Please try again in 1m5s; slow down and try again after 51.84 seconds; retry in 34.9s; available again in 10 min
    rf"(?:try|retry|available|come back)(?: again)? (?:in|after) (?:about |another |at least )?({DURATION})",
    # Your quota will reset after 2h23m59s; the limit resets in 3 hours
    rf"{_RESETS} (?:in|after) (?:about )?({DURATION})",
    # Please wait 30 seconds before the next request
    rf"\bwait(?: for| at least| about| another| up to){{0,2}} ({DURATION})",
    # 30 seconds before you retry; 5 minutes later
    rf"\b({DURATION}) (?:before (?:you )?(?:re)?try|later\b)",
    # {'retry_after': 30}, Retry-After: 30s, quotaResetDelay=1.5s: a field that somebody put into a sentence
    rf"{_FIELD}[\"']?[ ]?[:=：][ ]?[\"']?({DURATION}|{NUMBER}(?![\w.]))",
    # 请在 30 秒后重试, 5分钟后再试, 將於 2 小時後重置; not: 30 秒后超时
    rf"({DURATION})[ ]?[之以]?[后後](?!.{{0,6}}(?:{_IS_OVER}))",
    # 请等待 30 秒, 冷却时间：5 分钟, 剩余 30 秒; not: 等待 30 秒内
    rf"(?:{_LEFT})[^0-9。]{{0,8}}({DURATION})(?![ ]?[内內前])",
    # Your quota resets at 2026-05-04T12:00:42Z
    rf"(?:reset|again|retry|available|until|unlock|{_AGAIN})[^0-9.;。]{{0,24}}({MOMENT})",
    # 将在 2026-05-04 20:00:42 +08:00 重置
    rf"({MOMENT})[^0-9.;。]{{0,8}}(?:{_AGAIN}|[后後])",
)
"""Words that name a wait in a message, on one line and in any case; the group is the duration or the moment."""

SENTENCES_SEEN: Mapping[str, float] = {
    "Rate limit reached. Please try again in 12.5s. Visit https://example.org.": 12.5,
    "Please try again in 350ms.": 0.35,
    "Please try again in 1m2.639999999s.": 62.639999999,
    "Please try again in 1 hour, 2 minutes, 3 seconds.": 3723.0,
    "Please try again in a minute.": 60.0,
    "Try again in 17 seconds": 17.0,
    "please slow down and try again after 51.84 seconds": 51.84,
    "Please retry in 34.9s.": 34.9,
    "retry after 0.0 seconds": 0.0,
    "available again in 10 min": 600.0,
    "You have exhausted your capacity on this model. Your quota will reset after 2h23m59s.": 8639.0,
    "Weekly limit reached, it resets in 2 days 3 hours.": 183600.0,
    "Too many requests. Please wait 30 seconds before trying again.": 30.0,
    "wait for at least 5 minutes": 300.0,
    "slow down: 20 seconds before you retry": 20.0,
    "litellm.RateLimitError: {'retry_after': 30}": 30.0,
    "rate limited (Retry-After: 1m30s)": 90.0,
    'details: "quotaResetDelay": "1.5s"': 1.5,
    "请求过于频繁，请在 30 秒后重试": 30.0,
    "请5分钟后再试": 300.0,
    "額度將於 2 小時 5 分鐘後重置": 7500.0,
    "请 1 分 30 秒之后再试": 90.0,
    "请 3 天后再来": 259200.0,
    "当前模型冷却中，请等待 45 秒": 45.0,
    "冷却时间：500 毫秒": 0.5,
    "剩余 1小时零5分": 3900.0,
    "Your quota resets at 2026-05-04T12:00:42Z.": 42.0,
    "try again after 2026-05-04 12:00:42 UTC": 42.0,
    "额度将在 2026-05-04 20:00:42 +08:00 重置": 42.0,
    "重置时间：2026-05-04T12:00:42Z": 42.0,
}
"""Each pattern's examples, with the seconds that are meant at noon of 4 May 2026, UTC."""


def in_message(message: str, *, now: datetime | None = None) -> float | None:
    """Return the wait that the sentence *message* names, in seconds; one that is a moment needs *now*."""
    said = _spaced(message)
    for pattern in SENTENCES:
        found = re.search(pattern, said, re.IGNORECASE)
        wait = None if found is None else _meant(found.group(1), now)
        if wait is not None:
            return wait
    return None


def _spaced(message: str) -> str:
    said = " ".join(message[:_READ].split())
    return re.sub(r"\b(?:an?|one) (?=(?:second|minute|hour|day|week)\b)", "1 ", said, flags=re.IGNORECASE)


def _meant(text: str, now: datetime | None) -> float | None:
    if re.fullmatch(DURATION, text, re.IGNORECASE):
        return total(text)
    since = number(text)
    if since is not None:
        return since
    return None if now is None else moment(text, now)
