"""The seven stories of the demo: who does what, and what must follow."""

from demo import letters
from demo.daemon import SECURITY, STAFF
from demo.people import Mail
from demo.scene import NOC, PATIENCE, Scene
from demo.story import Step, Story
from demo.watch import wait_for

CHEMISTRY = ("mx.chem.example.edu", "127.10.0.21", "ana@chem.example.edu")
HISTORY = ("mail.history.example.edu", "127.10.0.22", "bob@history.example.edu")
LIBRARY = ("smtp.library.example.edu", "127.10.0.23", "chen@library.example.edu")
MUSIC = ("lists.music.example.edu", "127.10.0.24", "dora@music.example.edu")
REGISTRY = """address,hostname,department,name,email,phone
127.10.0.21,mx.chem.example.edu,Chemistry,Ana Alvarez,ana@chem.example.edu,+1 555 0121
127.10.0.22,mail.history.example.edu,History,Bob Baker,bob@history.example.edu,+1 555 0122
127.10.0.23,smtp.library.example.edu,Library,Chen Li,chen@library.example.edu,+1 555 0123
127.10.0.24,lists.music.example.edu,Music,Dora Diaz,dora@music.example.edu,+1 555 0124
"""
ENDS = {CHEMISTRY[1]: "repaired", HISTORY[1]: "repaired", LIBRARY[1]: "cleared", MUSIC[1]: "inconclusive"}


def all_stories(scene: Scene) -> list[Story]:
    """All that comes to noc@ in the demo, told at the same time."""
    return [
        _repaired(scene),
        _blocked(scene),
        _cleared(scene),
        _never_called_open(scene),
        _headers_needed(scene),
        _not_ours(scene),
        _left_alone(scene),
    ]


def _repaired(scene: Scene) -> Story:
    """Chemistry: complained about twice; the administrator repairs it and says so."""
    server, address, admin = CHEMISTRY
    maria, jon = "maria@example.com", "jon@example.net"
    results: list[Mail] = []

    def first() -> None:
        spam = scene.spam_through(server, maria)
        scene.complain(maria, letters.forwarded(maria, NOC, spam), "complains; the spam is attached")

    def second() -> None:
        spam = scene.spam_through(server, jon)
        subject = "Spam from your chemistry department"
        scene.complain(jon, letters.forwarded(jon, NOC, spam, subject=subject), "complains about the same server")

    def fixed() -> None:
        scene.repair(admin, server)
        scene.answer(results[0], "Fixed. Sorry for the trouble!")

    def one_case() -> None:
        # Told that it was received, or at once that it was right: that depends on who is faster, he or the test.
        wait_for(lambda: [case.complaints for case in scene.watch.cases_of(address)] == [2], seconds=PATIENCE)
        complaints = [case.complaints for case in scene.watch.cases_of(address)]
        scene.that(lambda: complaints == [2], f"complaints by case: {complaints}")

    return Story(
        "Chemistry's open relay",
        [
            Step("Maria complains", first, checked=False),
            Step("Maria is told that her complaint arrived", lambda: _(scene.mail(maria, "complaint-received"))),
            Step("Chemistry's administrator is told before the test", lambda: _(scene.mail(admin, "admin-received"))),
            Step("Jon complains about the same server", second, checked=False),
            Step("Jon's complaint joins the same case", one_case),
            Step(
                "the relay is proved by the probe that came back", lambda: scene.state(address, "verified", "countdown")
            ),
            Step("Security is told at once", lambda: _(scene.mail(SECURITY, "security-verified", says=server))),
            Step("the administrator gets the results", lambda: results.append(scene.mail(admin, "admin-results"))),
            Step("Maria is told the outcome", lambda: _(scene.mail(maria, "complaint-outcome"))),
            Step("Jon is told the outcome", lambda: _(scene.mail(jon, "complaint-outcome"))),
            Step("the clock runs once the administrator is notified", lambda: scene.state(address, "countdown")),
            Step("the administrator repairs it and answers", fixed, checked=False),
            Step("the test shows it repaired, and the case ends", lambda: scene.state(address, "repaired")),
            Step("the administrator is told so", lambda: _(scene.mail(admin, "admin-repaired"))),
            Step("Maria is told the end", lambda: _(scene.mail(maria, "complaint-end"))),
            Step("Jon is told the end", lambda: _(scene.mail(jon, "complaint-end"))),
        ],
    )


def _blocked(scene: Scene) -> Story:
    """History: nobody answers, Security blocks it; then it is repaired and the block is lifted."""
    server, address, admin = HISTORY
    lee = "lee@example.org"
    mails: list[Mail] = []

    def complain() -> None:
        spam = scene.spam_through(server, lee)
        scene.complain(lee, letters.pasted(lee, NOC, spam), "complains; the headers are pasted into the text")

    def ask(kind: str, person: str, after: Mail | None = None, says: str = "") -> None:
        mails.append(scene.mail(person, kind, after=after, says=says))

    def fixed() -> None:
        scene.repair(admin, server)
        scene.answer(mails[-1], "FIXED")

    return Story(
        "History's open relay",
        [
            Step("Lee complains", complain, checked=False),
            Step("Lee is told that the complaint arrived", lambda: ask("complaint-received", lee)),
            Step("History's administrator is told", lambda: ask("admin-received", admin)),
            Step("the relay is proved and the administrator notified", lambda: scene.state(address, "countdown")),
            Step("the administrator gets the results", lambda: ask("admin-results", admin)),
            Step("Lee is told the outcome", lambda: ask("complaint-outcome", lee)),
            Step("nobody answers; the administrator is reminded", lambda: ask("admin-reminder", admin)),
            Step("the time is up", lambda: scene.state(address, "overdue")),
            Step("Security is asked for the decision", lambda: ask("security-question", SECURITY, says=server)),
            Step("Security decides", lambda: scene.answer(mails[-1], "BLOCK"), checked=False),
            Step("the block is in place", lambda: scene.blocked(address, standing=True)),
            Step("the case is blocked", lambda: scene.state(address, "blocked")),
            Step("Security is told of the decision", lambda: ask("security-decided", SECURITY, says=server)),
            Step("the administrator is told of the block", lambda: ask("admin-blocked", admin)),
            Step("the administrator repairs it and answers", fixed, checked=False),
            Step(
                "the test is clean: Security is asked to lift it",
                lambda: ask("security-question", SECURITY, mails[-1], server),
            ),
            Step("until then the block stays", lambda: scene.blocked(address, standing=True, seconds=0)),
            Step("Security confirms", lambda: scene.answer(mails[-1], "LIFT"), checked=False),
            Step("the block is lifted", lambda: scene.blocked(address, standing=False)),
            Step("the case ends", lambda: scene.state(address, "repaired")),
            Step("the administrator is told so", lambda: ask("admin-lifted", admin)),
            Step("Lee is told the end", lambda: ask("complaint-end", lee)),
        ],
    )


def _cleared(scene: Scene) -> Story:
    """The library: spam left there, but not by relaying."""
    server, address, admin = LIBRARY
    pat = "pat@example.com"
    spam = letters.relayed_spam(pat, name=server, address=address)
    return Story(
        "The library's closed server",
        [
            Step(
                "Pat complains",
                lambda: scene.complain(pat, letters.forwarded(pat, NOC, spam), "complains"),
                checked=False,
            ),
            Step("the library's administrator is told", lambda: _(scene.mail(admin, "admin-received"))),
            Step("the test finds no relay, and the case ends", lambda: scene.state(address, "cleared")),
            Step("the administrator gets the results", lambda: _(scene.mail(admin, "admin-results"))),
            Step("Pat is told the outcome", lambda: _(scene.mail(pat, "complaint-outcome"))),
        ],
    )


def _never_called_open(scene: Scene) -> Story:
    """Music: it accepts everything, nothing comes back: accepted is not relayed."""
    server, address, admin = MUSIC
    alex = "alex@example.net"
    spam = letters.relayed_spam(alex, name=server, address=address)

    def not_open() -> None:
        told = [mail.text for mail in scene.world.people.of(admin)]
        opened = [event for event in scene.watch.events() if " open relay" in event.text and event.case in cases()]
        scene.that(lambda: not opened or all("no open relay" in event.text for event in opened), "an event says so")
        scene.that(lambda: bool(told), "the administrator was told nothing")

    def cases() -> set[int]:
        return {case.id for case in scene.watch.cases_of(address)}

    return Story(
        "Music's server, which discards",
        [
            Step(
                "Alex complains",
                lambda: scene.complain(alex, letters.forwarded(alex, NOC, spam), "complains"),
                checked=False,
            ),
            Step("music's administrator is told", lambda: _(scene.mail(admin, "admin-received"))),
            Step("it accepted, nothing came back: no verdict", lambda: scene.state(address, "inconclusive")),
            Step("after the last retry a human is asked", lambda: _(scene.mail(STAFF, "staff-question", says=server))),
            Step("Alex is told that a human has it", lambda: _(scene.mail(alex, "complaint-outcome"))),
            Step("it was never called open", not_open),
        ],
    )


def _headers_needed(scene: Scene) -> Story:
    sam = "sam@example.com"
    raw = letters.without_headers(sam, NOC)
    return Story(
        "A complaint without headers",
        [
            Step("Sam complains", lambda: scene.complain(sam, raw, "complains; no header is left"), checked=False),
            Step("Sam is asked for the full headers", lambda: _(scene.mail(sam, "headers-needed"))),
        ],
    )


def _not_ours(scene: Scene) -> Story:
    kim = "kim@example.net"
    spam = letters.relayed_spam(kim, name="mail.stranger.example", address="203.0.113.77")
    raw = letters.forwarded(kim, NOC, spam)
    return Story(
        "A complaint about a stranger's server",
        [
            Step(
                "Kim complains",
                lambda: scene.complain(kim, raw, "complains about somebody else's server"),
                checked=False,
            ),
            Step(
                "Kim is told which server it was, and that it is not ours",
                lambda: _(scene.mail(kim, "not-ours", says="203.0.113.77")),
            ),
        ],
    )


def _left_alone(scene: Scene) -> Story:
    ruth = "ruth@example.org"
    raw = letters.question(ruth, NOC)
    return Story(
        "A question for the humans",
        [Step("Ruth asks", lambda: scene.complain(ruth, raw, "asks about a socket in room 204"), checked=False)],
    )


def _(_seen: object) -> None:
    """A step only needs it to have been seen."""
