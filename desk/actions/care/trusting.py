"""The servers that desk.toml names, and this machine's agreement to them: whoever can commit desk.toml could name others."""

from __future__ import annotations

from collections.abc import Mapping

from desk.actions.mail import mailboxes
from desk.actions.mail import servers as sending
from desk.git import configuration
from desk.local import mailhost
from desk.named import NamedTuple
from desk.post import servers
from desk.post.servers import SENDMAIL, Server
from desk.session.session import Session
from desk.text import _, arranged


class Named(NamedTuple):
    """A server that desk.toml names, how it is pinned, whether this machine has agreed to it, and whether it may be used."""

    server: Server
    pin: str
    trusted: bool
    problem: str


def named(session: Session, settings: Mapping[str, str], address: str) -> list[Named]:
    """The servers that are named: the one that is fetched from, the one that sends."""
    config, found = session.config, list[Server]()
    if config["mail.imap.host"]:
        found.append(mailboxes.receiving_server(config, address))
    if config["mail.smtp.host"] and config["mail.smtp.host"] != SENDMAIL:
        found.append(sending.sending_server(config, address))
    pins = settings.get("trust", "").split()
    return [Named(one, servers.pin(one), servers.pin(one) in pins, _problem(one)) for one in found]


def _problem(server: Server) -> str:
    if server.security == "none" and not servers.is_here(server.host):
        return _("{place} would be spoken to unencrypted: set its security", place=server.place)
    return ""


def pin(session: Session, address: str) -> list[Named]:
    """Agree to what desk.toml names now, and to nothing else. Raises GitError."""
    found = named(session, mailhost.settings(session.place), address)
    pins = [one.pin for one in found if not one.problem]
    configuration.put(session.place, f"{mailhost.SETTINGS}trust", arranged("{pins}", pins=" ".join(pins)))
    return [one._replace(trusted=one.pin in pins) for one in found]
