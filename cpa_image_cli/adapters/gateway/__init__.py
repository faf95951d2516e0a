"""
Speaks to the gateway over HTTP.

``client`` sends and alone unwraps keys; ``exchange`` knows how far a request came when it breaks.
"""

from cpa_image_cli.adapters.gateway.client import MAX_ANSWER, Answer, Gateway, Get, Post, Reply

__all__ = ["MAX_ANSWER", "Answer", "Gateway", "Get", "Post", "Reply"]
