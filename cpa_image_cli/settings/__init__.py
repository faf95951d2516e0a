"""
Builds the settings of one run from flags, environment, ``config.toml`` and OpenClaw.

``value_sources`` holds what can be asked, ``values`` and ``api_key`` how each kind of source is asked, ``resolving``
puts the answers together. Which sources a setting has, and in which order, stands in ``core/settings/settings.py``.
"""

from cpa_image_cli.settings.resolving import extension_of, resolve_settings, with_ledger
from cpa_image_cli.settings.value_sources import OwnGateway

__all__ = ["OwnGateway", "extension_of", "resolve_settings", "with_ledger"]
