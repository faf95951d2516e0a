"""
Decides an order: what is sent, where the picture goes, what may be repeated. Nothing is open any more, nothing done.

Every way of making a picture comes through here, so a parameter, a check before sending or a rule about destinations
has this one place.
"""

from collections.abc import Iterator
from dataclasses import field, replace
from pathlib import Path
from typing import Any

from cpa_image_cli.adapters.output import IfExists, Target, target_of
from cpa_image_cli.core.agents import has_no_network
from cpa_image_cli.core.cost.prices import Prices
from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.job.events import OfJob
from cpa_image_cli.core.job.image_models import check_text_model, takes_fidelity
from cpa_image_cli.core.job.image_options import ImageOptions
from cpa_image_cli.core.job.job import Identity, Job
from cpa_image_cli.core.job.order import Order
from cpa_image_cli.core.job.retry import RetryPolicy
from cpa_image_cli.core.ledger.allowance import UNLIMITED, Allowance
from cpa_image_cli.core.notice import Notice
from cpa_image_cli.core.pictures.file_names import DEFAULT_TEMPLATE, GeneratedName, checked_template
from cpa_image_cli.core.pictures.formats import FORMATS
from cpa_image_cli.core.pictures.inputs import EDIT_INSTRUCTIONS, upload_notice
from cpa_image_cli.core.provenance.placement import Placement
from cpa_image_cli.core.settings.resolution import Origin
from cpa_image_cli.core.settings.settings import Settings
from cpa_image_cli.core.wire.body import json_body
from cpa_image_cli.core.wire.request import body_of
from cpa_image_cli.engine.inputs.gathering import NO_PICTURES, ReadyPictures
from cpa_image_cli.engine.inputs.memory import foretold_of
from cpa_image_cli.process.surroundings import Surroundings

WATCHED_FRAMES = "2"
"""Preview frames that are asked for when somebody watches a stream."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A place in a batch: *row* of *group*, still to be made after the run called *after* (None: after none)."""

    group: str
    row: str
    after: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """
    One picture, decided.

    *timeout* is that of one attempt, in seconds. *kept* is the folder for a picture that cannot go to *target*.
    *pictures* are those that go along. *is_direct*: the gateway is in this very process, where no proxy could reach
    it. *whose* is what tells its events from those of other plans that are carried out beside it. *claim* is its
    place in a batch. *provenance* says where the record of the picture goes, *prices* at which its cost is
    estimated. *allowance* and *max_requests* are the user's limits, in any time and of this command. *request_id* is
    under which it is made once; *ask_anyway* heeds no limit of others.
    """

    job: Job
    target: Target
    if_exists: IfExists
    kept: Path
    policy: RetryPolicy
    timeout: float
    pictures: ReadyPictures = NO_PICTURES
    is_direct: bool = False
    is_recorded: bool = True
    provenance: Placement = Placement.HISTORY
    prices: Prices | None = None
    profile: str | None = None
    whose: OfJob = field(default_factory=OfJob)
    claim: Claim | None = None
    allowance: Allowance = UNLIMITED
    max_requests: int | None = None
    request_id: str | None = None
    ask_anyway: bool = False


def plan_of(
    order: Order,
    settings: Settings,
    around: Surroundings,
    *,
    pictures: ReadyPictures = NO_PICTURES,
    watched: bool = False,
    sends: bool = True,
) -> Plan:
    """
    Return what *settings*, resolved with the overrides of *order*, make of it and its *pictures*.

    *watched* frames are asked for. It has no key if nothing *sends* it.

    Raises: UsageError for an image model in the place of the text model, and for more than a request may have;
    ConfigError for what is missing; OutputError.
    """
    job = job_of(order, settings, pictures=pictures, watched=watched)
    if order.scenario is None:
        job = replace(job, notices=(*job.notices, *foretold_of(job, around)))
    return Plan(
        job=replace(job, key=settings.require_key() if sends else None),
        pictures=pictures,
        target=_target(order, settings, around),
        if_exists=_if_exists(order, settings),
        kept=around.directories().kept,
        policy=RetryPolicy(
            retries=0 if has_no_network(around.environ) else settings.retries.value,
            max_wait=settings.max_wait.value,
            retry_unknown=settings.retry_unknown.value,
        ),
        timeout=settings.timeout.value,
        is_direct=order.scenario is not None,
        is_recorded=order.recorded,
        provenance=_provenance(order, settings),
        prices=_prices(settings),
        profile=settings.profile.value,
        allowance=settings.allowance,
        max_requests=settings.max_requests.value,
        request_id=order.request_id,
        ask_anyway=settings.ask_anyway.value,
    )


def _provenance(order: Order, settings: Settings) -> Placement:
    """Return where the record goes; who wants no history wants no record elsewhere either, unless it is named now."""
    is_named = settings.provenance.origin is Origin.FLAG
    return Placement(settings.provenance.value) if order.recorded or is_named else Placement.HISTORY


def _prices(settings: Settings) -> Prices | None:
    if settings.prices.value is None:
        return None
    from cpa_image_cli.adapters.files.price_table import prices_named

    return prices_named(settings.prices.value)


def job_of(order: Order, settings: Settings, *, pictures: ReadyPictures = NO_PICTURES, watched: bool = False) -> Job:
    """Return the job without its key, which looking at it needs none of. Raises: as `plan_of`."""
    if not order.allow_image_model:
        check_text_model(settings.model.value, source=settings.model.source)
    job = Job(
        prompt=order.prompt,
        model=settings.model.value,
        options=_options(order, settings, watched=watched),
        url=settings.responses_url(),
        gateway=settings.base_url.shown,
        identity=Identity(
            user_agent=settings.user_agent.value,
            version=settings.version.value,
            originator=settings.originator.value,
            session_id=settings.session_id.value,
            session_is_users=settings.session_is_users,
        ),
        key=None,
        instructions=_instructions(order, settings),
        stream=settings.stream.value,
        fetch_url=settings.fetch_url.value,
        extra_headers={header.name: header.value for header in settings.headers},
        model_source=_model_source(order, settings),
        gateway_source=settings.base_url.source,
        key_source=settings.api_key.place,
        inputs=pictures.inputs,
        mask=pictures.mask,
        text=pictures.text,
    )
    told = (*settings.warnings, *_elsewhere(order, job), *pictures.notices, *_upload(order, job))
    return replace(job, notices=told)


def _instructions(order: Order, settings: Settings) -> str:
    """Return what steers the text model: towards exactly one edit, unless somebody chose other words."""
    is_ours = settings.instructions.origin is Origin.DEFAULT
    return EDIT_INSTRUCTIONS if order.edit and is_ours else settings.instructions.value


def _upload(order: Order, job: Job) -> Iterator[Notice]:
    """Say what is to be known of a request with pictures. Raises: UsageError when it is larger than it may be."""
    if job.options.input_fidelity is not None and not takes_fidelity(job.options.image_model):
        words = f"{job.options.image_model} keeps what is sent closely by itself, and may refuse --input-fidelity"
        yield Notice(code="input_fidelity", message=words)
    notice = upload_notice(json_body(body_of(job)).length, most=order.handling.max_upload) if job.inputs else None
    if notice is not None:
        yield notice


def _model_source(order: Order, settings: Settings) -> str:
    """Return who named the model: for a run that is repeated it is that run, as long as nobody named another."""
    parent = order.parent
    is_its = parent is not None and parent.model == settings.model.value
    return f"run {parent.id}" if parent is not None and is_its else settings.model.source


def _options(order: Order, settings: Settings, *, watched: bool) -> ImageOptions:
    left: dict[str, Any] = dict.fromkeys(order.unasked)
    options = replace(settings.image_options(), **left)
    may_have_frames = settings.stream.value and FORMATS[options.output_format].previews
    wants_frames = watched and may_have_frames and options.partial_images is None
    return replace(options, partial_images=WATCHED_FRAMES) if wants_frames else options


def _elsewhere(order: Order, job: Job) -> tuple[Notice, ...]:
    """Say that *job* does not go where the run went that it comes from."""
    parent = order.parent
    if parent is None or parent.gateway == job.gateway:
        return ()
    message = f"the run {parent.id} went to {parent.gateway}; this one goes to {job.gateway}"
    return (Notice(code="another_gateway", message=message),)


def _if_exists(order: Order, settings: Settings) -> IfExists:
    wish = IfExists(settings.if_exists.value)
    return IfExists.ERROR if order.below is not None and wish is IfExists.OVERWRITE else wish


def _destination(order: Order, around: Surroundings) -> str | None:
    """Return the destination as it was meant; ``-`` is standard output, and an agent's is below a folder of its own."""
    if order.destination in (None, "-") or order.below is not None:
        return order.destination
    return around.written_out(order.destination)


def _target(order: Order, settings: Settings, around: Surroundings) -> Target:
    template = settings.name_template.value
    return target_of(
        _destination(order, around),
        working_directory=around.working_directory,
        folder=settings.output_dir.value,
        name=GeneratedName(
            prompt=order.prompt,
            model=settings.model.value,
            at=around.now().astimezone(),
            template=checked_template(template) if template else DEFAULT_TEMPLATE,
        ),
        # Not every stream has one: a notebook's has none.
        stdout=lambda: around.stdout.buffer,
        below=order.below,
    )
