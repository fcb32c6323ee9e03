"""Real mail servers on this machine: dovecot for mailboxes, where it is installed, aiosmtpd to send to."""

# ruff: noqa: ARG002, N802 - what a handler is called, and takes, is the library's

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import os
import shutil
import smtplib
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from imapclient import IMAPClient

from desk.git.place import Place
from desk.post import imap
from desk.post.imap import Mailbox
from desk.post.secrets import Secret
from desk.post.servers import Auth, Security, Server, context
from tests.conftest import DOVECOT, MAIL_REQUIRED

TOKEN_KEY = b"the key of the tests' identity provider"
SECRET = Secret("secret", "the tests")
SESAME = "correct-horse-4711"
"""As good as `secret`, and found nowhere else: for tests that look where it is."""
CONFIG = """
base_dir = {top}/run
state_dir = {top}/state
log_path = {top}/log
protocols = imap lmtp
listen = 127.0.0.1, 127.0.0.2
ssl = yes
ssl_cert = <{top}/cert.pem
ssl_key = <{top}/key.pem
disable_plaintext_auth = no
auth_mechanisms = plain xoauth2 oauthbearer
auth_failure_delay = 0
mail_location = maildir:{top}/mail/%u
mail_uid = {user}
mail_gid = {group}
first_valid_uid = 1
first_valid_gid = 0
default_internal_user = {internal}
default_login_user = {login}
lmtp_save_to_detail_mailbox = no
recipient_delimiter = +
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {top}/oauth2.conf
}}
passdb {{
  driver = static
  args = password=secret
}}
passdb {{
  driver = static
  args = password={sesame}
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={top}/mail/%u
}}
service imap {{
  service_count = 100
}}
service imap-login {{
  service_count = 0
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service anvil {{
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
namespace inbox {{
  inbox = yes
}}
local 127.0.0.2 {{
  imap_capability = IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE
}}
"""


class Ports(NamedTuple):
    imap: int
    imaps: int
    lmtp: int


class Dovecot(NamedTuple):
    """A running server; every user there is logs in with `secret`, with SESAME, or with a token of their own."""

    top: Path
    ports: Ports
    tls: ssl.SSLContext

    def server(self, user: str, security: Security = "tls", auth: Auth = "password", host: str = "localhost") -> Server:
        port = self.ports.imaps if security == "tls" else self.ports.imap
        return Server("imap", host, port, security, user, auth)

    def deliver(self, user: str, *mails: bytes) -> None:
        """Bring mails into the user's mailbox, as a mail server would (LMTP)."""
        with smtplib.LMTP("127.0.0.1", self.ports.lmtp) as client:
            for mail in mails:
                client.sendmail("", [user], mail)


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a certificate for localhost, and its key."""
    top = tmp_path_factory.mktemp("certificate")
    new = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-days",
        "2",
    ]
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1,IP:127.0.0.2"]
    files = ["-keyout", str(top / "key.pem"), "-out", str(top / "cert.pem")]
    subprocess.run([*new, *names, *files], check=True, capture_output=True)
    return top


@pytest.fixture(scope="session")
def dovecot(certificate: Path) -> Iterator[Dovecot]:
    """One server for all tests of a run; each test takes a user of its own."""
    if not DOVECOT:
        assert not MAIL_REQUIRED, "dovecot is not installed"
        pytest.skip("dovecot is not installed")
    # Its sockets' paths must be short, and its own users must be able to go in.
    top = Path(
        subprocess.run(
            ["mktemp", "-d", "/tmp/desk-dovecot.XXXXXX"], check=True, capture_output=True, text=True
        ).stdout.strip()
    )
    try:
        yield from _running(top, certificate)
    finally:
        shutil.rmtree(top, ignore_errors=True)


def _running(top: Path, certificate: Path) -> Iterator[Dovecot]:
    top.chmod(0o755)
    for name in ("cert.pem", "key.pem"):
        shutil.copy(certificate / name, top / name)
    keys = top / "keys/default/HS256"
    keys.mkdir(parents=True)
    (keys / "default").write_bytes(base64.b64encode(TOKEN_KEY))
    (top / "oauth2.conf").write_text(
        f"introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={top}/keys/\nusername_attribute = email\n",
        encoding="utf-8",
    )
    ports = Ports(free_port(), free_port(), free_port())
    root = os.geteuid() == 0
    user, group = ("mail", "mail") if root else (str(os.getuid()), str(os.getgid()))
    internal, login = ("dovecot", "dovenull") if root else (user, user)
    (top / "mail").mkdir()
    if root:
        shutil.chown(top / "mail", user, group)
    text = CONFIG.format(
        top=top, user=user, group=group, internal=internal, login=login, sesame=SESAME, **ports._asdict()
    )
    (top / "dovecot.conf").write_text(text, encoding="utf-8")
    started = subprocess.Popen(
        [DOVECOT, "-F", "-c", str(top / "dovecot.conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _await_port(ports.imaps)
        _await_port(ports.lmtp)
        yield Dovecot(top, ports, context(str(top / "cert.pem")))
    finally:
        started.terminate()
        started.wait(30)


def _await_port(port: int) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise AssertionError(f"nothing listens on {port}")


def token(user: str, seconds: int = 600) -> str:
    """An access token for a user, as the tests' identity provider signs it (HS256)."""

    def part(value: Any) -> bytes:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

    now = int(time.time())
    claims = {"email": user, "iat": now - 60, "exp": now + seconds, "sub": user}
    told = part({"alg": "HS256", "typ": "JWT", "kid": "default"}) + b"." + part(claims)
    signed = hmac.new(TOKEN_KEY, told, hashlib.sha256).digest()
    return (told + b"." + base64.urlsafe_b64encode(signed).rstrip(b"=")).decode()


@pytest.fixture
def mailbox(dovecot: Dovecot, request: pytest.FixtureRequest) -> Iterator[Mailbox]:
    """The mailbox of a user of this test alone, logged in."""
    box = imap.connect(dovecot.server(user_of(request)), SECRET, dovecot.tls)
    yield box
    box.close()


@pytest.fixture
def colleague(dovecot: Dovecot, request: pytest.FixtureRequest) -> Iterator[IMAPClient]:
    """Somebody else who has the same mailbox open, in a mail program."""
    other = IMAPClient("127.0.0.1", dovecot.ports.imap, ssl=False)
    other.login(user_of(request), "secret")
    other.select_folder("INBOX")
    yield other
    other.logout()


def user_of(request: pytest.FixtureRequest) -> str:
    """A user that no other test has."""
    return hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:12] + "@ncpeh.example"


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    return user_of(request)


class Fault(NamedTuple):
    """What the server says instead of yes, and where; an empty answer breaks the connection."""

    at: str
    answer: str


class Recorder:
    """Takes mail, and fails as it is told to."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []
        self.faults: list[Fault] = []
        self.logins: list[str] = []

    def _answer(self, server: SMTP, at: str) -> str:
        fault = next((f for f in self.faults if f.at == at), None)
        if fault is None:
            return "250 OK"
        if not fault.answer:
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return fault.answer or "451 gone"

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self._answer(server, "mail")

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._answer(server, "rcpt")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        answer = self._answer(server, "dot")
        if answer.startswith("250") or Fault("dot", "") in self.faults:
            self.taken.append(envelope)
        return answer

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        """Everybody whose password is `secret`."""
        self.logins.append(mechanism)
        fine = isinstance(data, LoginPassword) and data.password == b"secret"
        return AuthResult(success=fine, handled=fine)


class _TokenServer(SMTP):
    """Knows XOAUTH2 and OAUTHBEARER, beside passwords."""

    async def auth_XOAUTH2(self, _: SMTP, args: list[str]) -> AuthResult:
        return await self._bearer(args[1], "\1auth=Bearer good-token\1\1")

    async def auth_OAUTHBEARER(self, _: SMTP, args: list[str]) -> AuthResult:
        return await self._bearer(args[1], "\1auth=Bearer good-token\1\1")

    async def _bearer(self, given: str, wanted: str) -> AuthResult:
        if base64.b64decode(given).decode().endswith(wanted):
            return AuthResult(success=True, auth_data=b"u")
        await self.challenge_auth(base64.b64encode(b'{"status":"401"}').decode(), encode_to_b64=False)
        return AuthResult(success=False, handled=False)


class Listening(Controller):
    """A server on a port of its own, in a thread of this process."""

    def __init__(self, certificate: Path, security: Security = "starttls", **options: Any) -> None:
        own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        own.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
        ways: dict[Security, dict[str, Any]] = {
            "tls": {"ssl_context": own, "auth_require_tls": False},
            "starttls": {"tls_context": own, "require_starttls": True},
            "none": {"auth_require_tls": False},
        }
        self.security = security
        self.trusted = context(str(certificate / "cert.pem"))
        super().__init__(None, hostname="127.0.0.1", port=free_port(), **ways[security], **options)
        self.begin()

    def begin(self, auth: Auth = "password") -> Mailserver:
        """Forget what came so far, and every fault."""
        self.handler = self.recorder = Recorder()
        server = Server("smtp", "localhost", self.port, self.security, "desk@ncpeh.example", auth)
        return Mailserver(server, self.recorder, self.trusted)

    def factory(self) -> SMTP:
        return _TokenServer(self.handler, authenticator=self.recorder.authenticate, **self.SMTP_kwargs)


class Mailserver(NamedTuple):
    server: Server
    recorder: Recorder
    tls: ssl.SSLContext


@pytest.fixture
def smtp(certificate: Path) -> Iterator[Callable[..., Mailserver]]:
    """`smtp("starttls", "xoauth2")`: a server of that kind."""
    running: list[Listening] = []

    def start(security: Security = "starttls", auth: Auth = "password", **options: Any) -> Mailserver:
        running.append(Listening(certificate, security, **options))
        running[-1].start()
        return running[-1].begin(auth)

    yield start
    for server in running:
        server.stop()


@pytest.fixture
def place(home: Path) -> Callable[..., Place]:
    """`place(NAME="value")`: the desk, with that in the environment."""
    return lambda **environ: Place(str(home), str(home / ".git"), str(home / ".git"), {**os.environ, **environ})
