"""What speaks of money, of the safety system, or of a window of time; and what only seems to."""

import json
from datetime import UTC, datetime

import pytest

from cpa_image_cli.core.errors import Code
from cpa_image_cli.core.failures import error_answer, phrases

NOW = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)


def code_of(status: int, message: str, **more: object) -> Code:
    body = json.dumps({"error": {"message": message, **more}}).encode()
    return error_answer.normalise(status=status, headers={}, body=body, now=NOW, streamed=True).code


@pytest.mark.parametrize("status", [400, 403, 429, 500])
@pytest.mark.parametrize("phrase", phrases.QUOTA)
def test_whatever_the_status_words_of_money_are_quota(phrase: str, status: int) -> None:
    assert code_of(status, f"Sorry: {phrase}. (request id: 20260504)") is Code.QUOTA


@pytest.mark.parametrize("status", [400, 403, 500])
@pytest.mark.parametrize("phrase", phrases.MODERATION)
def test_whatever_the_status_words_of_the_safety_system_are_moderation(phrase: str, status: int) -> None:
    assert code_of(status, f"Sorry: {phrase}. (request id: 20260504)") is Code.MODERATION


@pytest.mark.parametrize(
    "word",
    [
        *("INSUFFICIENT_BALANCE", "insufficient_user_quota", "insufficient_quota", "insufficient_credits"),
        *("insufficient_account_balance", "InsufficientBalance", "quota_exceeded", "credits_exhausted"),
        *("not_enough_credits", "out_of_credits", "pre_consume_token_quota_failed", "billing_error"),
        *("billing_hard_limit_reached", "billing_not_active", "budget_exceeded", "payment_required", "Arrearage"),
        *("AccountOverdue", "usage_not_included", "deactivated_workspace"),
    ],
)
@pytest.mark.parametrize("field", ["code", "type"])
def test_a_code_of_money_is_quota_in_any_spelling(word: str, field: str) -> None:
    assert code_of(500, "quota, of whatever kind", **{field: word}) is Code.QUOTA


@pytest.mark.parametrize(
    "word",
    [
        *("moderation_blocked", "content_policy_violation", "image_content_policy_violation", "content_filter"),
        *("invalid_prompt", "cyber_policy", "bio_policy", "misalignment_policy_violation"),
        *("ResponsibleAIPolicyViolation", "InputTextSensitiveContentDetected", "DataInspectionFailed"),
        *("PROHIBITED_CONTENT", "IMAGE_SAFETY", "sensitive_content", "inappropriate_content"),
    ],
)
@pytest.mark.parametrize("field", ["code", "type"])
def test_a_code_of_the_safety_system_is_moderation_in_any_spelling(word: str, field: str) -> None:
    assert code_of(500, "no", **{field: word}) is Code.MODERATION


@pytest.mark.parametrize(
    ("status", "message", "code"),
    [
        # A limit of a minute speaks of quota too, and names a wait that can be waited for.
        (429, "You exceeded your current quota. Please retry in 34.07s.", Code.RATE_LIMITED),
        (429, "每分钟配额已用完，请在 30 秒后重试", Code.RATE_LIMITED),
        (429, "内容审核服务繁忙，请在 30 秒后重试", Code.RATE_LIMITED),
        (429, "Resource has been exhausted (e.g. check quota).", Code.RATE_LIMITED),
        (403, "该账号因违规已被封禁", Code.PERMISSION_DENIED),
        (400, "Model names are case sensitive.", Code.BAD_REQUEST),
        (400, "模型名称大小写敏感", Code.BAD_REQUEST),
        (400, "Invalid value for 'moderation'.", Code.BAD_REQUEST),
        (400, "a laptop upgrade in the rain", Code.BAD_REQUEST),
    ],
)
def test_what_only_sounds_like_it_is_something_else(status: int, message: str, code: Code) -> None:
    assert code_of(status, message) is code


def test_a_limit_with_a_wait_in_a_header_is_no_quota() -> None:
    body = json.dumps({"error": {"message": "配额不足"}}).encode()

    found = error_answer.normalise(status=429, headers={"Retry-After": "9"}, body=body, now=NOW, streamed=True)

    assert (found.code, found.delay) == (Code.RATE_LIMITED, 9.0)


@pytest.mark.parametrize(
    ("message", "window"),
    [
        ("You've hit your 5-hour limit", "five hours"),
        ("5小时限额已用完", "five hours"),
        ("Limit 50 requests per day", "a day"),
        ("Limit reached (TPD)", "a day"),
        ("今日调用次数已达上限", "a day"),
        ("You have reached your Weekly limit", "a week"),
        ("7-day window", "a week"),
        ("本周使用次数已达上限", "a week"),
        ("monthly limit reached", "a month"),
        ("本月使用次数已达上限", "a month"),
        ("on RPDX, per days, biweekly", None),
        ("on input-images per min", None),
    ],
)
def test_a_window_that_seconds_do_not_lift_is_recognised(message: str, window: str | None) -> None:
    assert phrases.window_in(message) == window
