"""The AWS emulator: moto's server in this process, on a free port of the loopback interface.

While it runs, the environment shows neither the machine's AWS settings nor a proxy: whatever a client is told, and
whatever it is not told, it finds made-up credentials and the emulator's address.
Source: https://docs.getmoto.org (server mode), boto3's "Configuration" guide (environment variables).
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Thread
from typing import Any, Literal, get_args
from urllib.request import Request, urlopen

from moto.backends import get_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from vpcreach.demo.lessons import ANSWERS_WITHOUT_BACKEND, taught

Service = Literal["ec2", "iam", "lambda", "logs", "rds", "route53", "route53resolver", "sts"]

ACCOUNT = "111122223333"
KEY = "demo"
_LOOPBACK = "127.0.0.1"
_SERVICES: tuple[Service, ...] = get_args(Service)
_OF_THE_MACHINE = re.compile(r"(AWS|BOTO|MOTO)_.*|.*_PROXY", re.IGNORECASE)


@contextmanager
def emulated() -> Iterator[str]:
    """The address of an emulator whose account is empty but for what AWS itself puts there.

    Its ids are the same in every run.
    """
    with taught(), _served() as endpoint_url, _sealed(_settings(endpoint_url)):
        _empty_the_account()
        with urlopen(Request(f"{endpoint_url}/moto-api/seed?a={ACCOUNT}", method="POST")):
            pass
        try:
            yield endpoint_url
        finally:
            _empty_the_account()


def _settings(endpoint_url: str) -> dict[str, str]:
    return {
        "AWS_ACCESS_KEY_ID": KEY,
        "AWS_SECRET_ACCESS_KEY": KEY,
        "AWS_ENDPOINT_URL": endpoint_url,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": _LOOPBACK,
        "MOTO_ACCOUNT_ID": ACCOUNT,
        "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",  # a second of work for images that nothing here starts
    }


@contextmanager
def _sealed(settings: Mapping[str, str]) -> Iterator[None]:
    """Takes the machine's settings out of the environment and puts these in; undone at the end."""
    kept = {name: os.environ.pop(name) for name in list(os.environ) if _OF_THE_MACHINE.fullmatch(name)}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name in settings:
            os.environ.pop(name, None)
        os.environ.update(kept)


def _empty_the_account() -> None:
    # Not moto's own reset, which would also take what others in this process keep in other accounts.
    for service in _SERVICES:
        get_backend(service).pop(ACCOUNT, None)


@contextmanager
def _served() -> Iterator[str]:
    server = make_server(_LOOPBACK, 0, _Emulator(create_backend_app), threaded=True, request_handler=_Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, name="vpcreach-demo", daemon=True)
    thread.start()
    try:
        yield f"http://{_LOOPBACK}:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Emulator(DomainDispatcherApplication):
    """moto's server, which also answers for a service of which moto knows nothing."""

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        answer = ANSWERS_WITHOUT_BACKEND.get(environ["PATH_INFO"])
        if answer is None:
            try:
                return super().__call__(environ, start_response)
            except AttributeError:
                # So moto ends where a path belongs to no service that it knows; AWS would say it in its own words.
                start_response("404 Not Found", [("Content-Type", "application/json")])
                return [b'{"message": "the emulator knows no such service"}']
        start_response("200 OK", [("Content-Type", "application/json")])
        return [answer]


class _Handler(MotoRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Says nothing of a request unless it failed."""
        if type != "info":
            super().log(type, message, *args)
