"""A one-case world: a complaint, a proved relay, a block, a repair, the lifting. Played to the end, kills or not."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from demo import letters
from demo.daemon import HURRIED, Bot, configuration
from demo.people import Mail
from demo.relays import Behaviour
from demo.watch import Watch, wait_for
from demo.world import BORDER, World

UNKNOWN = "unknown to the outbox"
DELIVERY = 10.0  # seconds that the world may take to deliver what its border has taken
SECONDS = 120.0  # for one whole procedure, a kill included: about 5, but a busy machine must not decide the result


class Prefork:
    """The process that forks daemons (prefork.py). May be used by several threads."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("prefork.py"))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._changed = threading.Condition()
        self._ordering = threading.Lock()
        self._started: list[int] = []
        self._codes: dict[int, int] = {}
        self._gone = False
        threading.Thread(target=self._listen, daemon=True).start()

    def start(self, order: Mapping[str, Any]) -> int:
        """Fork one; gives its process id."""
        assert self._process.stdin is not None
        with self._ordering, self._changed:
            count = len(self._started)
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()
            self._changed.wait_for(lambda: len(self._started) > count or self._gone, 20)
            assert len(self._started) > count, "the prefork process is gone: see what it wrote to stderr"
            return self._started[-1]

    def code(self, pid: int, *, seconds: float = 0) -> int | None:
        """Give the exit code of one that has ended; None while it lives."""
        with self._changed:
            self._changed.wait_for(lambda: pid in self._codes, seconds)
            return self._codes.get(pid)

    def stop(self) -> None:
        """End the process; its children have been ended by who started them."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            said = json.loads(line)
            with self._changed:
                if "code" in said:
                    self._codes[said["pid"]] = said["code"]
                else:
                    self._started.append(said["pid"])
                self._changed.notify_all()
        with self._changed:
            self._gone = True
            self._changed.notify_all()


@dataclass
class Played:
    """How a procedure went."""

    killed: bool
    points: list[str]  # that the (first) daemon passed, in order
    ended: bool
    state: str
    told: frozenset[tuple[str, str]]  # kind and receiver of every mail that came
    message_ids: dict[tuple[str, str, int], set[str]]  # that came, by kind, receiver and number
    undone: list[str]
    left_in_inbox: int
    blocked: str
    log: str


@dataclass
class OneCase:
    """The people and the server of one case, with a bot of their own, apart from all others in the same world."""

    world: World
    prefork: Prefork
    folder: Path
    number: int
    _answered: set[str] = field(default_factory=set)

    def play(self, kill_at: str = "") -> Played:
        """Play the procedure; a daemon that was killed is started once more, and may live."""
        bot = self._settle_in()
        watch = Watch(bot.database)
        self.world.send(self.complainant, self.noc, self._complaint())
        pid = self._start(bot, "first", kill_at)
        killed = False

        def over() -> bool:
            nonlocal pid, killed
            code = self.prefork.code(pid)
            if code is not None:
                assert code == -9 and not killed, f"the daemon ended with {code}:\n{bot.log.read_text()[-3000:]}"
                killed = True
                pid = self._start(bot, "second", "")
            self._act(watch)
            return self._ended(watch)

        ended = wait_for(over, seconds=SECONDS, every=0.2)
        self._end(pid, bot)
        # what our border took may still be on its way; what never comes is found missing
        wait_for(lambda: self._all_delivered(watch), seconds=DELIVERY)
        return self._played(bot, watch, killed=killed, ended=ended)

    # --- who and what ------------------------------------------------------------------------------------------------

    @property
    def noc(self) -> str:
        """The mailbox of this case's bot."""
        return f"noc-{self.number}@example.edu"

    @property
    def complainant(self) -> str:
        """Who complains."""
        return f"maria-{self.number}@example.com"

    @property
    def administrator(self) -> str:
        """Whose server it is."""
        return f"admin-{self.number}@example.edu"

    @property
    def security(self) -> str:
        """Who decides."""
        return f"security-{self.number}@example.edu"

    @property
    def server(self) -> tuple[str, str]:
        """Name and address of the server."""
        return f"server-{self.number}.example.edu", self.network.removesuffix("0/24") + "21"

    @property
    def network(self) -> str:
        """The network of this case's bot."""
        high, low = divmod(self.number, 250)
        return f"127.{31 + high}.{low}.0/24"

    # --- inside ------------------------------------------------------------------------------------------------------

    def _settle_in(self) -> Bot:
        noc, probes = f"noc-{self.number}", f"relaytest-{self.number}"
        name, address = self.server
        self.world.add_account(self.noc, noc)
        self.world.add_account(f"{probes}@omr-probe.example.org", probes)
        self.world.add_relay(name, address, Behaviour.OPEN)
        config = configuration(
            self.world,
            noc=noc,
            probe_account=probes,
            networks=(f"{BORDER}/32", self.network),
            procedure={
                **HURRIED,
                "grace": "15s",
                "reminder": "15s",
            },  # no reminder: whether there is time for one varies
            mailbox={"poll": "2s"},
            probes={"timeout": "60s", "return_window": "60s"},
            work={"lease": "10s", "retries": ["1s", "2s", "4s", "8s", "16s"]},
        )
        config["addresses"]["security"] = [self.security]
        config["probes"]["mailbox"]["poll"] = "2s"
        self.folder.mkdir()
        bot = Bot(self.folder, config)
        row = f"{address},{name},Tests,Ana,{self.administrator},+1 555 0100"
        (self.folder / "registry.csv").write_text(f"address,hostname,department,name,email,phone\n{row}\n")
        pid = self._start(bot, "import", "", "registry", "import", "registry.csv")
        assert self.prefork.code(pid, seconds=20) == 0, bot.log.read_text()
        return bot

    def _complaint(self) -> bytes:
        name, address = self.server
        spam = letters.relayed_spam(self.complainant, name=name, address=address)
        return letters.forwarded(self.complainant, self.noc, spam)

    def _start(self, bot: Bot, name: str, kill_at: str, *words: str) -> int:
        secrets = {key: value for key, value in bot.environment.items() if key.startswith("DEMO_")}
        return self.prefork.start(
            {
                "run": ["--config", str(bot.config), *(words or ("run",))],
                "folder": str(self.folder),
                "environment": secrets,
                "points": str(self.folder / f"points.{name}"),
                "kill_at": kill_at,
            }
        )

    def _end(self, pid: int, bot: Bot) -> None:
        """End the daemon as a service manager does."""
        if self.prefork.code(pid) is None:
            os.kill(pid, signal.SIGTERM)
            if self.prefork.code(pid, seconds=10) is None:
                os.kill(pid, signal.SIGKILL)
        assert self.prefork.code(pid, seconds=5) == 0, bot.log.read_text()[-3000:]

    def _mails(self) -> list[Mail]:
        people = {self.complainant, self.administrator, self.security}
        return [mail for mail in list(self.world.people.mails) if mail.to in people]

    def _act(self, watch: Watch) -> None:
        """Let everybody answer what he has got, once."""
        for mail in self._mails():
            if mail.message_id in self._answered:
                continue
            self._answered.add(mail.message_id)
            kind = watch.kind_of(mail.message_id)
            if kind == "security-question":
                self._answer(mail, "BLOCK" if watch.cases()[-1].block == "none" else "LIFT")
            elif kind == "admin-blocked":
                self.world.repair(self.server[0])
                self._answer(mail, "FIXED")

    def _answer(self, mail: Mail, words: str) -> None:
        to, raw = letters.answer(mail, words)
        self.world.send(mail.to, to, raw)

    def _ended(self, watch: Watch) -> bool:
        cases = watch.cases()
        if not cases or cases[-1].state != "repaired" or watch.undone():
            return False
        return all(notice.state == "sent" for notice in watch.notices()) and not self.world.folder(f"noc-{self.number}")

    def _all_delivered(self, watch: Watch) -> bool:
        came = {mail.message_id.strip("<>") for mail in list(self.world.people.mails)}
        return all(notice.message_id.strip("<>") in came for notice in watch.notices() if notice.state == "sent")

    def _played(self, bot: Bot, watch: Watch, *, killed: bool, ended: bool) -> Played:
        passed = (self.folder / "points.first").read_text().splitlines()
        ids: dict[tuple[str, str, int], set[str]] = {}
        outbox = {notice.message_id.strip("<>"): notice for notice in watch.notices()}
        told = set()
        for mail in self._mails():
            message_id = mail.message_id.strip("<>")
            notice = outbox.get(message_id)
            kind = notice.kind if notice else UNKNOWN
            told.add((kind, mail.to.replace(f"-{self.number}@", "@")))
            ids.setdefault((kind, mail.to, notice.number if notice else 0), set()).add(message_id)
        cases = watch.cases()
        return Played(
            killed=killed,
            points=passed,
            ended=ended,
            state=", ".join(case.state for case in cases),
            told=frozenset(told),
            message_ids=ids,
            undone=watch.undone(),
            left_in_inbox=len(self.world.folder(f"noc-{self.number}")),
            blocked=bot.blocked.read_text() if bot.blocked.exists() else "",
            log=bot.log.read_text()[-3000:],
        )
