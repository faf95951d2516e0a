"""What making a picture needs of the world, handed in by whoever starts it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cpa_image_cli.adapters.gateway import Gateway
from cpa_image_cli.adapters.output import Reservation
from cpa_image_cli.core.job.events import JobEvent
from cpa_image_cli.core.pictures.picture import Picture

Emit = Callable[[JobEvent], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """
    What an attempt needs of the world.

    *clock* is monotonic, in seconds; *now* is the aware wall-clock time, for ``Retry-After`` dates. *nonce* gives a
    text no server can guess. *get_ready* is called when the request is out and there is time to load what the picture
    will need. *keep_frames* says that somebody looks at preview frames.
    """

    gateway: Gateway
    reservation: Reservation
    verify: Callable[..., Picture]
    clock: Callable[[], float]
    now: Callable[[], datetime]
    nonce: Callable[[], str]
    get_ready: Callable[[], None] = lambda: None
    keep_frames: bool = False
