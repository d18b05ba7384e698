"""What a person wrote himself, above, below and between what others wrote."""

import pytest

from intake.words import own_lines, own_words
from tests.cost import costs_at_most


@pytest.mark.parametrize(
    "attribution",
    [
        "On Tue, Sep 1, 2026 at 10:00 AM NOC\n<noc@example.edu> wrote:",
        "On Tue, Sep 1, 2026 at 10:00 AM Network Operations Centre of the University\n<noc@example.edu>\nwrote:",
        "Am 01.09.26 um 10:00 schrieb NOC:",
        "Le mar. 1 sept. 2026 à 10:00, NOC <noc@example.edu> a écrit :",
        "El mar, 1 sept 2026 a las 10:00, NOC (<noc@example.edu>) escribió:",
        "Il giorno mar 1 set 2026 alle ore 10:00 NOC <noc@example.edu> ha scritto:",
        "Op di 1 sep 2026 om 10:00 schreef NOC <noc@example.edu>:",
        "Em ter., 1 de set. de 2026 às 10:00, NOC <noc@example.edu> escreveu:",
        "Den tis 1 sep. 2026 kl 10:00 skrev NOC <noc@example.edu>:",
        "tir. 1. sep. 2026 kl. 10.00 skrev NOC <noc@example.edu>:",
        "wt., 1 wrz 2026 o 10:00 NOC <noc@example.edu> napisał(a):",
        "út 1. 9. 2026 v 10:00 odesílatel NOC <noc@example.edu> napsal:",
        "ti 1. syysk. 2026 klo 10.00 NOC (noc@example.edu) kirjoitti:",
        "вт, 1 сент. 2026 г. в 10:00, NOC <noc@example.edu>:",
        "01.09.2026 10:00, NOC пишет:",
        "2026. 09. 01. 10:00 keltezéssel, NOC írta:",
        "NOC 于2026年9月1日周二 10:00 写道：",
        "Zitat von NOC <noc@example.edu>:",
        "NOC wrote:",
    ],
)
def test_it_leaves_out_what_stands_above_a_quotation(attribution: str) -> None:
    quoted = "\n".join(["> Your server", "> FIXED"])
    assert own_lines(f"NOT MINE\n\n{attribution}\n{quoted}\n") == ["NOT MINE"]
    assert own_lines(f"{attribution}\n\n{quoted}\n\nNOT MINE\n") == ["NOT MINE"]


@pytest.mark.parametrize(
    "below",
    [
        "________________________________\nFrom: NOC <noc@example.edu>\nSent: x\nTo: a\nSubject: y\n\nFIXED\n",
        "-----Ursprüngliche Nachricht-----\nVon: NOC\nGesendet: x\nAn: a\nBetreff: y\n\nFIXED\n",
        "Da: NOC <noc@example.edu>\nInviato: x\nA: a\nOggetto: y\n\nFIXED\n",
        'Am 01/09/2026, 10:00 schrieb "NOC" <noc@example.edu>:\n\n    Your server\n    FIXED\n',
        "-- \nFIXED it is, my motto\n",
        "Sent from my iPhone\n\n-----Original Message-----\nFIXED\n",
    ],
)
def test_it_stops_where_a_program_put_the_quotation(below: str) -> None:
    assert own_lines("we look at it\n\n" + below) == ["we look at it"]


def test_a_word_right_above_an_attribution_is_his_own() -> None:
    assert own_lines("FIXED\nvt, 1 sent. 2026 10:00, NOC <noc@example.edu>:\n> Your server\n") == ["FIXED"]


def test_it_keeps_what_stands_between_quotations() -> None:
    text = "> From: NOC\n> Date: x\n> Subject: y\n> To: a\n> Is it yours?\nNOT MINE\n> FIXED\nask Physics\n"
    assert own_lines(text) == ["NOT MINE", "ask Physics"]


def test_it_keeps_a_line_that_only_looks_like_an_attribution() -> None:
    assert own_lines("FIXED at 10:30, said by ann@shop.example:\nclosed in main.cf\n")[0].startswith("FIXED")


def test_a_disclaimer_is_nobodys_word() -> None:
    assert own_words("See below.\n\nThis e-mail and its attachments are confidential.\nDo not read.\n") == "See below."


@pytest.mark.parametrize("piece", ["On 1 ", "On 1\n", "a@b 10:00:\n", ">", "    \n", "- ", "wrote ", "sent from "])
def test_a_hostile_text_costs_little(piece: str) -> None:
    costs_at_most(40, lambda: own_words(piece * (1_000_000 // len(piece))))
