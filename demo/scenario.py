"""The whole procedure on loopback, watched: `bot.py demo`.

Seven things come to noc@ at the same time: complaints about four servers of Example University, one that lacks its
headers, one about a stranger's server, and a question that is no business of the bot.
"""

import json
import logging
import shutil
import signal
import tempfile
import threading
from collections import Counter
from pathlib import Path

from demo.daemon import Bot, configuration
from demo.relays import Behaviour
from demo.scene import NOC, Scene
from demo.stories import CHEMISTRY, ENDS, HISTORY, LIBRARY, MUSIC, REGISTRY, all_stories
from demo.story import Step, Story, tell_all
from demo.timeline import Timeline
from demo.watch import Watch
from demo.world import World


def run(out: Path) -> int:
    """Play the demo and leave the mails, the digest and the timeline in `out`; 0 only if every step happened."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # ended in the same order as by Ctrl-C
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd's own
    _empty(out)
    folder = Path(tempfile.mkdtemp(prefix="omrbot-demo-"))
    timeline = Timeline(out / "timeline.txt")
    failed = ["the demo was interrupted"]
    try:
        failed = _play(out, folder, timeline)
    except KeyboardInterrupt:
        timeline.title("Interrupted; nothing is left running.")
        return 130
    finally:
        log = folder / "omrbot.log"
        if log.exists():
            shutil.copy(log, out / "omrbot.log")
        shutil.rmtree(folder, ignore_errors=True)
    for line in failed:
        timeline.say("✗ missing", line, style="✗")
    if failed:
        timeline.title(f"{len(failed)} expected steps did not happen. The daemon's log: {out / 'omrbot.log'}")
        return 1
    timeline.title(f"Everything happened as it should, in {timeline.seconds:.0f} s. Mails, digest, timeline: {out}")
    return 0


def _play(out: Path, folder: Path, timeline: Timeline) -> list[str]:
    """Build the world, start the bot, tell the stories; give what did not happen."""
    timeline.title("A university with four mail servers, people outside, and noc@ — all on this machine")
    with World() as world:
        world.add_account(NOC, "noc")
        world.add_account("relaytest@omr-probe.example.org", "relaytest")
        for (name, address, _), behaviour in (
            (CHEMISTRY, Behaviour.OPEN),
            (HISTORY, Behaviour.OPEN),
            (LIBRARY, Behaviour.CLOSED),
            (MUSIC, Behaviour.DISCARDS),
        ):
            world.add_relay(name, address, behaviour)
            timeline.say(name, f"{address}, {IS[behaviour]}", style="server")
        world.zone.listed.add(CHEMISTRY[1])
        bot = Bot(folder, configuration(world))
        (folder / "administrators.csv").write_text(REGISTRY)
        bot.command("registry", "import", "administrators.csv")
        scene = Scene(world, bot, Watch(bot.database), timeline, out)
        stories = all_stories(scene)
        with bot, scene:
            timeline.title("The daemon runs. Complaints come in")
            tell_all(stories, timeline, threading.Event())
            epilogue = _epilogue(scene, out)
            timeline.title("At the end")
            epilogue.tell(timeline, threading.Event())
        return [line for story in (*stories, epilogue) for line in story.failed]


IS = {
    Behaviour.OPEN: "an open relay",
    Behaviour.CLOSED: "a closed server: it relays for nobody",
    Behaviour.DISCARDS: "takes everything and throws it away: no relay",
}


def _epilogue(scene: Scene, out: Path) -> Story:
    """What must hold when everything has been told."""

    def inbox() -> None:
        left = scene.world.folder("noc")
        scene.that(lambda: len(left) == 1, f"{len(left)} messages are in INBOX")
        scene.that(lambda: b"Network socket" in left[0].raw, "another message is in INBOX")
        scene.that(lambda: not left[0].seen, "it is marked as read")

    def unanswered() -> None:
        scene.that(lambda: not scene.world.people.of("ruth@example.org"), "it was answered")

    def digest() -> None:
        page = out / "digest.html"
        scene.bot.command("digest", "--html", str(page.resolve()))
        scene.that(lambda: MUSIC[0] in page.read_text().replace("<wbr>", ""), f"{page.name} does not name {MUSIC[0]}")

    def states() -> None:
        lines = scene.bot.command("cases", "--json").splitlines()
        found = {case["addresses"][0]: case["state"] for case in map(json.loads, lines)}
        scene.that(lambda: found == ENDS, f"they stand so: {found}")

    def once() -> None:
        ids = Counter((mail.to, mail.message_id) for mail in scene.world.people.mails)
        kinds = Counter((n.case, n.kind, n.to, n.number) for n in scene.watch.notices() if n.case is not None)
        twice = [key for key, count in (*ids.items(), *kinds.items()) if count > 1]
        scene.that(lambda: not twice, f"twice: {twice}")

    def ended() -> None:
        scene.that(lambda: scene.bot.running, "the daemon had ended by itself")
        code = scene.bot.stop()
        scene.that(lambda: code == 0, f"it ended with {code}")

    return Story(
        "The end",
        [
            Step("the question is still in INBOX, unread", inbox),
            Step("nobody answered it", unanswered),
            Step("the four cases stand where they should", states),
            Step("nobody was told anything twice", once),
            Step("the digest names what needs a human", digest),
            Step("SIGTERM ends the daemon with exit code 0", ended),
        ],
    )


def _empty(out: Path) -> None:
    """Remove what an earlier demo left; nothing else."""
    out.mkdir(parents=True, exist_ok=True)
    for pattern in ("*.eml", "digest.html", "timeline.txt", "omrbot.log"):
        for left in out.glob(pattern):
            left.unlink()
