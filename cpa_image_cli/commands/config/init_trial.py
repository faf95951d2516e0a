"""
Tries what is about to be written, before it is: the doctor's checks of the endpoint, which cost nothing.

The content is tried as a config file of its own, with the answers as flags, so that what goes before the file in the
environment is not what gets tried.
"""

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from cpa_image_cli.commands.config.init_answers import Answers
from cpa_image_cli.commands.dialogue.stdio import write_drawn, write_line
from cpa_image_cli.core.findings import Finding, Group, Status, Verdict
from cpa_image_cli.core.settings.resolution import Origin
from cpa_image_cli.core.settings.settings import SOURCES, Settings
from cpa_image_cli.doctor.checks import CHECKS, Check
from cpa_image_cli.doctor.examination import Examination, Question
from cpa_image_cli.doctor.steps import Obstacle
from cpa_image_cli.doctor.wiring import examination_of
from cpa_image_cli.process.surroundings import Surroundings

OF_SETTINGS = frozenset({"values", "base_url", "api_key", "pairing", "model"})
WORTH_A_LINE = frozenset({"models", "model_listed", "responses"})
"""Checks that say something when they pass; of the others only what is wrong is told."""


def tried(text: str, answers: Answers, settings: Settings, around: Surroundings) -> list[Finding]:
    """
    Return what the checks find that matter to a person, when *text* is the config file.

    *settings* are what holds before: an answer that agrees with them needs no flag, and keeps where it comes from.
    """
    with tempfile.TemporaryDirectory(prefix="cpa-image-") as folder:
        draft = Path(folder) / "config.toml"
        # Before there is anything in it.
        draft.touch(mode=0o600)
        draft.write_text(text, encoding="utf-8", newline="")
        directories = replace(around.directories(), config=Path(folder))
        trial = replace(around, directories=lambda: directories, environ=_environ(answers, around))
        flags = {
            "profile": answers.profile,
            "base_url": answers.base_url if answers.base_url != settings.base_url.value else None,
            "model": answers.model if answers.model != settings.model.value else None,
        }
        case = examination_of(Question(around=trial, program=Path(sys.executable), flags=flags))
        try:
            return list(_findings(case))
        finally:
            case.close()


def _environ(answers: Answers, around: Surroundings) -> dict[str, str]:
    """Return the variables without the keys in them that would go before the one that was answered."""
    if not answers.tells_key or answers.keeps_key:
        return dict(around.environ)
    keys = {source.name for source in SOURCES["api_key"] if source.origin is Origin.ENVIRONMENT} - {answers.api_key_env}
    environ = {name: value for name, value in around.environ.items() if name not in keys}
    return environ | ({"IMAGE_GEN_KEY": ""} if answers.has_no_key else {})


def _findings(case: Examination) -> Iterator[Finding]:
    for check in CHECKS:
        if check.label.group is Group.ENDPOINT or check.label.id in OF_SETTINGS:
            verdict = _verdict(check, case)
            is_news = verdict is not None and verdict.status in (Status.WARN, Status.FAIL)
            if verdict is not None and (is_news or check.label.id in WORTH_A_LINE):
                yield Finding(label=check.label, verdict=verdict)


def _verdict(check: Check, case: Examination) -> Verdict | None:
    """Return what *check* finds; None when something is in its way that another check tells."""
    try:
        return check.look(case)
    except Obstacle as obstacle:
        return obstacle.verdict if obstacle.check == check.label.id else None


def show(findings: list[Finding], around: Surroundings) -> None:
    """Show *findings* on standard error, as the doctor would."""
    from cpa_image_cli.ui.console import composed, console_on
    from cpa_image_cli.ui.doctor.rows import WIDEST, as_lines, drawn, rows_of

    if around.stderr.isatty():
        console = console_on(around.stderr, around.environ)
        width = min(console.width, WIDEST)
        write_drawn(
            around.stderr, composed(console, drawn("", list(rows_of(findings)), width=width), width=width).rstrip()
        )
        return
    for finding in findings:
        for line in as_lines(finding):
            write_line(around.stderr, line)
