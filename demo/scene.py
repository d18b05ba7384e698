"""The verbs of the stories: complain, wait for a mail, answer, repair. What is done or seen goes to the timeline."""

import re
import threading
from collections.abc import Callable, Collection
from pathlib import Path

from demo import letters
from demo.daemon import Bot
from demo.people import Mail
from demo.story import NotSeenError
from demo.timeline import Timeline
from demo.watch import Watch, wait_for
from demo.world import World

PATIENCE = 40.0  # seconds for any one step; the whole demo takes less than that when all is well
NOC = "noc@example.edu"


class Scene:
    """The world, the bot and the timeline of one demo."""

    def __init__(self, world: World, bot: Bot, watch: Watch, timeline: Timeline, out: Path) -> None:
        self.world = world
        self.bot = bot
        self.watch = watch
        self.timeline = timeline
        self._out = out
        self._seen = 0
        self._over = threading.Event()
        self._showing = threading.Lock()
        self._watcher = threading.Thread(target=self._show_cases, name="watch", daemon=True)
        world.people.listen(self._show_mail)

    # --- what people do ----------------------------------------------------------------------------------------------

    def complain(self, person: str, raw: bytes, what: str) -> None:
        """Send a complaint, or anything else, to noc@."""
        self.timeline.say(person, f"→ {NOC}: {what}")
        self.world.send(person, NOC, raw)

    def answer(self, mail: Mail, words: str) -> None:
        """Let the receiver of a mail answer it with these words."""
        self.timeline.say(mail.to, f'answers "{words}"')
        to, raw = letters.answer(mail, words)
        self.world.send(mail.to, to, raw)

    def repair(self, person: str, server: str) -> None:
        """Let an administrator close his server."""
        self.timeline.say(person, f"closes {server}: it relays for strangers no more", style="server")
        self.world.repair(server)

    def spam_through(self, server: str, victim: str) -> bytes:
        """Let the spammer use an open relay; gives the spam as it lies in the victim's mailbox."""
        self.timeline.say("a spammer", f"sends spam to {victim} through {server}", style="server")
        seen = len(self.world.people.mails)
        address = self.world.relays[server].address
        self.world.send_from(letters.SPAMMER, "win@pills.example", victim, letters.spam(victim), to=(server, address))
        spam = self.world.people.wait(lambda mail: mail.to == victim, after=seen, seconds=PATIENCE)
        if spam is None:
            raise NotSeenError("the relay did not relay")
        return spam.raw

    # --- what must follow --------------------------------------------------------------------------------------------

    def mail(
        self, person: str, kind: str, *, says: str = "", after: Mail | None = None, seconds: float = PATIENCE
    ) -> Mail:
        """Wait for a mail of that kind to a person. Raises NotSeenError."""

        def wanted(mail: Mail) -> bool:
            if mail.to.lower() != person.lower() or self.watch.kind_of(mail.message_id) != kind:
                return False
            return says.lower() in (mail.subject + " " + mail.text).lower()

        found = self.world.people.wait(wanted, after=0 if after is None else after.number, seconds=seconds)
        if found is None:
            got = ", ".join(self.watch.kind_of(mail.message_id) or "other" for mail in self.world.people.of(person))
            about = f' that says "{says}"' if says else ""
            raise NotSeenError(f"{person} got no {kind}{about}, only: {got or 'nothing'}")
        return found

    def state(self, address: str, *states: str, seconds: float = PATIENCE) -> None:
        """Wait until the server's case is in one of the states. Raises NotSeenError."""
        found = self.watch.wait_state(address, states, seconds=seconds)
        if found not in states:
            raise NotSeenError(f"the case of {address} stands in {found}")

    def blocked(self, address: str, *, standing: bool, seconds: float = PATIENCE) -> None:
        """Wait until the block file names the address, or no more. Raises NotSeenError."""

        def as_wanted() -> bool:
            text = self.bot.blocked.read_text() if self.bot.blocked.exists() else ""
            return (address in text.split()) == standing

        if not wait_for(as_wanted, seconds=seconds):
            raise NotSeenError(f"{self.bot.blocked.name} {'does not name' if standing else 'still names'} {address}")

    def that(self, holds: Callable[[], bool], otherwise: str) -> None:
        """Look whether something holds now. Raises NotSeenError with `otherwise`."""
        if not holds():
            raise NotSeenError(otherwise)

    # --- the timeline ------------------------------------------------------------------------------------------------

    def __enter__(self) -> "Scene":
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watcher.join()

    def _show_mail(self, mail: Mail) -> None:
        kind = self.watch.kind_of(mail.message_id)
        who = re.sub(r"[^A-Za-z0-9.-]+", "-", mail.to)
        (self._out / f"{mail.number:02d}-{who}-{kind or 'mail'}.eml").write_bytes(mail.raw)
        if kind:
            self._show_changes()  # first what happened, then the mail about it
            self.timeline.say("omrbot", f"→ {mail.to}: {mail.subject}", style="omrbot")

    def _show_cases(self) -> None:
        while not self._over.wait(0.15):
            self._show_changes()
        self._show_changes()

    def _show_changes(self) -> None:
        with self._showing:
            self._show_what_is_new()

    def _show_what_is_new(self) -> None:
        names = {relay.address: name for name, relay in self.world.relays.items()}
        events = self.watch.events(self._seen)
        servers = {case.id: names.get(case.address, case.address) for case in self.watch.cases()} if events else {}
        for event in events:
            self._seen = event.id
            if event.happening not in QUIET:
                self.timeline.say(f"case {event.case} {servers[event.case]}", event.text, style="case")


# Happenings that the mails on the timeline show already.
QUIET: Collection[str] = frozenset({"NoticeAccepted", "RelayTestStarted"})
