"""The studio of a user: jobs that live in the ledger and in processes of their own, settings as they are configured."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cpa_image_cli.adapters.ledger import History
from cpa_image_cli.core.errors import Code, ConfigError, CpaImageError, UsageError
from cpa_image_cli.core.gateway.endpoint import shown_url
from cpa_image_cli.core.job import image_options
from cpa_image_cli.core.job.order import Order
from cpa_image_cli.core.ledger.result import outcome_of
from cpa_image_cli.core.ledger.run import SCHEMA, Run, RunState
from cpa_image_cli.core.ledger.selection import Selection
from cpa_image_cli.core.pictures.formats import FORMATS
from cpa_image_cli.engine.elsewhere.settling import settled
from cpa_image_cli.mcp.studio import Begun, Ended, Running, Shown
from cpa_image_cli.process.surroundings import Surroundings
from cpa_image_cli.settings import resolve_settings

if TYPE_CHECKING:
    from cpa_image_cli.core.contracts.agent_settings import AgentSettingsObject
    from cpa_image_cli.core.contracts.settings import ProblemObject
    from cpa_image_cli.core.settings.settings import Settings

HANDED_ON = (
    "Programs that start a server hand on few variables: put `base_url` and `api_key_command` (or `api_key_env`) into "
    "the config file, as `cpa-image config init` does, or see `cpa-image mcp --help`."
)

_NOT_CONFIGURED = frozenset({Code.BASE_URL_MISSING, Code.KEY_MISSING})

Begin = Callable[[Order], Begun]
"""Begins what an order says in a process of its own; returns the job. Raises: CpaImageError."""


class LedgerStudio:
    """
    Where tools work for the user of *around*; *allowed* are folders beside that of their pictures.

    *begin* starts a job.
    """

    def __init__(self, around: Surroundings, *, allowed: Sequence[Path], begin: Begin) -> None:
        self._around = around
        self._allowed = allowed
        self._begin = begin
        self._ledger = History(around.directories().history_file)
        self._pictures: Path | None = None

    @property
    def roots(self) -> Sequence[Path]:
        """The folder of pictures, as it is configured when it is first asked for, and those that were allowed."""
        if self._pictures is None:
            self._pictures = Path(self._settings().output_dir.value).absolute()
        return (self._pictures, *self._allowed)

    def begin(self, order: Order) -> Begun:
        """Return the job that makes what *order* says. Raises: CpaImageError."""
        try:
            return self._begin(order)
        except ConfigError as error:
            if error.code not in _NOT_CONFIGURED:
                raise
            raise ConfigError(error.message, code=error.code, hint=f"{error.hint} {HANDED_ON}") from error

    def standing(self, job: str) -> Running | Ended:
        """Return how *job* stands. Raises: UsageError if there is none."""
        settled(self._around)
        run = self._run(job)
        if run.state is not RunState.RUNNING:
            return Ended(result=dict(outcome_of(run).as_json()))
        elapsed = (self._around.now() - run.started_at).total_seconds()
        return Running(job=run.id, elapsed_s=max(0.0, elapsed), expected_s=self._expected(run))

    def picture(self, job: str) -> Path:
        """Return where the picture of *job* lies. Raises: UsageError if it has none."""
        run = self._run(job)
        if run.output is None:
            raise UsageError(f"the job {run.id} has no picture", hint="Ask `picture_result` how it ended.")
        return run.output

    def earlier(self, *, limit: int, search: str | None) -> Shown:
        """Return the last runs, newest first."""
        runs = self._ledger.recent(limit, Selection(containing=search or ""))
        return {"schema": SCHEMA, "runs": [run.as_json(missing=_is_missing(run)) for run in runs]}

    def settings(self) -> Shown:
        """Return what will be used."""
        settings = self._settings()
        shown: AgentSettingsObject = {
            "schema": "cpa-image/agent-settings/1",
            "folders": [str(root) for root in self.roots],
            "gateway": shown_url(settings.base_url.value) if settings.base_url.value else None,
            "model": settings.model.value,
            "defaults": {
                "format": settings.output_format.value,
                **{name: resolved.value for name, resolved in settings.image.items()},
            },
            "known": {
                "format": list(FORMATS),
                **{name: list(flag.known) for name, flag in image_options.flags() if flag.known},
            },
            "expected_s": self._usual(settings),
            "problems": list(_problems(settings)),
        }
        return dict(shown)

    def _settings(self) -> "Settings":
        return resolve_settings({}, self._around, run_key_command=False)

    def _run(self, job: str) -> Run:
        return self._ledger.find([job])[0]

    def _expected(self, run: Run) -> float | None:
        size, quality = (run.parameters.get(name) for name in ("size", "quality"))
        return self._estimated(run.model, str(size) if size else None, str(quality) if quality else None)

    def _usual(self, settings: "Settings") -> float | None:
        size, quality = (settings.image[name].value for name in ("size", "quality"))
        return self._estimated(settings.model.value, size, quality)

    def _estimated(self, model: str, size: str | None, quality: str | None) -> float | None:
        estimate = self._ledger.estimate(model, size, quality)
        return round(estimate.median, 1) if estimate and estimate.claims_something else None


def _is_missing(run: Run) -> bool:
    try:
        return run.output is not None and not run.output.exists()
    except OSError:
        return False


def _problems(settings: "Settings") -> "Iterator[ProblemObject]":
    for require in (settings.require_base_url, settings.require_key, settings.image_options):
        try:
            require()
        except CpaImageError as error:
            yield {"code": error.code.word, "message": error.message, "hint": error.hint}
