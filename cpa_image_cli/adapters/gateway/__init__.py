"""
Speaks to the gateway over HTTP.

``client`` sends and alone unwraps keys; ``exchange`` knows how far a request came when it breaks.
"""

from cpa_image_cli.adapters.gateway.client import Gateway, Reply, plain

__all__ = ["Gateway", "Reply", "plain"]
