"""Certificates made for one test, by an authority that nobody else knows."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

NAME = "127.0.0.1"


class Authority:
    """Signs what it is asked to; *file* is what a user would give to SSL_CERT_FILE."""

    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA(organization_name="Test Authority")
        self.file = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(str(self.file))

    def server(
        self, *names: str, not_before: datetime | None = None, not_after: datetime | None = None
    ) -> ssl.SSLContext:
        """Return a server's context for *names*, those of the loopback address if none is given."""
        certificate = self._authority.issue_cert(*(names or (NAME,)), not_before=not_before, not_after=not_after)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        return context


def days_from_now(days: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)
