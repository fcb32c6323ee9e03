"""desk mail trust and test: the servers that desk.toml names, pinned on this machine and tried."""

from __future__ import annotations

import click

from desk.actions.care import trial, trusting
from desk.actions.care.trial import Trial
from desk.actions.care.trusting import Named
from desk.actions.mail import arrivals
from desk.cli import leaf
from desk.cli.app import App
from desk.cli.speech.asking import confirm, tell
from desk.errors import ConfigError, UsageFault
from desk.local import mailhost
from desk.session import ledger
from desk.text import _, arranged, ngettext, pgettext
from desk.view.model import Column, Done, Listing

_TROUBLE, _UNTRUSTED = 10, 8


@leaf.leaf("trust", example="desk mail trust --show\ndesk mail trust --adopt mailhost")
@click.option("--show", is_flag=True, help="Only show what is named and what is trusted.")
@click.option("--yes", is_flag=True, help="Don't ask.")
@click.option(
    "--key", metavar="FILE", type=click.Path(exists=True, dir_okay=False), help="Take the key of another machine."
)
@click.option("--adopt", metavar="HOST", help="Take over from another mail host: go on telling where it stopped.")
def trust(app: App, show: bool, yes: bool, key: str | None, adopt: str | None) -> Listing:
    """Agree, on this machine, to the servers that desk.toml names now: nothing is sent to any other.

    Look at the names first: whoever can commit desk.toml could name a server of their own, and be sent the password.
    """
    if show and (key or adopt):
        raise UsageFault(_("--show changes nothing, --key and --adopt do"), _("leave one of them out"))
    address = arrivals.door(app).address
    if key:
        mailhost.take_key(app.place, key)
    if adopt:
        with mailhost.alone(app.place):
            _tell_adopted(app, adopt, ledger.adopt(app, adopt))
    found = trusting.named(app, mailhost.settings(app.place), address)
    if not show and (yes or _agreed(app, found)):
        found = trusting.pin(app, address)
    if not found:
        raise ConfigError(_("desk.toml names no mail server"), "desk config set mail.imap.host imap.example.org")
    if any(not one.trusted for one in found):
        app.exit_code = _UNTRUSTED
    rows = [
        {
            "protocol": one.server.protocol,
            "pin": one.pin,
            "trusted": one.trusted,
            "why": one.problem or (_("trusted on this machine") if one.trusted else _("not trusted: desk mail trust")),
        }
        for one in found
    ]
    columns = (
        Column("protocol", pgettext("column", "FOR")),
        Column("pin", pgettext("column", "SERVER"), "sentence"),
        Column("why", pgettext("column", "STATE")),
    )
    return Listing("servers", rows, columns, "")


def _agreed(app: App, found: list[Named]) -> bool:
    """Whether whoever sits there agrees to the servers that are new; a script has been told what to do."""
    new = [one.pin for one in found if not one.trusted and not one.problem]
    if not new or not app.env.stdin.isatty():
        return True
    said = _("Named in desk.toml, and not trusted on this machine yet: {servers}", servers=", ".join(new))
    tell(app, said)
    return confirm(app, _("Is the desk's password to be sent there?"), default=False)


def _tell_adopted(app: App, name: str, number: int) -> None:
    app.notes.append(
        ngettext(
            "{name} is taken over: 1 message waited there, and goes from here",
            "{name} is taken over: {n} messages waited there, and go from here",
            number,
            name=name,
        )
    )


@leaf.leaf("test", example="desk mail test\ndesk mail test --to servicedesk@clinic.example")
@click.option("--imap", is_flag=True, help="Only the server that mail is fetched from.")
@click.option("--smtp", is_flag=True, help="Only the server that sends.")
@click.option(
    "--to", metavar="ADDRESS", help="Send a message there; to the desk's own address: and wait until it is back."
)
def test(app: App, imap: bool, smtp: bool, to: str | None) -> Done:
    """Try the mail servers: what is configured and where it was said, logging in, what each can do."""
    settings = mailhost.settings(app.place)
    door = arrivals.door(app)
    wanted = [name for name, given in (("imap", imap), ("smtp", smtp)) if given] or ["imap", "smtp"]
    trials = trial.attempt(app, settings, door, wanted)
    if not trials:
        raise ConfigError(_("desk.toml names no mail server"), "desk config set mail.imap.host imap.example.org")
    if any(one.problem for one in trials):
        app.exit_code = _TROUBLE
    lines = [line for one in trials for line in _lines(app, one)]
    data: dict[str, object] = {"servers": [_data(app, one) for one in trials], "message": None}
    if to:
        arrived = trial.send_and_wait(app, settings, door, to)
        data["message"] = arrived._asdict()
        lines.append(_("message to {to}: {sent}", to=arrived.to, sent=arrived.sent))
        if arrived.seconds is not None:
            lines.append(_("  arrived after {seconds:.1f} s", seconds=arrived.seconds))
            lines.append(_("  its server says: {verdict}", verdict=arrived.verdict or _("nothing about the sender")))
            if arrived.missing:
                lines.append(
                    _(
                        "  not in order: {missing}; other servers may refuse it: whoever keeps the DNS of {domain} sets it up",
                        missing=", ".join(arrived.missing),
                        domain=door.ours.domain,
                    )
                )
        elif to.lower() in door.ours.addresses:
            lines.append(_("  it has not arrived within a minute: look into the mailbox, and at the server's log"))
            app.exit_code = _TROUBLE
    return Done("test", data, tuple(lines), answer=True)


def _origins(app: App, one: Named) -> dict[str, str]:
    """Where each setting of a server was said."""
    names = ("host", "port", "security", "user", "auth")
    given = {n: app.config.given(f"mail.{one.server.protocol}.{n}") for n in names}
    return {n: str(_("desk.toml")) if said else str(_("default")) for n, said in given.items()}


def _data(app: App, one: Trial) -> dict[str, object]:
    return {
        **one.named.server._asdict(),
        "from": _origins(app, one.named),
        "trusted": one.named.trusted,
        "secret": one.secret or None,
        "can": list(one.can),
        "said": one.said,
        "problem": one.problem or None,
        "hint": one.hint or None,
    }


def _lines(app: App, one: Trial) -> list[str]:
    server, origins = one.named.server, _origins(app, one.named)
    lines: list[str] = [arranged("{protocol}  {pin}", protocol=server.protocol.upper(), pin=one.named.pin)]
    for name, origin in origins.items():
        lines.append(arranged("  {name}: {value}  ({origin})", name=name, value=getattr(server, name), origin=origin))
    if one.secret:
        lines.append(_("  secret from {secret}", secret=one.secret))
    if one.problem:
        return [*lines, _("  FAILED: {problem}", problem=one.problem), arranged("  -> {hint}", hint=one.hint)]
    lines.append(arranged("  {said}", said=one.said))
    if one.can:
        lines.append(_("  can: {can}", can=", ".join(one.can)))
    return lines
