"""Who pushes: known from the server, or from a signature on the push itself; never from what the commits say."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from desk.domain.model.organisation import Machine
from desk.domain.model.person import Staff
from desk.domain.model.record import Record
from desk.errors import Refused
from desk.named import NamedTuple
from desk.text import _

SERVERS: Mapping[str, str] = MappingProxyType(
    {
        "git": "DESK_PUSHER",
        "http": "REMOTE_USER",
        "gitolite": "GL_USER",
        "gitlab": "GL_USERNAME",
        "gitea": "GITEA_PUSHER_NAME",
    }
)
"""The variable in which each kind of server tells a hook who pushes.

It counts only where the repository is set up for that server: on another one a client might send it. DESK_PUSHER is that
of our own forced command (`guard shell`).
"""
CERTIFICATE = "GIT_PUSH_CERT"


class Pusher(NamedTuple):
    """A staff member, or a machine, who was seen to push; `signed`: by a signature on the push."""

    record: Record
    signed: bool = False

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def staff(self) -> Staff | None:
        return self.record if isinstance(self.record, Staff) else None

    @property
    def may(self) -> frozenset[str]:
        """What a machine may bring beside its own work; nothing for people."""
        return frozenset(self.record.may) if isinstance(self.record, Machine) else frozenset()


def name_from(environ: Mapping[str, str], server: str) -> tuple[str, bool]:
    """What the pusher is called, and whether by a signed push. Refused where nobody vouches for it, or two disagree."""
    told = environ.get(SERVERS[server], "").strip()
    if not environ.get(CERTIFICATE):
        if not told:
            raise Refused(_("nobody can tell who pushes this"), _HINT)
        return told, False
    status, nonce = environ.get(f"{CERTIFICATE}_STATUS", ""), environ.get(f"{CERTIFICATE}_NONCE_STATUS", "")
    signer = environ.get(f"{CERTIFICATE}_SIGNER", "").strip()
    if status != "G" or not signer:
        raise Refused(
            _("the push is signed with a key that this server doesn't know"),
            _("somebody of level 3 puts it into your record: desk staff edit YOU --key FILE.pub"),
        )
    if nonce != "OK":
        raise Refused(
            _("the push is signed, but not for this server and this moment ({nonce})", nonce=nonce or _("no nonce")),
            _("push again; a signed push can't be sent twice, nor to another server"),
        )
    if told and told != signer:
        raise Refused(_("the server knows {told}, and {signer} signed the push", told=told, signer=signer), _HINT)
    return signer, True


_HINT = _("push as yourself, over ssh with your own key; or signed: git push --signed, with gpg.format ssh")
