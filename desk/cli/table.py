"""Every command, one row: where it lives and what help says of it. Nothing here is imported until it is called."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from desk.named import NamedTuple
from desk.text import _

PROG = "desk"


class CommandRow(NamedTuple):
    """`target` is module:attribute, None for a group; `section` is where the top-level help lists it."""

    target: str | None
    help: str
    section: str = ""


def _ticket(module: str, attribute: str, text: str) -> CommandRow:
    return CommandRow(f"desk.commands.ticket.{module}:{attribute}", text)


def _problem(module: str, attribute: str, text: str) -> CommandRow:
    return CommandRow(f"desk.commands.problem.{module}:{attribute}", text)


def _kb(module: str, attribute: str, text: str) -> CommandRow:
    return CommandRow(f"desk.commands.kb.{module}:{attribute}", text)


def _kind(kind: str, verb: str, text: str) -> CommandRow:
    return CommandRow(f"desk.commands.{kind}:{verb}", text)


_WORK, _KNOW, _PEOPLE, _CARE = _("Daily work"), _("Knowledge"), _("Organisation"), _("The desk itself")

COMMANDS: Mapping[str, CommandRow] = MappingProxyType(
    {
        "today": CommandRow(
            "desk.commands.work.today:today", "What waits for you; desk alone shows it as well.", _WORK
        ),
        "next": CommandRow("desk.commands.work.today:next_", "Take the most urgent ticket that nobody owns.", _WORK),
        "ticket": CommandRow(None, "Register, list, answer, assign, close …", _WORK),
        "ticket create": _ticket("create", "create", "Register a ticket, on somebody's behalf if need be."),
        "ticket list": _ticket("listing", "list_", "List tickets, newest first."),
        "ticket show": _ticket("show", "show", "Show a ticket with its thread."),
        "ticket history": _ticket("history", "history", "Show who did what to a ticket, and when."),
        "ticket blame": _ticket("history", "blame", "Show who set each field and wrote each line."),
        "ticket edit": _ticket("edit", "edit", "Change title, text and fields, in an editor or by options."),
        "ticket assign": _ticket("own", "assign", "Give a ticket that nobody owns to a staff member."),
        "ticket unassign": _ticket("own", "unassign", "Take the owner off."),
        "ticket escalate": _ticket("own", "escalate", "Hand a ticket to a specific person or the next tier."),
        "ticket escalations": _ticket("escalations", "escalations", "Show to whom a ticket was escalated, and why."),
        "ticket move": _ticket("own", "move", "Move a ticket to another department."),
        "ticket classify": _ticket("classify", "classify", "Set priority, impact and urgency."),
        "ticket tag": _ticket("classify", "tag", "Put tags on; incident and problem decide the kind."),
        "ticket untag": _ticket("classify", "untag", "Take tags off."),
        "ticket reply": _ticket("answer", "reply", "Answer the requester."),
        "ticket note": _ticket("answer", "note", "Write a private note, for staff only."),
        "ticket watch": _ticket("watch", "watch", "Hear of a ticket, or have somebody hear of it."),
        "ticket unwatch": _ticket("watch", "unwatch", "Hear of it no longer."),
        "ticket pending": _ticket("state", "pending", "Wait for somebody, or for a day."),
        "ticket close": _ticket("state", "close", "Close a ticket that is resolved."),
        "ticket reopen": _ticket("state", "reopen", "Take up a closed or pending ticket again."),
        "ticket delete": _ticket("state", "delete", "Delete a ticket; git keeps what it said."),
        "ticket major": _ticket("major", "major", "Declare a major incident, or name its coordinator."),
        "ticket review": _ticket("major", "review", "Write the review of a major incident that is over."),
        "ticket checklist": _ticket("checks", "checklist", "Give a ticket the steps of a checklist."),
        "ticket check": _ticket("checks", "check", "Tick off steps of a ticket's checklist."),
        "ticket undo": _ticket("undo", "undo", "Take back the last change of a ticket."),
        "ticket transfer": _ticket("relate", "transfer", "Hand an incident to problem management."),
        "ticket link": _ticket("relate", "link", "Relate two tickets."),
        "ticket unlink": _ticket("relate", "unlink", "Take the relations between two tickets away."),
        "ticket merge": _ticket("relate", "merge", "Merge a ticket into another."),
        "ticket split": _ticket("relate", "split", "Make the thread from one entry on a ticket of its own."),
        "ticket attachment": CommandRow(None, "Files of a ticket: list, save, look at."),
        "ticket attachment list": _kind("clerk.attachments", "list_", "List the files of a ticket."),
        "ticket attachment save": _kind("clerk.attachments", "save", "Save files of a ticket."),
        "ticket attachment open": _kind("clerk.attachments", "open_", "Look at a file of a ticket."),
        "incident": CommandRow(None, "Tickets tagged incident.", _WORK),
        "incident list": _ticket("kinds", "incidents", "List incidents, newest first."),
        "problem": CommandRow(None, "Tickets tagged problem.", _WORK),
        "problem list": _ticket("kinds", "problems", "List problems, newest first."),
        "problem candidates": _problem("candidates", "candidates", "Find incidents that recur."),
        "problem open": _problem("opening", "open_", "Open one problem from several incidents."),
        "problem show": _problem("show", "show", "Show a problem with its incidents and what they cost."),
        "problem cause": _problem("known", "cause", "Record the root cause."),
        "problem workaround": _problem("known", "workaround", "Record what helps for the time being."),
        "problem resolve": _problem("resolve", "resolve", "Close a problem; answer and close its incidents too."),
        "problem known-error": CommandRow(
            "desk.commands.problem.knownerror:known_error_", "Draft a known error from a problem."
        ),
        "mail": CommandRow(None, "Messages that wait to be sent.", _WORK),
        "mail outbox": _kind("work.mail", "list_", "List the messages that wait to be sent."),
        "mail show": _kind("work.mail", "show", "Show a message as it would be sent."),
        "mail fetch": CommandRow("desk.commands.mail.fetch:fetch", "Take in what lies in the mailbox."),
        "mail import": CommandRow("desk.commands.mail.fetch:import_", "Take in saved mails, or one through a pipe."),
        "mail preview": CommandRow("desk.commands.mail.fetch:preview", "Show what would become of mails, and why."),
        "mail held": CommandRow("desk.commands.mail.held:list_", "List the mails that were put aside."),
        "mail release": CommandRow("desk.commands.mail.held:release", "Take a mail in that was put aside."),
        "mail discard": CommandRow("desk.commands.mail.held:discard", "Throw a mail away that was put aside."),
        "mail trust": CommandRow("desk.commands.mail.servers:trust", "Show and pin the servers that desk.toml names."),
        "mail test": CommandRow("desk.commands.mail.servers:test", "Try the servers: who they are, log in, send one."),
        "mail drop": _kind("work.mail", "drop", "Take a message out of the outbox unsent."),
        "mail retry": _kind("work.mail", "retry", "Let held or refused messages go."),
        "mail send": _kind("mail.send", "send", "Send what waits in the outbox."),
        "mail run": _kind("mail.run", "run", "Fetch and send, once; for cron."),
        "mail log": _kind("mail.send", "log", "What became of each mail, in and out."),
        "sla": CommandRow(None, "Service levels: what is due, and what is late.", _WORK),
        "sla list": _kind("work.sla", "list_", "List what is due, the most urgent first."),
        "sla check": _kind("work.sla", "check", "Bring back, warn, record breaches; for cron."),
        "calendar": CommandRow(None, "Business calendars: hours and days off.", _CARE),
        "calendar list": _kind("work.calendar", "list_", "List business calendars."),
        "calendar show": _kind("work.calendar", "show", "Show the days of a year that are others than their weekdays."),
        "calendar import": _kind("work.calendar", "import_", "Take over days off from a calendar file (.ics)."),
        "caller": CommandRow(
            "desk.commands.work.caller:caller", "Who is on the line: their tickets, and what is known.", _WORK
        ),
        "log": CommandRow(
            "desk.commands.work.log:log", "What happened in the whole desk, in words, newest first.", _WORK
        ),
        "search": CommandRow(
            "desk.commands.work.search:search", "Find tickets and articles by their words, best first.", _WORK
        ),
        "handover": CommandRow(
            "desk.commands.work.handover:handover", "What the next shift must know, on one screen.", _WORK
        ),
        "stats": CommandRow(
            "desk.commands.work.stats:stats", "How much came in, how much was done, and the trend.", _WORK
        ),
        "activity": CommandRow(
            "desk.commands.work.activity:activity", "What happened lately, a sentence each, by day.", _WORK
        ),
        "report": CommandRow(
            "desk.commands.work.report:report",
            "Daily to monthly, service levels, workload, audit …; as pages too.",
            _WORK,
        ),
        "response": CommandRow(None, "Texts to answer with, in several languages.", _KNOW),
        "response list": _kind("kb.response", "list_", "List custom responses."),
        "response show": _kind("kb.response", "show", "Show a response, what it names and what it may name."),
        "response create": _kind("kb.response", "create", "Add a response in one language."),
        "response edit": _kind("kb.response", "edit", "Change a response."),
        "response delete": _kind("kb.response", "delete", "Delete responses."),
        "response render": _kind("kb.response", "render", "Show what a response would say for a ticket."),
        "kb": CommandRow(None, "Articles: known errors, how-tos, questions and answers.", _KNOW),
        "kb create": _kb("create", "create", "Write an article, from the skeleton of its type."),
        "kb list": _kb("listing", "list_", "List articles."),
        "kb show": _kb("show", "show", "Show an article, laid out to be read."),
        "kb history": _kb("show", "history", "Show who did what to an article, and when."),
        "kb edit": _kb("edit", "edit", "Change an article, in your editor or by options."),
        "kb publish": _kb("life", "publish", "Check an article and put it before its readers."),
        "kb review": _kb("review", "review", "What waits for somebody; what changed; approve it."),
        "kb retire": _kb("life", "retire", "Take an article from its readers."),
        "kb delete": _kb("life", "delete", "Delete an article to which no other leads."),
        "kb search": CommandRow("desk.commands.kb.search:search", "Find articles by their words, best first."),
        "kb suggest": CommandRow("desk.commands.kb.suggestion:suggest", "What probably answers a ticket."),
        "kb topic": CommandRow(None, "Topics: folders of articles."),
        "kb topic list": _kb("topic", "list_", "List topics."),
        "kb topic show": _kb("topic", "show", "Show a topic."),
        "kb topic create": _kb("topic", "create", "Add a topic."),
        "kb topic edit": _kb("topic", "edit", "Change a topic."),
        "kb topic delete": _kb("topic", "delete", "Delete a topic that holds no articles."),
        "machine": CommandRow(None, "Machines that push by themselves: the mail host, cron.", _PEOPLE),
        "machine list": _kind("organisation.machine", "list_", "List machines."),
        "machine show": _kind("organisation.machine", "show", "Show a machine."),
        "machine create": _kind("organisation.machine", "create", "Add a machine, with its key."),
        "machine edit": _kind("organisation.machine", "edit", "Change a machine's keys, and what it may bring."),
        "machine delete": _kind("organisation.machine", "delete", "Delete a machine."),
        "department": CommandRow(None, "Departments of the desk.", _PEOPLE),
        "department list": _kind("organisation.department", "list_", "List departments."),
        "department show": _kind("organisation.department", "show", "Show a department."),
        "department create": _kind("organisation.department", "create", "Add a department."),
        "department edit": _kind("organisation.department", "edit", "Change a department."),
        "department delete": _kind(
            "organisation.department", "delete", "Delete a department; another takes its tickets."
        ),
        "staff": CommandRow(None, "People who work here.", _PEOPLE),
        "staff list": _kind("organisation.staff", "list_", "List staff."),
        "staff show": _kind("organisation.staff", "show", "Show a staff member."),
        "staff create": _kind("organisation.staff", "create", "Register a staff member."),
        "staff edit": _kind("organisation.staff", "edit", "Change a staff member."),
        "staff delete": _kind("organisation.staff", "delete", "Delete a staff member; open tickets are un-assigned."),
        "user": CommandRow(None, "Requesters: patients, health professionals, vendors, foreign desks.", _PEOPLE),
        "user list": _kind("organisation.user", "list_", "List requesters."),
        "user show": _kind("organisation.user", "show", "Show a requester."),
        "user create": _kind("organisation.user", "create", "Register a requester."),
        "user signup": _kind("organisation.user", "signup", "Register yourself as a requester."),
        "user edit": _kind("organisation.user", "edit", "Change a requester."),
        "user delete": _kind("organisation.user", "delete", "Delete a requester who has no open tickets."),
        "user ban": _kind("organisation.user", "ban", "Ban an e-mail address."),
        "user unban": _kind("organisation.user", "unban", "Lift a ban."),
        "user bans": _kind("organisation.user", "bans", "List bans."),
        "group": CommandRow(None, "Groups of requesters.", _PEOPLE),
        "group list": _kind("organisation.group", "list_", "List groups."),
        "group show": _kind("organisation.group", "show", "Show a group."),
        "group create": _kind("organisation.group", "create", "Add a group."),
        "group edit": _kind("organisation.group", "edit", "Change a group."),
        "group delete": _kind("organisation.group", "delete", "Delete a group nobody belongs to."),
        "tag": CommandRow(None, "Tags that tickets may carry.", _PEOPLE),
        "tag list": _kind("organisation.tag", "list_", "List tags."),
        "tag show": _kind("organisation.tag", "show", "Show a tag."),
        "tag create": _kind("organisation.tag", "create", "Add a tag."),
        "tag edit": _kind("organisation.tag", "edit", "Change a tag."),
        "tag delete": _kind("organisation.tag", "delete", "Delete a tag and take it off every ticket."),
        "field": CommandRow(None, "Custom fields of tickets and requesters.", _PEOPLE),
        "field list": _kind("organisation.field", "list_", "List custom fields."),
        "field show": _kind("organisation.field", "show", "Show a custom field."),
        "field create": _kind("organisation.field", "create", "Add a custom field."),
        "field edit": _kind("organisation.field", "edit", "Change a custom field."),
        "field delete": _kind("organisation.field", "delete", "Delete a custom field; its data stays readable."),
        "field purge": _kind("organisation.field", "purge", "Take a deleted custom field's data out of every record."),
        "checklist": CommandRow(None, "Templates of checklists.", _KNOW),
        "checklist list": _kind("kb.checklist", "list_", "List the templates of checklists."),
        "checklist show": _kind("kb.checklist", "show", "Show a template of a checklist."),
        "whoami": CommandRow("desk.commands.work.today:whoami", "As whom you act here.", _PEOPLE),
        "alias": CommandRow(None, "Words of your own for commands.", _CARE),
        "alias list": _kind("clerk.personal", "alias_list", "List words that stand for commands."),
        "alias set": _kind("clerk.personal", "alias_set", "Have a word of your own for a command."),
        "alias delete": _kind("clerk.personal", "alias_delete", "Forget a word of your own."),
        "filter": CommandRow(None, "Options of lists under a word of your own.", _CARE),
        "filter list": _kind("clerk.personal", "filter_list", "List saved filters."),
        "filter save": _kind("clerk.personal", "filter_save", "Keep options of a list under a word."),
        "filter delete": _kind("clerk.personal", "filter_delete", "Forget a filter."),
        "draft": CommandRow(None, "Texts that you began and didn't send.", _WORK),
        "draft list": _kind("clerk.drafts", "list_", "List texts that you began and didn't send."),
        "draft resume": _kind("clerk.drafts", "resume", "Go on with one in the editor."),
        "draft drop": _kind("clerk.drafts", "drop", "Throw drafts away."),
        "undo": CommandRow(
            "desk.commands.ticket.undo:undo_any", "Take back the last change you made, or any other.", _CARE
        ),
        "status": CommandRow(
            "desk.commands.care.status:status", "What is uncommitted, unfinished or broken here.", _CARE
        ),
        "commit": CommandRow("desk.commands.care.commit:commit", "Validate hand edits and commit them.", _CARE),
        "doctor": CommandRow(
            "desk.commands.care.doctor:doctor", "Check every record and the repository; --fix mends.", _CARE
        ),
        "audit": CommandRow(None, "Prove what happened: check history, and seal it.", _CARE),
        "audit verify": CommandRow(
            "desk.commands.care.audit:verify", "Check that history is whole, true and was allowed."
        ),
        "audit seal": CommandRow(
            "desk.commands.care.audit:seal", "Seal history up to now with a tag, signed if a key is set."
        ),
        "audit cosign": CommandRow("desk.commands.care.audit:cosign", "Sign under a seal, as an auditor with a clone."),
        "audit seals": CommandRow("desk.commands.care.audit:list_", "List the seals and whether they hold."),
        "config": CommandRow(None, "The settings in desk.toml.", _CARE),
        "config list": CommandRow("desk.commands.care.config:list_", "Show every setting with its value and meaning."),
        "config get": CommandRow("desk.commands.care.config:get", "Show one setting."),
        "config set": CommandRow("desk.commands.care.config:set_", "Change a setting, keeping the file's comments."),
        "index": CommandRow(None, "The search index, derived from git and safe to delete.", _CARE),
        "index status": CommandRow(
            "desk.commands.care.index:status", "Whether the index is up to date, and what it holds."
        ),
        "index rebuild": CommandRow("desk.commands.care.index:rebuild", "Build the index anew from git."),
        "clone": CommandRow("desk.commands.care.clone:clone", "Make a clone of a desk, to work in.", _CARE),
        "sync": CommandRow("desk.commands.care.sync:sync", "Meet another clone: fetch, merge, publish.", _CARE),
        "guard": CommandRow(None, "A server that refuses what its pusher had no right to do.", _CARE),
        "guard install": CommandRow("desk.commands.care.guard:install", "Set up a bare repository to judge each push."),
        "guard check": CommandRow("desk.commands.care.guard:check", "Judge commits as the server would."),
        "guard keys": CommandRow("desk.commands.care.guard:keys", "Print the keys of staff and machines for ssh."),
        "guard status": CommandRow("desk.commands.care.guard:status", "Show whether a repository is guarded."),
        "guard relay": CommandRow("desk.commands.care.guard:relay", "Judge and publish branches, where no hook runs."),
        "guard hook": CommandRow("desk.commands.care.guard:hook", "What the hooks of a guarded repository run."),
        "guard shell": CommandRow("desk.commands.care.guard:shell", "What ssh runs for a key: git, as its holder."),
        "export": CommandRow("desk.commands.care.exchange:export", "Write records as JSON lines.", _CARE),
        "import": CommandRow(
            "desk.commands.care.exchange:import_", "Create records from JSON lines, each in its own time.", _CARE
        ),
        "maintain": CommandRow("desk.commands.care.maintain:maintain", "Repack and tidy up; for cron.", _CARE),
        "init": CommandRow("desk.commands.care.init:init", "Make a new desk.", _CARE),
        "demo": CommandRow("desk.commands.care.demo:demo", "Build a desk and play a day of its life.", _CARE),
        "help": CommandRow(
            "desk.commands.care.help:help_", "Help of a command, or a page of the documentation.", _CARE
        ),
        "completion": CommandRow(
            "desk.commands.care.completion:completion", "Print the completion script of a shell.", _CARE
        ),
    }
)
