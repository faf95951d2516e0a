"""
Decides where the bytes of a picture go: reserved before the request, written aside, published whole.

`target_of` reads ``-o``; `reserve` proves that the place can be written and gives a `Reservation`; its blobs are
temporary files beside the destination until one of them is published. To add a kind of destination, add a target to
``targets`` and let the type checker name every ``match`` to extend.
"""

from cpa_image_cli.adapters.output.blob_file import BlobFile
from cpa_image_cli.adapters.output.reservation import Reservation, reserve
from cpa_image_cli.adapters.output.targets import (
    DeviceTarget,
    FileTarget,
    FolderTarget,
    IfExists,
    StreamTarget,
    Target,
    target_of,
)

__all__ = [
    "BlobFile",
    "DeviceTarget",
    "FileTarget",
    "FolderTarget",
    "IfExists",
    "Reservation",
    "StreamTarget",
    "Target",
    "reserve",
    "target_of",
]
