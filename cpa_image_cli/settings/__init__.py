"""
Builds the settings of one run from flags, environment, ``config.toml`` and OpenClaw.

``places`` holds what can be asked, ``values`` and ``keys`` how each kind of source is asked, ``settings_of_run`` puts
the answers together. Which sources a setting has, and in which order, stands in ``core/settings/settings.py``.
"""

from cpa_image_cli.settings.resolving import resolve_settings

__all__ = ["resolve_settings"]
