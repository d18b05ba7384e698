"""`make mails`: each kind of mail as .txt, .html, .eml and as pictures, into one folder, for looking at.

    python -m notices.samples FOLDER [WORD...]     only those whose names hold one of the words

The pictures are made by Chromium where there is one: narrow (400 px) and wide (900 px), a few in dark too.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes, policy
from pathlib import Path

from db.tables import Notice
from notices.sample_mails import digest_mail, samples, summary_mail, written

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = {"narrow": 400, "wide": 900}
DARK = frozenset(
    {
        "admin-results-open-postfix",
        "admin-blocked",
        "admin-repaired",
        "complaint-outcome-verified",
        "security-question-block",
        "staff-call",
        "digest-busy",
    }
)
TALLEST = 3200  # pixels; a page that is longer is cut
SILENT = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)


def main(arguments: Sequence[str]) -> int:
    """Write the mails; gives the exit code."""
    if not arguments:
        print("usage: python -m notices.samples FOLDER [WORD...]", file=sys.stderr)
        return 2
    folder, words = Path(arguments[0]), arguments[1:]
    folder.mkdir(parents=True, exist_ok=True)
    browser = next((found for name in CHROMIUM if (found := shutil.which(name))), None)
    pages = [_write(folder, name, notice) for name, notice in all_mails(words)]
    if browser:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda page: _pictures(browser, page), pages))
    print(f"{len(pages)} mails in {folder}" + ("" if browser else "; no pictures: there is no Chromium"))
    return 0


def all_mails(words: Sequence[str] = ()) -> Iterator[tuple[str, Notice]]:
    """Name and outbox row of each sample whose name holds one of the words (or of all)."""

    def wanted(name: str) -> bool:
        return not words or any(word in name for word in words)

    for sample in samples():
        if wanted(sample.name):
            yield sample.name, written(sample)
    for name, busy in (("digest-busy", True), ("digest-quiet", False)):
        if wanted(name):
            yield name, digest_mail(busy=busy)
    if wanted("complaint-summary"):
        yield "complaint-summary", summary_mail()


def html_of(notice: Notice) -> str:
    """The HTML part of a mail."""
    part = message_from_bytes(notice.raw, policy=policy.default).get_body(("html",))
    return str(part.get_content()) if part is not None else ""


def _write(folder: Path, name: str, notice: Notice) -> Path:
    (folder / f"{name}.eml").write_bytes(notice.raw)
    (folder / f"{name}.txt").write_text(f"Subject: {notice.subject}\n\n{notice.text}", encoding="utf-8")
    page = folder / f"{name}.html"
    page.write_text(html_of(notice), encoding="utf-8")
    return page


def _pictures(browser: str, page: Path) -> None:
    for size, width in WIDTHS.items():
        for scheme in ("light", "dark") if page.stem in DARK else ("light",):
            picture = page.with_name(f"{page.stem}.{size}.{scheme}.png")
            with tempfile.TemporaryDirectory() as profile:
                subprocess.run(  # noqa: S603 - our own page, no shell
                    [
                        browser,
                        *SILENT,
                        f"--user-data-dir={profile}",
                        f"--window-size={width},{TALLEST}",
                        f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}",
                        f"--screenshot={picture.resolve()}",
                        page.resolve().as_uri(),
                    ],
                    check=True,
                    capture_output=True,
                    timeout=60,
                )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
