"""
Examines everything between this program and a picture: settings, endpoint, machine, and on demand a real generation.

To add a check, write a function that takes an `Examination` and returns a `Verdict`, in the module of its group, and
give it a row in ``checks.CHECKS``. What several checks need is a step of `Examination`, done once; a step that fails
raises `Obstacle`, which names the check that reports it, and everything that builds on the step is skipped.
``running`` runs it all.
"""

from cpa_image_cli.doctor.checks import labels
from cpa_image_cli.doctor.examination import Completion, Examination, Question, TerminalFacts
from cpa_image_cli.doctor.running import examine, in_order, prepare
from cpa_image_cli.doctor.steps import Obstacle
from cpa_image_cli.doctor.wiring import examination_of

__all__ = [
    "Completion",
    "Examination",
    "Obstacle",
    "Question",
    "TerminalFacts",
    "examination_of",
    "examine",
    "in_order",
    "labels",
    "prepare",
]
