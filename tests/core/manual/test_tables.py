import ast
import re
from pathlib import Path

import pytest

import cpa_image_cli
from cpa_image_cli.core.errors import MAY_HAVE_BILLED, Code, ExitStatus
from cpa_image_cli.core.manual.failures import Repeated, fates, repeated
from cpa_image_cli.core.manual.page import Row
from cpa_image_cli.core.manual.statuses import MEANINGS, codes_of
from cpa_image_cli.core.manual.variables import as_data, meaning_of, variables

PACKAGE = Path(cpa_image_cli.__file__).parent

ABOUT_THE_TERMINAL = re.compile(r"TERM.*|.*TERM.*|TMUX|SSH_.*|WT_SESSION|KITTY.*|COLORTERM|LINES|TTY_COMPATIBLE")
OF_OTHERS = re.compile(
    r"PATH|FPATH|ZDOTDIR|PSModulePath|BASH_COMPLETION_USER_DIR|CLAWDBOT_.*|PI_.*|OPENCLAW_(HOME|AGENT_DIR)"
)
"""Variables by which terminals and other programs say what they are: nobody sets them for us."""


def test_every_status_has_a_meaning() -> None:
    assert set(MEANINGS) == set(ExitStatus)


def test_a_status_knows_its_code_words() -> None:
    assert codes_of(ExitStatus.AUTH) == (Code.KEY_REJECTED, Code.UPSTREAM_LOGIN, Code.PERMISSION_DENIED)


@pytest.mark.parametrize(
    ("code", "who"),
    [
        (Code.RATE_LIMITED, Repeated.BY_ITSELF),
        (Code.CONNECTION_FAILED, Repeated.BY_ITSELF),
        (Code.TIMEOUT, Repeated.IF_ALLOWED),
        (Code.KEY_REJECTED, Repeated.NEVER),
        (Code.USAGE, Repeated.NEVER),
    ],
)
def test_who_repeats_a_failure_is_what_the_policy_decides(code: Code, who: Repeated) -> None:
    assert repeated(code) is who


def test_what_may_have_billed_is_never_repeated_unasked() -> None:
    told = {fate.code: fate for fate in fates()}

    assert {code for code, fate in told.items() if fate.may_have_billed} == MAY_HAVE_BILLED
    assert {told[code].repeated for code in MAY_HAVE_BILLED} <= {Repeated.IF_ALLOWED, Repeated.NEVER}


def test_a_failure_is_told_to_programs_with_what_to_do() -> None:
    (told,) = (fate.as_json() for fate in fates() if fate.code is Code.TIMEOUT)

    assert told == {
        "code": "timeout",
        "exit_status": 8,
        "meaning": "`--timeout` ran out",
        "may_have_billed": True,
        "worth_retrying": True,
        "repeated": "with --retry-unknown",
        "hint": told["hint"],
    }
    assert "--timeout" in told["hint"]


def test_variables_are_told_in_the_order_in_which_they_are_asked() -> None:
    names = [one.name for one in variables() if one.setting == "base_url"]

    assert names == ["IMAGE_GEN_BASE_URL", "OTCBOT_BASE_URL", "CPA_BASE_URL", "OPENAI_BASE_URL"]
    assert meaning_of("OTCBOT_BASE_URL") == "base URL of the gateway, if IMAGE_GEN_BASE_URL is not set"
    assert meaning_of("IMAGE_GEN_KEY") == "API key; empty: none is sent"


def test_a_variable_of_no_setting_says_so_to_programs() -> None:
    assert {"name": "NO_COLOR", "meaning": meaning_of("NO_COLOR")} in as_data()


def test_every_variable_that_the_program_reads_is_told() -> None:
    known = {one.name for one in variables()}
    read = {name for path in PACKAGE.rglob("*.py") for name in _looked_up(path.read_text(encoding="utf-8"))}

    assert {name for name in read - known if not (ABOUT_THE_TERMINAL.fullmatch(name) or OF_OTHERS.fullmatch(name))} == (
        set()
    )


def _looked_up(source: str) -> set[str]:
    """Return the names that *source* looks up in something called environ."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and re.search(r"environ\.get$", ast.unparse(node.func)):
            key: ast.expr = node.args[0]
        elif isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("environ"):
            key = node.slice
        else:
            continue
        if isinstance(key, ast.Constant):
            found.add(str(key.value))
    return found


def test_an_option_is_spoken_of_by_its_long_name() -> None:
    assert Row(names=("-o", "--output")).long == "--output"
    assert Row(names=("-1",)).long == "-1"
