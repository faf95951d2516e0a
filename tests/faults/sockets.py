"""What the system knows about TCP connections on loopback."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Connection:
    """One end of a connection: ports, and how many bytes have arrived that its process has not read."""

    local: int
    remote: int
    unread: int


def connections() -> Iterator[Connection]:
    """Yield every IPv4 socket of this machine (proc(5), ``/proc/net/tcp``)."""
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _, local, remote, _, queues, *_ = line.split()
        yield Connection(*(int(word.rpartition(":")[2], 16) for word in (local, remote, queues)))


def visitors_of(port: int) -> int:
    """Return how many sockets are, or want to be, connected to *port*."""
    return sum(connection.remote == port for connection in connections())


def has_read_all(client: socket.socket) -> bool:
    """Whether the process at the other end of *client*, on this machine, has read all that arrived there."""
    here, there = client.getsockname()[1], client.getpeername()[1]
    found = [c for c in connections() if (c.local, c.remote) == (there, here)]
    return all(connection.unread == 0 for connection in found)
