"""
Remembers which secrets this process has read, so that they can be taken out of what is written in spite of everything.

A gateway's answers are cleaned where they arrive; this is for what nobody foresaw, such as the report of a bug. A
process has one set of them, so there is one `SECRETS`; whoever reads a secret says so.
"""

from cpa_image_cli.core.secret import Secret


class KnownSecrets:
    """The secrets that were read so far."""

    def __init__(self) -> None:
        self._known: set[Secret] = set()

    def remember(self, secret: Secret | None) -> None:
        """Have *secret* taken out from now on."""
        if secret:
            self._known.add(secret)

    def out_of(self, text: str) -> str:
        """Return *text* without any of them."""
        for secret in self._known:
            text = secret.out_of(text)
        return text


SECRETS = KnownSecrets()
"""Of this process."""
