"""Access tokens (OAuth2): asked for with a program's own credentials, no person at hand (RFC 6749, section 4.4)."""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request

from desk.errors import ConfigError, MailError
from desk.named import NamedTuple
from desk.post.servers import TIMEOUT, is_here
from desk.text import _

_LONGEST = 65536


class Client(NamedTuple):
    """`url` is where tokens are given out, `name` what the program is registered as there."""

    url: str
    name: str
    scope: str


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follows nowhere: the secret is for this server."""

    def redirect_request(self, *_: object) -> None:
        return None


def ask(client: Client, secret: str) -> str:
    """A new access token; MailError in the server's words, ConfigError for an address that isn't safe."""
    parts = urllib.parse.urlsplit(client.url)
    if parts.scheme != "https" and not (parts.scheme == "http" and is_here(parts.hostname or "")):
        raise ConfigError(
            _("desk.mail.oauth.url must begin with https://: {url}", url=client.url), _("see your provider's manual")
        )
    form = {
        "grant_type": "client_credentials",
        "client_id": client.name,
        "client_secret": secret,
        "scope": client.scope,
    }
    request = urllib.request.Request(client.url, urllib.parse.urlencode(form).encode())  # noqa: S310 - checked above
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=TIMEOUT) as answer:
            told = json.loads(answer.read(_LONGEST))
    except urllib.error.HTTPError as error:
        sort, words = _refusal(error.read(_LONGEST))
        said = words or _("status {code}", code=error.code)
        error.close()
        raise MailError(
            _("{hostname} gave no token: {words}", hostname=parts.hostname, words=said), _hint(sort)
        ) from None
    except (OSError, ValueError) as error:
        raise MailError(
            _("{hostname} gave no token: {name}", hostname=parts.hostname, name=type(error).__name__),
            _("is the address right?"),
        ) from None
    token = told.get("access_token") if isinstance(told, dict) else None
    if not isinstance(token, str) or not token.isascii() or not token:
        raise MailError(
            _("{hostname} answered, but with no token", hostname=parts.hostname),
            _("is desk.mail.oauth.url where tokens are given out?"),
        )
    return token


def _refusal(answer: bytes) -> tuple[str, str]:
    """The sort of error (RFC 6749, section 5.2), and the server's words."""
    try:
        told = json.loads(answer)
    except ValueError:
        return "", ""
    if not isinstance(told, dict):
        return "", ""
    words = str(told.get("error_description") or told.get("error") or "")
    return str(told.get("error") or ""), " ".join(words.split())[:300]


def _hint(sort: str) -> str:
    """What to look at."""
    if sort == "invalid_scope":
        return _("is the scope the one of your provider's manual? git config desk.mail.oauth.scope")
    if sort in ("unauthorized_client", "access_denied", "unsupported_grant_type"):
        return _("was the program allowed to sign in by itself, and by an administrator? desk help mail")
    if sort in ("invalid_request", "invalid_resource"):
        return _("are these as your provider says? git config --get-regexp desk.mail.oauth")
    return _("is the secret of the program still valid, and of this program? git config desk.mail.oauth.client")
