"""
Examines everything between this program and a picture: settings, endpoint, machine, and on demand a real generation.

To add a check, write a function that takes a `Case` and returns a `Verdict`, in the module of its group, and give it a
row in ``checks.CHECKS``. What several checks need is a step of `Case`, done once; a step that fails raises `Obstacle`,
which names the check that reports it, and everything that builds on the step is skipped. ``examination`` runs it all.
"""

from cpa_image_cli.doctor.case import Case, Completion, Question, TerminalFacts
from cpa_image_cli.doctor.checks import labels
from cpa_image_cli.doctor.examination import examine, in_order, prepare

__all__ = ["Case", "Completion", "Question", "TerminalFacts", "examine", "in_order", "labels", "prepare"]
