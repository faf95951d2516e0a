"""
Decides which words, in English and in Chinese, speak of money, of the safety system or of a window of time.

Gateways wrap their upstream's error in codes and statuses of their own, so often the sentence alone tells. To learn
another wording, add it to the table of what it means; all of them are compared in lower case.
"""

import re
from collections.abc import Mapping

QUOTA_CODES = (
    r"insufficient_?(?:user_?|account_?|token_?)?(?:quota|balance|credits?|funds?)"
    r"|(?:quota|balance|credits?|budget)_?(?:exceeded|exhausted|insufficient|not_?enough|depleted|used_?up)"
    r"|(?:not_?enough|out_?of)_?(?:quota|balance|credits?|funds?)"
    r"|pre_?consume_?token_?quota_?failed|billing_?(?:error|hard_?limit_?reached|not_?active)|payment_?required"
    r"|usage_?not_?included|deactivated_?workspace|arrearage|account_?(?:overdue|arrears)"
)
"""Codes and types, whole: one-api and its children, LiteLLM, OpenAI, Anthropic, the clouds of Aliyun and Volcengine."""

QUOTA = (
    *("insufficient balance", "insufficient account balance", "insufficient quota", "insufficient credit"),
    *("insufficient funds", "not enough credit", "not enough balance", "not enough quota", "balance is not enough"),
    *("out of credit", "no credits", "credits exhausted", "ran out of credit", "credit balance is too low"),
    *("exceeded your current quota", "quota is not enough", "quota has been exhausted", "quota has been used up"),
    *(
        "recharge",
        "please top up",
        "top up your",
        "top-up",
        "payment required",
        "spending limit",
        "spend limit",
        "in arrears",
    ),
    *("billing hard limit", "add a payment method", "check your billing", "check your plan and billing"),
    *("余额", "餘額", "额度不足", "額度不足", "额度不够", "額度不夠", "额度已用", "額度已用", "额度用尽", "額度用盡"),
    *("额度用完", "額度用完", "额度耗尽", "額度耗盡", "额度已耗尽", "額度已耗盡", "没有额度", "無額度", "无可用额度"),
    *("配额", "配額", "欠费", "欠費", "充值", "续费", "續費", "付费", "付費"),
)
"""Parts of sentences after which waiting a minute does not help, unless they go on to name a wait."""

MODERATION_CODES = (
    r"moderation_?(?:blocked|failed|error)|content_?(?:policy_?violation|filter(?:ed)?|moderation|blocked|violation)"
    r"|\w*_?policy_?violation|cyber_?policy|bio_?policy|invalid_?prompt|responsibleaipolicyviolation"
    r"|\w*sensitive_?content\w*|datainspectionfailed|data_?inspection_?failed|prohibited_?content|image_?safety"
    r"|safety_?(?:violation|blocked|error)|inappropriate_?content"
)
"""Codes and types, whole: OpenAI, Azure, Google, Aliyun, Volcengine."""

MODERATION = (
    *("safety system", "safety_violations=", "content management policy", "content policy", "content filter"),
    *("content filtering policy", "content moderation", "responsible ai", "usage policies", "safety policies"),
    *("inappropriate content", "sensitive content", "sensitive word", "prohibited content", "violates our"),
    *(
        "内容审核",
        "內容審核",
        "内容安全",
        "內容安全",
        "审核未通过",
        "審核未通過",
        "违规",
        "違規",
        "敏感",
        "不当内容",
        "不當內容",
    ),
)
"""Parts of sentences with which a safety system says no."""

OF_SOMETHING_ELSE = (
    *("case sensitive", "case-sensitive", "大小写敏感", "大小寫敏感"),
    *("账号", "帳號", "账户", "帳戶", "用户已", "令牌", "密钥", "封禁", "封号"),
)
"""Words beside which those of the safety system are about spelling, or about an account that was closed."""

WINDOWS: Mapping[str, str] = {
    "five hours": r"\b(?i:5|five)[- ]?(?i:hours?|hr?s?)\b|5 ?(?:个|個)?(?:小时|小時)",
    "a day": r"\b(?:(?i:per day|daily|24[- ]hours?)|[RTI]PD)\b|每日|每天|今日|今天|[当當单單]日",
    "a week": r"\b(?i:per week|weekly|(?:7|seven)[- ]days?)\b|[每本][周週]|[周週](?:限|额|額|度)",
    "a month": r"\b(?i:per month|monthly|30[- ]days?)\b|[每本当當]月|月(?:限|额|額|度)",
}
"""
Words for a limit that seconds do not lift, by the window it is one of.

A wait that is named all the same is true: such a bucket fills evenly.
"""


def window_in(message: str) -> str | None:
    """Return the window of time that a limit in *message* is one of, if seconds do not lift it."""
    return next((window for window, words in WINDOWS.items() if re.search(words, message, re.ASCII)), None)
