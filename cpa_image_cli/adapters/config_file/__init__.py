"""
The file ``config.toml``: the values at its top, and those of named profiles.

``reading`` says what the file holds, ``complaints`` what is wrong with it and in which line, ``editing`` changes its
text without touching the rest, ``writing`` puts it on the disk. What keys there are stands in
``core/settings/config_keys.py``; nothing is to be changed here for a new one.
"""

from cpa_image_cli.adapters.config_file.complaints import nearest
from cpa_image_cli.adapters.config_file.reading import ConfigFile, checked, parsed, read

__all__ = ["ConfigFile", "checked", "nearest", "parsed", "read"]
