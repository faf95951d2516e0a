"""What all findings together mean for a caller."""

import pytest

from cpa_image_cli.core.errors import Code, ConfigError, ExitStatus
from cpa_image_cli.core.findings import (
    Finding,
    Group,
    Label,
    Verdict,
    exit_status,
    failed,
    failed_with,
    passed,
    report,
    skipped,
    warned,
)


def finding(verdict: Verdict, *, check: str = "tls") -> Finding:
    return Finding(label=Label(id=check, group=Group.ENDPOINT, title=check.upper()), verdict=verdict)


def failures(*codes: Code) -> list[Finding]:
    return [finding(failed("no", "do", code)) for code in codes]


@pytest.mark.parametrize(
    ("codes", "status"),
    [
        ((), ExitStatus.OK),
        ((Code.BASE_URL_MISSING,), ExitStatus.CONFIG),
        ((Code.IMAGE_MODEL,), ExitStatus.CONFIG),
        ((Code.OUTPUT_UNWRITABLE,), ExitStatus.CONFIG),
        ((Code.KEY_REJECTED,), ExitStatus.AUTH),
        ((Code.CONNECTION_FAILED,), ExitStatus.GATEWAY),
        ((Code.TOOL_UNAVAILABLE,), ExitStatus.GATEWAY),
        ((Code.RATE_LIMITED,), ExitStatus.GATEWAY),
        ((Code.MODERATION,), ExitStatus.GATEWAY),
        ((Code.CHALLENGE, Code.KEY_REJECTED), ExitStatus.AUTH),
        ((Code.CHALLENGE, Code.KEY_REJECTED, Code.CONFIG_INVALID), ExitStatus.CONFIG),
    ],
)
def test_the_exit_status_is_of_what_has_to_be_put_right_first(codes: tuple[Code, ...], status: ExitStatus) -> None:
    well = [finding(passed("yes")), finding(warned("hm", "look")), finding(skipped("no way"))]

    assert exit_status([*well, *failures(*codes)]) is status


def test_only_three_statuses_are_ever_said_of_failures() -> None:
    assert {exit_status(failures(code)) for code in Code} == {ExitStatus.CONFIG, ExitStatus.AUTH, ExitStatus.GATEWAY}


def test_a_report_is_one_object() -> None:
    found = [finding(passed("yes")), finding(failed("no", "do", Code.KEY_REJECTED), check="models")]

    assert report(found) == {
        "schema": "cpa-image/doctor/1",
        "ok": False,
        "exit_status": 4,
        "findings": [
            {
                "check": "tls",
                "group": "endpoint",
                "title": "TLS",
                "status": "pass",
                "found": "yes",
                "advice": None,
                "code": None,
            },
            {
                "check": "models",
                "group": "endpoint",
                "title": "MODELS",
                "status": "fail",
                "found": "no",
                "advice": "do",
                "code": "key_rejected",
            },
        ],
    }


def test_an_error_is_a_verdict_with_its_own_hint_or_ours() -> None:
    assert failed_with(ConfigError("no", hint="do"), advice="ours") == failed("no", "do", Code.CONFIG_INVALID)
    assert failed_with(ConfigError("no"), advice="ours") == failed("no", "ours", Code.CONFIG_INVALID)
