"""
The table of checks, in the order in which they are shown. To add one, see the package's own words.

A check's id is a stable word for programs; `Obstacle` names checks by it.
"""

from collections.abc import Callable

from cpa_image_cli.core.dataclass import dataclass
from cpa_image_cli.core.findings import Group, Label, Verdict
from cpa_image_cli.doctor import address, connection, endpoint, live_checks, machine, settings
from cpa_image_cli.doctor.examination import Examination

Look = Callable[[Examination], Verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check: what it is called, and how it looks."""

    label: Label
    look: Look


def _checks(group: Group, *rows: tuple[str, str, Look]) -> tuple[Check, ...]:
    return tuple(Check(label=Label(id=id_, group=group, title=title), look=look) for id_, title, look in rows)


CHECKS: tuple[Check, ...] = (
    *_checks(
        Group.SETTINGS,
        ("config_file", "config file", settings.config_file_is_valid),
        ("config_private", "config private", settings.config_file_is_private),
        ("values", "values", settings.every_value_is_resolved),
        ("base_url", "base URL", settings.base_url_is_known),
        ("api_key", "API key", settings.api_key_is_known),
        ("pairing", "key and host", settings.key_belongs_to_the_host),
        ("model", "model", settings.model_is_no_image_model),
        ("openclaw", "OpenClaw", settings.openclaw_is_readable),
        ("openclaw_models", "models.json", settings.models_json_is_current),
    ),
    *_checks(
        Group.MACHINE,
        ("output_folder", "output folder", machine.output_folder_takes_pictures),
        ("data_folder", "data folder", machine.data_folder_takes_records),
        ("history", "history", machine.history_is_intact),
        ("graphics", "pictures shown", machine.terminal_draws_pictures),
        ("colour", "colour", machine.terminal_has_colours),
        ("chinese", "Chinese text", machine.chinese_takes_two_columns),
        ("completion", "completion", machine.completion_is_current),
        ("version", "version", machine.program_is_this_one),
    ),
    *_checks(
        Group.ENDPOINT,
        ("url_shape", "URL shape", address.url_has_the_right_shape),
        ("proxy", "proxy", address.no_proxy_is_in_the_way),
        ("name_resolution", "name", connection.name_is_resolved),
        ("tcp", "TCP", connection.port_is_open),
        ("tls", "TLS", connection.certificate_is_good),
        ("healthz", "/healthz", endpoint.gateway_is_alive),
        ("firewall", "web firewall", endpoint.no_web_firewall_answers),
        ("safe_mode", "safe mode", endpoint.gateway_is_not_in_safe_mode),
        ("path", "path", endpoint.path_leads_to_the_api),
        ("models", "/v1/models", endpoint.key_is_accepted),
        ("model_listed", "model listed", endpoint.model_is_listed),
        ("accounts", "accounts", endpoint.accounts_have_the_image_tool),
        ("responses", "/v1/responses", endpoint.responses_is_there),
        ("clock", "clock", endpoint.clocks_agree),
        ("round_trip", "round trip", endpoint.round_trip_is_short),
        ("habits", "seen before", endpoint.gateway_did_what_was_asked),
    ),
)

LIVE_CHECKS: tuple[Check, ...] = _checks(
    Group.LIVE,
    ("picture", "picture", live_checks.picture_arrives),
    ("image_tool", "image tool", live_checks.tool_is_offered),
    ("silence", "silence", live_checks.stream_is_not_silent),
    ("timing", "time taken", live_checks.time_is_told),
    ("delivered", "as asked", live_checks.picture_is_as_asked),
)
"""What one real generation shows; it costs what a small picture costs."""


def chosen(*, is_live: bool) -> tuple[Check, ...]:
    """Return the checks to do."""
    return (*CHECKS, *LIVE_CHECKS) if is_live else CHECKS


def labels(*, is_live: bool) -> tuple[Label, ...]:
    """Return what the checks are called, in order."""
    return tuple(check.label for check in chosen(is_live=is_live))
