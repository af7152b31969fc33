"""Network stacks of the Linux kernel, entered, wired and filtered from this process.

A namespace here has no name: this process holds it by a file descriptor alone. It is gone when that is closed, and
also when the process ends in whatever way, so nothing is ever left over and no two runs can meet.
"""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import TracebackType

CLONE_NEWNET = 0x40000000
NFTABLES = "libnftables.so.1"
# Devices that come later take these over: no reverse-path checks (AWS makes none), no redirects, IPv6 addresses that
# are usable at once, and errors as often as they happen, so that a stopped packet need not be waited for.
SETTINGS = {
    "ipv4/conf/all/rp_filter": "0",
    "ipv4/conf/default/rp_filter": "0",
    "ipv4/conf/all/send_redirects": "0",
    "ipv4/conf/default/send_redirects": "0",
    "ipv4/icmp_ratelimit": "0",
    "ipv6/icmp/ratelimit": "0",
    "ipv6/conf/default/accept_dad": "0",
    "ipv6/conf/default/accept_ra": "0",
    "ipv6/conf/default/addr_gen_mode": "1",
}
FORWARDING = {"ipv4/ip_forward": "1", "ipv6/conf/all/forwarding": "1"}


class KernelError(Exception):
    """The kernel, or the program that speaks to it, refused what the lab asked for."""


class Namespace:
    """One network stack; inside `with namespace:` sockets, settings and programs of this thread belong to it."""

    def __init__(self, *, forwards: bool) -> None:
        self._homes: list[int] = []
        with Path("/proc/thread-self/ns/net").open("rb") as home:
            _call(_libc().unshare, CLONE_NEWNET)
            try:
                self._descriptor = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
                for name, value in (SETTINGS | (FORWARDING if forwards else {})).items():
                    Path("/proc/sys/net", name).write_text(value)
            finally:
                _call(_libc().setns, home.fileno(), CLONE_NEWNET)

    @property
    def path(self) -> str:
        """Where another process finds it while this one lives."""
        return f"/proc/{os.getpid()}/fd/{self._descriptor}"

    def __enter__(self) -> None:
        self._homes.append(os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC))
        _call(_libc().setns, self._descriptor, CLONE_NEWNET)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        home = self._homes.pop()
        _call(_libc().setns, home, CLONE_NEWNET)
        os.close(home)

    def close(self) -> None:
        os.close(self._descriptor)

    def ip(self, lines: Iterable[str], *option: str) -> None:
        """Runs lines of the program `ip`, all in one process; rules in them are of IPv4 unless the option is `-6`."""
        text = "\n".join(lines)
        if not text:
            return
        with self:
            run = subprocess.run(
                ["ip", *option, "-batch", "-"], input=text, text=True, capture_output=True, check=False
            )
        if run.returncode:
            raise KernelError(f"{run.stderr}\nin\n{text}")

    def nft(self, text: str) -> None:
        """Adds rules, in the language of nftables."""
        library = _nftables()
        with self:
            context = library.nft_ctx_new(0)
            try:
                library.nft_ctx_buffer_error(context)
                if library.nft_run_cmd_from_buffer(context, text.encode()):
                    raise KernelError(f"{library.nft_ctx_get_error_buffer(context).decode()}\nin\n{text}")
            finally:
                library.nft_ctx_free(context)


def what_is_missing() -> str | None:
    """Why this machine cannot run the lab, in words; None where it can."""
    if not Path("/proc/thread-self/ns/net").exists():
        return "this is not Linux, or it hides its namespaces"
    if os.geteuid() != 0:
        return "only root may make network namespaces"
    if shutil.which("ip") is None:
        return "the program `ip` is not installed (Debian: iproute2)"
    try:
        _nftables()
    except OSError:
        return f"{NFTABLES} is not installed (Debian: nftables)"
    try:
        _try_once()
    except (OSError, KernelError) as error:
        return f"the kernel refuses: {str(error).splitlines()[0]}"
    return None


def _try_once() -> None:
    """What a lab needs of the kernel, once: a namespace, routing by rules, connection tracking, translation."""
    namespace = Namespace(forwards=True)
    try:
        namespace.ip(["rule add iif lo lookup 100 pref 30000", "route add throw 10.0.0.0/8 table 100"])
        namespace.ip(["rule add iif lo lookup 100 pref 30000", "route add throw 2000::/3 table 100"], "-6")
        namespace.nft(
            "table inet try {\n"
            " chain arrive { type filter hook prerouting priority -150; ct state established accept; }\n"
            " chain leave { type nat hook postrouting priority 100; meta nfproto ipv4 masquerade; }\n"
            "}\n"
        )
    finally:
        namespace.close()


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


@cache
def _nftables() -> ctypes.CDLL:
    library = ctypes.CDLL(NFTABLES)
    library.nft_ctx_new.argtypes = [ctypes.c_uint32]
    library.nft_ctx_new.restype = ctypes.c_void_p
    library.nft_ctx_free.argtypes = [ctypes.c_void_p]
    library.nft_ctx_buffer_error.argtypes = [ctypes.c_void_p]
    library.nft_run_cmd_from_buffer.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    library.nft_ctx_get_error_buffer.argtypes = [ctypes.c_void_p]
    library.nft_ctx_get_error_buffer.restype = ctypes.c_char_p
    return library


def _call(function: "ctypes._NamedFuncPointer", *arguments: int) -> None:
    if function(*arguments):
        raise OSError(ctypes.get_errno(), f"{function.__name__}: {os.strerror(ctypes.get_errno())}")
