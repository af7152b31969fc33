"""Real packets: a connection or datagram for each flow, and who answered."""

import errno
import select
import socket
import struct
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass

from tests.oracle.kernel.namespace import Namespace

BACKLOG = 1024
KINDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}
LONGEST = 256
# The module `socket` has no name for it.
IPV6_TRANSPARENT = 75


@dataclass(frozen=True)
class Flow:
    """One packet of a function, from an address of one of its subnets, and the answer that it waits for."""

    subnet: str
    source: str
    client_port: int
    destination: str
    protocol: str
    port: int

    def __str__(self) -> str:
        ends = f"{self.source} ({self.client_port}) -> {self.destination}"
        return f"{self.subnet}: {self.protocol} {ends} ({self.port})"


@dataclass(frozen=True)
class Answered:
    """Who answered: an interface's id or `internet`; None where nobody did."""

    by: str | None

    def __bool__(self) -> bool:
        return self.by is not None


def send(flows: Sequence[Flow], ends: Mapping[str, Namespace], seconds: float) -> list[Answered]:
    """Opens every flow at once and gives each the same time; whatever stands at an end answers with the end's name."""
    with ExitStack() as stack, select.epoll() as poll:
        table = _Sockets(poll, stack)
        services = {(flow.protocol, flow.port) for flow in flows}
        # Nothing opens connections to a function, and what listens there would take ports away from it.
        for name in ends.keys() - {flow.subnet for flow in flows}:
            with ends[name]:
                for protocol, port in services:
                    table.listen(name, protocol, port)
        for number, flow in enumerate(flows):
            with ends[flow.subnet]:
                table.open(number, flow)
        table.run(seconds)
        return [Answered(table.answers.get(number)) for number in range(len(flows))]


class _Sockets:
    """All sockets of one round, by file descriptor."""

    def __init__(self, poll: select.epoll, stack: ExitStack) -> None:
        self._poll = poll
        self._stack = stack
        self._listeners: dict[int, tuple[socket.socket, str]] = {}
        self._clients: dict[int, tuple[socket.socket, int, bool]] = {}
        self.answers: dict[int, str] = {}

    def listen(self, name: str, protocol: str, port: int) -> None:
        """A socket for both families. With a small backlog, unanswered calls would look like lost packets."""
        made = self._stack.enter_context(socket.socket(socket.AF_INET6, KINDS[protocol]))
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.setblocking(False)
        made.bind(("::", port))
        if protocol == "tcp":
            made.listen(BACKLOG)
        else:
            # To answer from the address that was asked, which may be any on the internet.
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVPKTINFO, 1)
            made.setsockopt(socket.IPPROTO_IPV6, IPV6_TRANSPARENT, 1)
        self._listeners[made.fileno()] = (made, name)
        self._poll.register(made.fileno(), select.EPOLLIN)

    def open(self, number: int, flow: Flow) -> None:
        family = socket.AF_INET6 if ":" in flow.destination else socket.AF_INET
        made = self._stack.enter_context(socket.socket(family, KINDS[flow.protocol]))
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if flow.protocol == "tcp":
            # A connection that is closed is forgotten at once, by connection tracking too.
            made.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        made.setblocking(False)
        made.bind((flow.source, flow.client_port))
        self._clients[made.fileno()] = (made, number, flow.protocol == "udp")
        refused = made.connect_ex((flow.destination, flow.port))
        if refused in (0, errno.EINPROGRESS):
            self._poll.register(made.fileno(), select.EPOLLIN)
            if flow.protocol == "udp":
                with suppress(OSError):
                    made.send(b"?")

    def run(self, seconds: float) -> None:
        """Serves both sides until every flow is answered or the time is over."""
        end = time.monotonic() + seconds
        while len(self.answers) < len(self._clients) and (left := end - time.monotonic()) > 0:
            self._serve(self._poll.poll(left))

    def _serve(self, events: Iterable[tuple[int, int]]) -> None:
        for descriptor, _ in events:
            if descriptor in self._listeners:
                self._answer(*self._listeners[descriptor])
            elif descriptor in self._clients:
                self._hear(descriptor)

    def _answer(self, listener: socket.socket, name: str) -> None:
        with suppress(BlockingIOError):
            if listener.type == socket.SOCK_STREAM:
                while True:
                    connection, _ = listener.accept()
                    self._stack.enter_context(connection)
                    connection.send(name.encode())
            while True:
                _, ancillary, _, sender = listener.recvmsg(LONGEST, LONGEST)
                asked = [(level, kind, data[:16] + bytes(4)) for level, kind, data in ancillary]
                with suppress(OSError):
                    listener.sendmsg([name.encode()], asked, 0, sender)

    def _hear(self, descriptor: int) -> None:
        client, number, lasts = self._clients[descriptor]
        try:
            name = client.recv(LONGEST).decode()
        except OSError:
            name = ""
        if name:
            self.answers[number] = name
        if name or not lasts:
            self._poll.unregister(descriptor)
