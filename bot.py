"""omrbot's commands; the only place that builds and connects the parts.

Each command loads the parts that it needs when it runs: loading all of them takes longer than most relay tests.
"""

import asyncio
import gc
import json
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

# What is loaded stays: to look through it for garbage meanwhile takes a tenth of a short command's time.
gc.disable()

import typer

import building
import settings as configuration
from blocks.trouble import BlockError
from cases.model import State
from db.engine import DatabaseTrouble, backup
from desk import log
from desk.transactions import transact
from desk.words import ROLES, WORDS
from mail.redact import one_line
from probes.errors import CannotTest
from settings import ConfigurationError, Settings

gc.freeze()
gc.set_threshold(50_000, 20, 20)  # a command loads more, and that stays too
gc.enable()

# Whatever a command needs of the configuration, by name.
SENDING = ("addresses.noc", "addresses.security", "addresses.staff", "smtp.host")
TESTING = ("addresses.noc", "probes.return_address")
EVERYTHING = (*SENDING, "mailbox.host", "mailbox.user", *TESTING, "probes.mailbox", "probes.helo")

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The open-mail-relay desk of a network operations centre.",
)
registry_app = typer.Typer(no_args_is_help=True, help="The registry of administrators.")
db_app = typer.Typer(no_args_is_help=True, help="The database.")
app.add_typer(registry_app, name="registry")
app.add_typer(db_app, name="db")

MOST_IDS = 2**63 - 1  # what a database's id can be


class CommandFailed(Exception):
    """A command that failed or was refused: one line for stderr, exit 1."""


@app.callback()
def _root(
    context: typer.Context,
    config: Annotated[Path, typer.Option(help="The configuration file.")] = Path("config.yaml"),
) -> None:
    log.configure(quiet=True)  # the daemon says more
    context.obj = config


# --- the daemon ------------------------------------------------------------------------------------------------------


@app.command()
def run(
    context: typer.Context,
    only: Annotated[str, typer.Option(help=f"Only these roles, comma separated: {','.join(ROLES)}.")] = ",".join(ROLES),
    log_json: Annotated[bool, typer.Option("--log-json", help="One JSON object a line.")] = False,
) -> None:
    """The daemon: polls, tests, sends, keeps the clocks; ends on SIGTERM."""
    from desk import checking
    from desk.daemon import Watched
    from desk.daemon import run as run_daemon
    from desk.polling import Polls

    roles = tuple(role.strip() for role in only.split(",") if role.strip())
    if not roles:
        raise ConfigurationError(f"--only: names no role; there are {', '.join(ROLES)}")
    for role in roles:
        if role not in ROLES:
            raise ConfigurationError(f"--only: {role} is no role; there are {', '.join(ROLES)}")
    settings = _settings(context)
    settings.require(*SENDING, *TESTING)
    noc = probes = None
    if "intake" in roles:
        settings.require("mailbox.host", "mailbox.user", "mailbox.password")
        noc = building.account(settings.mailbox)
    if "probes" in roles:
        settings.require("probes.mailbox", "probes.mailbox.host", "probes.mailbox.user", "probes.mailbox.password")
        probes = building.account(settings.probes.mailbox)
    log.configure(json=log_json)
    desk = building.desk(settings, started_at=datetime.now().astimezone(), sends=True)
    if "probes" in roles:
        asyncio.run(checking.fit_to_test(desk))
    polls = Polls(desk)
    wanted = []
    if noc is not None:
        look = polls.of("noc", noc, settings.mailbox.max_age)
        wanted.append(Watched(settings.mailbox.poll, look, returns=probes == noc))
    if probes is not None and settings.probes.mailbox is not None and probes != noc:
        section = settings.probes.mailbox
        wanted.append(Watched(section.poll, polls.of("probes", probes, section.max_age), returns=True))
    asyncio.run(run_daemon(desk, roles, wanted, at_once=settings.probes.hosts_at_once + 10))


@app.command()
def demo() -> None:
    """The whole procedure on loopback, in about a minute."""
    from demo.scenario import run as run_demo

    raise typer.Exit(run_demo(Path("demo/out")))


@app.command()
def check(
    context: typer.Context,
    quick: Annotated[bool, typer.Option("--quick", help="Only: is the daemon alive and well?")] = False,
) -> None:
    """Try every part of the configuration and say what is wrong."""
    from desk import checking
    from desk.terminal import show_grade

    settings = _settings(context)
    if quick:
        findings = [checking.alive(building.desk(settings))]
    else:
        secrets = building.missing_secrets(settings)
        parts = checking.Parts(
            desk=building.desk(settings, sends="smtp" not in secrets),
            noc=building.account(settings.mailbox) if settings.mailbox.host and "mailbox" not in secrets else None,
            probes=building.account(settings.probes.mailbox)
            if settings.probes.mailbox and "probes.mailbox" not in secrets
            else None,
            smtp_host=(settings.smtp.host or "") if "smtp" not in secrets else "",
            missing=[*building.missing_keys(settings, EVERYTHING), *secrets.values()],
        )
        findings = asyncio.run(checking.check(parts))
    for finding in findings:
        show_grade(finding.grade, f"{finding.part}: {finding.said}")
    if any(finding.grade == "bad" for finding in findings):
        raise typer.Exit(1)


# --- reading and testing by hand -------------------------------------------------------------------------------------


@app.command()
def explain(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(metavar="FILE.eml...", help="- is the standard input.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line and file.")] = False,
) -> None:
    """What the bot would make of a message; does nothing."""
    from intake import explain as explaining

    ground = building.ground(_settings(context))
    unread = False
    for file in files:
        try:
            with nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb") as opened:
                raw = opened.read(ground.limits.message + 1)
            if as_json:
                said = json.dumps(explaining.explain_json(str(file), raw, ground))
            else:
                said = explaining.explain_text(str(file), raw, ground)
        except OSError as error:
            why = error.strerror or type(error).__name__
        except Exception as error:  # whatever it is, it costs the next file nothing
            why = explaining.fault(error)
        else:
            print(said, flush=True)
            continue
        unread = True
        if as_json:
            print(json.dumps(explaining.explain_unreadable_file(str(file), why)), flush=True)
        else:
            _complain(f"{one_line(str(file))}: {why}", 1)
    if unread:
        raise typer.Exit(1)


@app.command("test-relay")
def test_relay(
    context: typer.Context,
    addresses: Annotated[list[str], typer.Argument(metavar="ADDRESS...")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a server.")] = False,
    wait: Annotated[str, typer.Option(help="How long to wait for returns at most; 0s: not at all.")] = "2m",
    owner_agrees: Annotated[bool, typer.Option("--owner-agrees", help="Test those in probes.never, too.")] = False,
    web: Annotated[bool, typer.Option("--web", help="Form scripts on its web server, instead of SMTP.")] = False,
    transcript: Annotated[
        bool, typer.Option("--transcript", help="Forms and transcript of each, also where several are tested.")
    ] = False,
) -> None:
    """One relay test now, with its transcript; several addresses at the same time, with a table at the end."""
    from desk import hand_testing
    from desk.servers import asked_not_to_be_tested

    settings = _settings(context)
    settings.require(*TESTING)
    try:
        asked = timedelta(0) if wait == "0s" else configuration.duration(wait)
    except ValueError as error:
        raise ConfigurationError(f"--wait: {error}") from error
    patience = min(asked, settings.probes.return_window)
    desk = building.desk(settings)
    mailbox = building.account(settings.probes.mailbox) if settings.probes.mailbox else None
    declined = [one for one in dict.fromkeys(addresses) if not owner_agrees and asked_not_to_be_tested(desk, one)]
    for address in declined:
        _complain(f"{address}: is in probes.never; where its owner agrees to this test, add --owner-agrees", 1)
    wanted = [one for one in addresses if one not in declined]
    failed = asyncio.run(
        hand_testing.test_by_hand(desk, mailbox, wanted, patience, as_json=as_json, web=web, transcripts=transcript)
    )
    if failed or declined:
        raise typer.Exit(1)


# --- cases -----------------------------------------------------------------------------------------------------------


@app.command()
def cases(
    context: typer.Context,
    state: Annotated[State | None, typer.Option(help="Only cases in this state.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line and case.")] = False,
) -> None:
    """All cases, the oldest first."""
    from db import cases as case_rows
    from desk import showing
    from desk.terminal import show_table

    desk = building.desk(_settings(context))
    found = transact(desk, lambda s: case_rows.every(s, state.value if state else None))
    if as_json:
        for case in found:
            print(json.dumps(showing.case_json(case)))
        return
    rows = []
    for case in found:
        name = f"{case.address} {one_line(case.hostname, 40)}".strip()
        waits = showing.case_json(case)["waits_for"]
        rows.append((str(case.id), case.state.value, name, case.block.value, str(case.complaints), waits))
    show_table(("id", "state", "server", "block", "complaints", "waits for"), rows)


@app.command("case")
def one_case(
    context: typer.Context,
    case_id: Annotated[int, typer.Argument(metavar="ID", min=1, max=MOST_IDS)],
    number: Annotated[int | None, typer.Argument(metavar="[N]", min=1, max=MOST_IDS, help="A test's number.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    transcript: Annotated[bool, typer.Option("--transcript", help="What was said in test N, or the last.")] = False,
) -> None:
    """One case with everything that happened to it, or the transcript of one of its tests."""
    from db import cases as case_rows
    from desk import showing

    if (transcript and as_json) or (number is not None and not transcript):
        raise ConfigurationError("--transcript: goes without --json, and a test's number goes only with it")
    desk = building.desk(_settings(context))
    if transcript:
        said = transact(desk, lambda s: showing.transcript(s, case_id, number, desk.house.zone))
        if said is None:
            raise CommandFailed(f"case {case_id}: has no test {number or ''} with a transcript; see `case {case_id}`")
        print(said)
        return
    found = transact(desk, lambda s: showing.history_json(s, c[0]) if (c := case_rows.load(s, case_id)) else None)
    if found is None:
        raise CommandFailed(f"case {case_id}: there is none; `cases` lists them")
    print(json.dumps(found) if as_json else showing.history_text(found, desk.house.zone))


@app.command()
def decide(
    context: typer.Context,
    case_id: Annotated[int, typer.Argument(metavar="ID", min=1, max=MOST_IDS)],
    word: Annotated[str, typer.Argument(metavar="|".join(WORDS))],
    by: Annotated[str, typer.Option(help="Who decides.")],
    hours: Annotated[int | None, typer.Option(min=1, max=8760, help="For hold.")] = None,
    output: Annotated[
        bool, typer.Option("--output", help="For block: the server that the mail comes out of, too.")
    ] = False,
    note: Annotated[str, typer.Option(help="The reason.")] = "",
) -> None:
    """Record a decision of Security, or a word of staff."""
    from desk import deciding

    if word.lower() not in WORDS:
        raise ConfigurationError(f"{word}: is no decision; there are {', '.join(WORDS)}")
    if not by.strip():
        raise ConfigurationError("--by: must name who decides")
    settings = _settings(context)
    settings.require(*SENDING[:3])
    hold = timedelta(hours=hours) if hours else None
    deciding.decide(building.desk(settings), case_id, word.lower(), by.strip(), hold=hold, output=output, note=note)


@app.command()
def held(
    context: typer.Context,
    release: Annotated[str, typer.Option(metavar="ID|all", help="Let it open its cases.")] = "",
    dismiss: Annotated[str, typer.Option(metavar="ID|all", help="Put its message back into INBOX.")] = "",
) -> None:
    """What was too much, or needs a human's word."""
    from db import complaints as complaint_rows
    from desk import deciding
    from desk.terminal import show_table

    if release and dismiss:
        raise ConfigurationError("--release and --dismiss: choose one")
    desk = building.desk(_settings(context))
    standing = transact(desk, lambda s: [(c.id, c.complainant, c.held_for, c.subject) for c in complaint_rows.held(s)])
    if release:
        asyncio.run(deciding.release(desk, _ids(release, [row[0] for row in standing])))
    elif dismiss:
        deciding.dismiss(desk, _ids(dismiss, [row[0] for row in standing]))
    else:
        rows = [(str(row[0]), row[1] or "a machine", row[2], one_line(row[3], 60)) for row in standing]
        show_table(("id", "from", "held because", "subject"), rows)


@app.command()
def digest(
    context: typer.Context,
    day: Annotated[str, typer.Option("--date", help="The day, as 2026-11-24; left out: today.")] = "",
    send: Annotated[bool, typer.Option("--send", help="Mail it to all of the staff.")] = False,
    html: Annotated[Path | None, typer.Option(help="Write it as HTML to this file.")] = None,
) -> None:
    """The digest, as the daemon sends it once a day."""
    from notices import digest as digests

    try:
        wanted = date.fromisoformat(day) if day else None
    except ValueError as error:
        raise ConfigurationError(f"--date: {day} is no day; write 2026-11-24") from error
    if send and (html is not None or wanted is not None):
        raise ConfigurationError("--send: mails today's digest; it goes with neither --html nor --date")
    settings = _settings(context)
    settings.require(*SENDING[:3])
    desk = building.desk(settings)
    if send:
        written = transact(desk, lambda s: len(digests.post(s, desk.now(), desk.house, desk.health())))
        print(f"{written} written; the daemon sends them" if written else "today's digest was written before")
        return
    rendered = transact(
        desk, lambda s: digests.render(digests.collect(s, desk.now(), desk.house, desk.health(), wanted), desk.house)
    )
    if html is not None:
        try:
            html.write_text(rendered.html, encoding="utf-8")
        except OSError as error:
            raise CommandFailed(f"{html}: {error.strerror}") from error
        return
    print(rendered.text)


# --- registry and database -------------------------------------------------------------------------------------------


@registry_app.command("import")
def registry_import(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE.csv")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only see whether it could be imported.")] = False,
) -> None:
    """Make a CSV file the whole registry: address,hostname,department,name,email,phone."""
    from db import registry as registry_rows

    desk = building.desk(_settings(context))
    try:
        with file.open("rb") as opened:
            rows = registry_rows.read_csv(opened.read(registry_rows.MOST_OCTETS + 1))
    except OSError as error:
        raise CommandFailed(f"{file}: {error.strerror}") from error
    except registry_rows.BadRow as error:
        raise CommandFailed(f"{file}, {error}; nothing was imported") from error
    if not rows:
        raise CommandFailed(f"{file}: holds no contact; nothing was imported")
    if not dry_run:
        transact(desk, lambda s: registry_rows.replace_all(s, rows))
    print(f"{len(rows)} contacts {'could be imported' if dry_run else 'imported'}")


@registry_app.command("show")
def registry_show(context: typer.Context, address: Annotated[str, typer.Argument(metavar="ADDRESS")]) -> None:
    """Who answers for an address, in the order in which they are tried."""
    from db import registry as registry_rows
    from desk.terminal import show_table

    settings = _settings(context)
    desk = building.desk(settings)
    try:
        rows = transact(desk, lambda s: list(registry_rows.lookup(s, address)))
    except ValueError as error:
        raise ConfigurationError(f"{address}: is no IP address") from error
    if rows:
        contacts = [(r.network, r.hostname, r.department, r.name, r.email, r.phone) for r in rows]
        show_table(("network", "host", "department", "name", "email", "phone"), contacts)
    else:
        print(f"no row covers {address}; the fallback is {desk.fallback or 'not set'}")


@db_app.command("upgrade")
def db_upgrade(context: typer.Context) -> None:
    """Bring the tables to what this version needs; the daemon does it by itself."""
    building.desk(_settings(context))
    print("the database is up to date")


@db_app.command("backup")
def db_backup(context: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """Write a consistent copy beside a running daemon (SQLite)."""
    backup(building.desk(_settings(context)).engine, file)
    print(f"written to {file}")


# --- what the commands share ------------------------------------------------------------------------------------------


def _settings(context: typer.Context) -> Settings:
    path: Path = context.find_root().obj
    return configuration.load(path)


def _ids(wanted: str, standing: Sequence[int]) -> list[int]:
    if wanted == "all":
        return list(standing)
    try:
        number = int(wanted)
        if not 1 <= number <= MOST_IDS:
            raise ValueError(wanted)
        return [number]
    except ValueError as error:
        raise ConfigurationError(f"{wanted}: is no number of a held complaint, nor `all`") from error


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Gives the exit code: 0 done, 1 it failed or was refused, 2 wrong usage or configuration."""
    try:
        result: Any = app(args=list(arguments) if arguments is not None else None, standalone_mode=False)
    except ConfigurationError as error:
        return _complain(str(error), 2)
    except (CommandFailed, DatabaseTrouble, BlockError, CannotTest) as error:
        return _complain(str(error), 1)
    except typer.Exit as leaving:
        return leaving.exit_code
    except typer.Abort:
        return _complain("interrupted", 1)
    except Exception as error:
        if isinstance(error, _refusals()):
            return _complain(str(error), 1)
        # click's usage errors come in its own classes, whichever click typer carries
        show = getattr(error, "format_message", None)
        if show is None:
            raise
        return _complain(f"{show()} (see --help)", 2)
    return result if isinstance(result, int) else 0


def _refusals() -> tuple[type[Exception], ...]:
    """What parts raise that not every command has loaded."""
    from desk.deciding import Refusal
    from intake.trouble import MailboxError

    return Refusal, MailboxError


def _complain(line: str, code: int) -> int:
    print(f"omrbot: {' '.join(line.split())}", file=sys.stderr)
    return code


if __name__ == "__main__":
    code = main()
    gc.freeze()  # nothing is looked through for garbage once more, only to end
    sys.exit(code)
