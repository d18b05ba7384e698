"""Looking for form scripts at the usual paths of a web server, under each name that it has."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import httpx

from probes.facts import TargetFacts
from probes.settings import ProbeSettings
from probes.web_client import WebClient, host_of, port_of
from probes.web_forms import PATHS
from probes.web_pages import Page, script
from probes.wire import Broken, How

SEARCHES = 28  # requests of a search; the rest of the client's is for questions
MOST_SCRIPTS = 6  # that are asked: so many copies of a script that refuses take all questions that are left
MOST_PROVED = 3  # URLs of before that are asked for
REDIRECTS = 2  # that are followed, to the same server
LONGEST_URL = 2000  # characters of a redirect that are read
MISSES = 2  # requests to a port that broke off: then it is left alone


@dataclass(frozen=True)
class FormScript:
    """A form script, or what stands in its place."""

    start: str  # the URL that was asked for, http://host/path
    page: Page  # what it shows without a form, redirects followed
    port: int  # of `start`
    software: str | None  # "FormMail 1.6"; None: nothing shows that it is one
    proved: bool = False  # mail came out through this URL before

    @property
    def is_one(self) -> bool:
        """Whether it is a form script, and not only a page that may be one's."""
        return self.software is not None or self.proved

    def looks_like(self, other: "FormScript") -> bool:
        """Whether it may be the same script under another name."""
        return self.software == other.software and httpx.URL(self.start).path == httpx.URL(other.start).path


@dataclass
class Found:
    """What a search came to, by port."""

    scripts: list[FormScript] = field(default_factory=list)  # to be asked, in this order
    gone: list[FormScript] = field(default_factory=list)  # proved before, and no longer there
    hidden: list[FormScript] = field(default_factory=list)  # proved before, and not to be seen now
    pages: dict[int, list[Page]] = field(default_factory=dict)
    broken: dict[int, Broken] = field(default_factory=dict)  # the last one


class Search:
    """One search at one address. Build it, `run` it once; `found` is there also when it was cut short."""

    def __init__(
        self, client: WebClient, facts: TargetFacts, settings: ProbeSettings, proved: Sequence[str] = ()
    ) -> None:
        self.found = Found()
        self._client = client
        self._settings = settings
        self._hosts = tuple(dict.fromkeys((*facts.names, host_of(facts.address))))
        self._address = host_of(facts.address)
        self._proved = tuple(map(httpx.URL, proved[:MOST_PROVED]))
        # It has had these names: whatever they lead to now, it is this address that is asked.
        self._names = frozenset({*self._hosts, *(_host(url) for url in self._proved)})
        self._asked: set[str] = set()
        self._misses: dict[int, int] = {}
        self._unknown: list[FormScript] = []  # pages that are no error, and no known script's

    async def run(self) -> None:
        """Ask for what was proved before, then at the usual paths. Raises `CannotTest` from the guards."""
        for url in self._proved:
            await self._look_again(url)
        for scheme, host, port in self._sites():
            for path in PATHS:
                enough = len(self.found.scripts) >= MOST_SCRIPTS or self._client.requests >= SEARCHES
                if enough or self._left_alone(port):
                    break
                await self._look(_url(scheme, host, port, path), port)
        # A server with a page for every path has no script at any.
        told = [one for one in self._unknown if any(page.gone for page in self.found.pages.get(one.port, ()))]
        self.found.scripts += told[: MOST_SCRIPTS - len(self.found.scripts)]
        forbidden = [one for one in self.found.hidden if self._is_forbidden_alone(one)]
        self.found.gone += forbidden
        self.found.hidden = [one for one in self.found.hidden if one not in forbidden]

    def _is_forbidden_alone(self, script: FormScript) -> bool:
        """Whether only what is there may not be seen: a server that lets us see nothing refuses us, not strangers."""
        site = script.page.url.partition("//")[2].partition("/")[0]
        others = (page for page in self.found.pages.get(script.port, ()) if page.url != script.page.url)
        seen = any(page.gone and page.url.partition("//")[2].startswith(f"{site}/") for page in others)
        return script.page.closed_to_us and seen

    def _sites(self) -> Iterator[tuple[str, str, int]]:
        """The best name at every port, the bare address, and then the other names."""
        names = [host for host in self._hosts if host != self._address]
        for host in (*names[:1], self._address, *names[1:]):
            for port in self._settings.web_ports:
                yield "http", host, port
            for port in self._settings.web_tls_ports:
                yield "https", host, port

    async def _look(self, url: str, port: int) -> None:
        if url in self._asked:
            return
        page = await self._page(url, port)
        if page is None:
            return
        software = script(page)
        one = FormScript(url, page, port, software)
        if software is not None:
            self.found.scripts.append(one)
        elif 200 <= page.status < 300:
            self._unknown.append(one)

    async def _look_again(self, url: httpx.URL) -> None:
        """What is at the URL through which mail came out before: the script, nothing any more, or not to be told."""
        port = port_of(url)
        page = await self._page(str(url), port, again=True)
        if page is None:
            return
        one = FormScript(str(url), page, port, script(page), proved=True)
        if one.software is not None or 200 <= page.status < 300:
            self.found.scripts.append(one)
        elif page.gone:
            self.found.gone.append(one)
        else:
            self.found.hidden.append(one)

    async def _page(self, url: str, port: int, *, again: bool = False) -> Page | None:
        """The page, after redirects to the same server; None where no answer came, or it was asked for before."""
        for _ in range(1 + REDIRECTS):
            self._asked.add(url)
            try:
                page = await self._client.get(url)
            except Broken as broken:
                self._broke(port, broken)
                return None
            self.found.pages.setdefault(port, []).append(page)
            onward = self._redirect(page)
            if onward is None:
                return page
            if onward in self._asked and not again:
                return None
            url = onward
        return page

    def _redirect(self, page: Page) -> str | None:
        """Where a redirect leads, if that is the same server under a name that we know (RFC 9110 §15.4)."""
        if page.status not in {301, 302, 303, 307, 308} or not page.location:
            return None
        try:
            onward = httpx.URL(page.url).join(page.location[:LONGEST_URL]).copy_with(fragment=None)
            return str(onward) if self._is_ours(onward) else None
        except (httpx.InvalidURL, ValueError):
            return None

    def _is_ours(self, url: httpx.URL) -> bool:
        ports = {"http": self._settings.web_ports, "https": self._settings.web_tls_ports}.get(url.scheme, ())
        return _host(url) in self._names and port_of(url) in ports and not url.userinfo

    def _broke(self, port: int, broken: Broken) -> None:
        self.found.broken[port] = broken
        silent = port not in self.found.pages and broken.how in {How.NOBODY_LISTENS, How.NO_CONNECTION, How.TLS_FAILED}
        self._misses[port] = MISSES if silent else self._misses.get(port, 0) + 1

    def _left_alone(self, port: int) -> bool:
        return self._misses.get(port, 0) >= MISSES


def _host(url: httpx.URL) -> str:
    return host_of(url.host.lower())


def _url(scheme: str, host: str, port: int, path: str) -> str:
    usual = (scheme, port) in {("http", 80), ("https", 443)}
    return f"{scheme}://{host}{'' if usual else f':{port}'}{path}"
