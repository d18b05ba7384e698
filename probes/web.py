"""Is a form script of this web server an open relay? Find it, ask without sending, confirm with one nonce message."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime

import httpx

from cases.model import FormOutcome
from probes import guards
from probes.errors import CannotTest
from probes.facts import TargetFacts, target_facts
from probes.plan import PlannedProbe
from probes.port import settle, together
from probes.results import AddressDialogue, Progress
from probes.run import Returned, Watcher
from probes.settings import ProbeSettings
from probes.transcript import Transcript
from probes.web_client import Spent, WebClient
from probes.web_forms import WEB_FORMS, encoded, filled, message_fields, question_fields
from probes.web_pages import Answer, Page, answer
from probes.web_results import NO_SCRIPT, Said, result_of, unasked
from probes.web_search import FormScript, Found, Search
from probes.wire import Broken

CAP_SECONDS = 180.0  # all requests to one address
MOST_MESSAGES = 3  # that are sent by one address


async def run_web(
    plan: Sequence[PlannedProbe],
    facts: Sequence[TargetFacts],
    settings: ProbeSettings,
    returned: Returned,
    *,
    proved: Mapping[str, Sequence[str]] | None = None,
    hosts: asyncio.Semaphore | None = None,
    progress: Watcher | None = None,
) -> tuple[AddressDialogue, ...]:
    """Hold the web test of a plan (`web_forms.plan_web`); the addresses at the same time.

    `proved`: by address, the URLs through which mail came out before: asked first. The rest is as in `run.run`:
    `Refused` if an address is not ours, before any connection; `CannotTest` if none can be tested from here.
    """
    addresses = tuple(dict.fromkeys(probe.address for probe in plan))
    for address in addresses:
        guards.target(address, settings.networks)
    known = {one.address: one for one in facts}
    turn: AbstractAsyncContextManager[object] = hosts or nullcontext()

    told = progress or (lambda _: None)

    async def one(address: str) -> AddressDialogue:
        mine = [probe for probe in plan if probe.address == address]
        test = _WebTest(known.get(address) or target_facts(address), settings, mine, returned)
        async with turn:
            dialogue = await test.run((proved or {}).get(address, ()))
        for result in dialogue.results:
            told(Progress(address, result.port, result.tls, result.form, result.outcome, result.reply))
        return dialogue

    dialogues = tuple(await together(one(address) for address in addresses))
    if dialogues and all(dialogue.trouble for dialogue in dialogues):
        raise CannotTest(dialogues[0].trouble)
    return dialogues


def together_by_address(mail: Sequence[AddressDialogue], web: Sequence[AddressDialogue]) -> tuple[AddressDialogue, ...]:
    """The SMTP dialogues and the web tests of a server, what belongs to one address as one."""
    of_web = {one.address: one for one in web}
    both = [_joined(one, of_web.pop(one.address)) if one.address in of_web else one for one in mail]
    return (*both, *of_web.values())


def _joined(mail: AddressDialogue, web: AddressDialogue) -> AddressDialogue:
    return replace(
        mail,
        results=mail.results + web.results,
        form_script=web.form_script,
        vantage=tuple(dict.fromkeys(mail.vantage + web.vantage)),
        ended_at=web.ended_at,
        transcript="\n".join(text for text in (mail.transcript, web.transcript) if text),
    )


class _WebTest:
    """The web test of one address."""

    def __init__(
        self, facts: TargetFacts, settings: ProbeSettings, plan: Sequence[PlannedProbe], returned: Returned
    ) -> None:
        self._facts = facts
        self._settings = settings
        self._plan = plan
        self._returned = returned
        self._said: dict[str, list[Said]] = {probe.nonce: [] for probe in plan}

    async def run(self, proved: Sequence[str]) -> AddressDialogue:
        """Search, ask, and say what came of it."""
        started_at = datetime.now(UTC)
        address, transcript = self._facts.address, Transcript()
        found, note, trouble, vantage, asked = Found(), NO_SCRIPT, "", "", 0
        try:
            vantage = await guards.vantage(address, self._settings)
            async with asyncio.timeout(CAP_SECONDS), WebClient(address, self._settings, transcript) as client:
                search = Search(client, self._facts, self._settings, proved)
                found = search.found
                await search.run()
                for script in found.scripts:
                    await self._ask_all(client, script)
                    asked += 1
        except TimeoutError:
            note = "not sent: the time for this web server was up"
        except Spent as spent:
            note = str(spent)
        except CannotTest as error:
            trouble = str(error)
            note = f"not sent: {trouble}"
        self._leave(found.scripts[asked:], note)
        results = tuple(
            result_of(probe, filled(probe, self._facts, self._settings), self._said[probe.nonce], found, note)
            for probe in self._plan
        )
        return AddressDialogue(
            address=address,
            results=results,
            controls={},
            form_script=self._software(found),
            vantage=(vantage,) if vantage else (),
            started_at=started_at,
            ended_at=datetime.now(UTC),
            transcript=transcript.text,
            trouble=trouble,
        )

    async def _ask_all(self, client: WebClient, script: FormScript) -> None:
        """The forms in their order: one that only some scripts fall for follows where the plain one is refused."""
        refused = True
        for probe in self._plan:
            if probe.port != script.port:
                continue
            if await self._proved():
                said = unasked("not sent: a probe had come back already")
            elif self._messages() >= MOST_MESSAGES:
                said = unasked(f"not sent: {MOST_MESSAGES} messages are enough")
            elif self._has_taken(script):
                said = unasked("not sent: the same script has taken it by another way")
            elif not refused:
                said = unasked("not sent: the plainer form was not refused")
            else:
                said = await self._ask(client, script, probe)
                refused = said.outcome is FormOutcome.REFUSED
            if script.is_one or said.outcome not in {FormOutcome.VOID, FormOutcome.DEFERRED}:
                self._said[probe.nonce].append(said)
            if said.sent_at is not None:
                await settle(self._settings.settle, self._proved)

    async def _ask(self, client: WebClient, script: FormScript, probe: PlannedProbe) -> Said:
        url, sent = script.page.url, filled(probe, self._facts, self._settings)
        if isinstance(sent, str):
            return unasked(sent)
        referrer = ""
        form = encoded(question_fields(probe, sent, url, self._settings))
        try:
            page = await client.post(url, form)
            if answer(page) is Answer.WRONG_REFERRER:
                referrer = str(httpx.URL(url).copy_with(raw_path=b"/"))
                page = await client.post(url, form, referrer)
            if page.text == script.page.text:
                return Said(FormOutcome.VOID, page.said, "it answers a form as it answers none", script)
            if answer(page) is Answer.TAKEN:
                page = await client.post(url, encoded(message_fields(probe, sent, url, self._settings)), referrer)
                return _after_sending(script, probe, page)
        except Broken as broken:
            return Said(FormOutcome.DEFERRED, "", broken.detail, script)
        if answer(page) is Answer.SENT:  # it sends whatever is missing
            return _after_sending(script, probe, page)
        return _not_taken(script, page)

    def _leave(self, scripts: Sequence[FormScript], note: str) -> None:
        """Scripts that were found and not asked to the end: nobody knows what they do."""
        for script in scripts:
            for probe in self._plan:
                if script.is_one and probe.port == script.port:
                    self._said[probe.nonce].append(Said(FormOutcome.DEFERRED, "", note, script))

    def _messages(self) -> int:
        return sum(one.sent_at is not None for some in self._said.values() for one in some)

    def _has_taken(self, script: FormScript) -> bool:
        """Whether it took a message before, under another name or at another port, as far as can be seen."""
        taking = (one.script for some in self._said.values() for one in some if one.sent_at is not None)
        return any(one is not None and one is not script and one.looks_like(script) for one in taking)

    async def _proved(self) -> bool:
        back = await self._returned()
        return any(probe.nonce in back for probe in self._plan)

    def _software(self, found: Found) -> str | None:
        """The script that took most, else the first that was found."""
        said = [one for some in self._said.values() for one in some if one.script is not None]
        taking = [one.script for one in said if one.sent_at is not None]
        named = [script.software for script in (*taking, *found.scripts) if script is not None and script.software]
        return named[0] if named else None


def _after_sending(script: FormScript, probe: PlannedProbe, page: Page) -> Said:
    """The message was given to the script: taken, unless it says otherwise."""
    said = answer(page)
    if said in {Answer.SENT, Answer.TAKEN} or (said is Answer.UNKNOWN and page.status < 400):
        outcome = FormOutcome.LOCAL if WEB_FORMS[probe.form].local else FormOutcome.ACCEPTED
        return Said(outcome, page.said, "", script, datetime.now(UTC))
    return _not_taken(script, page)


def _not_taken(script: FormScript, page: Page) -> Said:
    match answer(page):
        case Answer.REFUSED:
            return Said(FormOutcome.REFUSED, page.said, "", script)
        case Answer.FAILED:
            return Said(FormOutcome.DEFERRED, page.said, "", script)
        case Answer.WRONG_REFERRER:
            return Said(FormOutcome.VOID, page.said, "it wants to be called from a page of its own", script)
    return Said(FormOutcome.VOID, page.said, "its answer was not understood", script)
