"""
What a file's content credentials claim, as a value. Claims are quotations: anybody can write a manifest.

Whether the bytes are as signed can be computed by anybody, and is. Whether the signature is good, and whose, needs a
list of whom to trust; that is not judged here, and never claimed.
"""

from enum import StrEnum
from typing import TYPE_CHECKING

from cpa_image_cli.core.dataclass import dataclass

if TYPE_CHECKING:
    from cpa_image_cli.core.contracts.inspection import CredentialsObject


class Binding(StrEnum):
    """How the file's bytes stand to what was signed."""

    UNCHANGED = "unchanged"
    UNCHANGED_BUT_FOR_EXCLUDED = "unchanged_but_for_excluded"
    CHANGED = "changed"
    NOT_EXAMINED = "not_examined"

    @property
    def sentence(self) -> str:
        """Return it as a person is told."""
        return {
            Binding.UNCHANGED: "the bytes are as they were signed",
            Binding.UNCHANGED_BUT_FOR_EXCLUDED: "the bytes are as they were signed, but for ranges that were left out",
            Binding.CHANGED: "the bytes were changed after signing",
            Binding.NOT_EXAMINED: "bound to its bytes in a way that is not examined here",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """
    The newest manifest in a file.

    *signer* is the organisation that its certificate names, *generator* the program that wrote the manifest. *agents*
    are the models or programs that its actions name, *actions* what they did, each once, in order. *source_type* is
    IPTC's word for what kind of picture it claims to be. *signed_on* is a date, as far as the manifest tells one.
    """

    signer: str = ""
    generator: str = ""
    agents: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    source_type: str = ""
    signed_on: str = ""
    manifests: int = 1
    binding: Binding = Binding.NOT_EXAMINED

    def as_json(self) -> "CredentialsObject":
        """Return what ``inspect --json`` prints."""
        return {
            "signer": self.signer or None,
            "generator": self.generator or None,
            "agents": list(self.agents),
            "actions": list(self.actions),
            "source_type": self.source_type or None,
            "signed_on": self.signed_on or None,
            "manifests": self.manifests,
            "binding": self.binding.value,
        }
