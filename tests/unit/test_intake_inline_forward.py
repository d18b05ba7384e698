"""Spams that mail programs forwarded as text: where they begin, in many languages."""

import pytest

from intake.inline_forward import inline_forward
from tests.cost import costs_at_most

FORWARDS = {
    "gmail": "---------- Forwarded message ---------\nОт: A <a@a.example>\nDate: x\nSubject: y\nTo: <b@b.example>\n",
    "apple": "> Начало переадресованного сообщения:\n>\n> Отправитель: A <a@a.example>\n> Тема: x\n> Дата: y\n",
    "thunderbird": "-------- Weitergeleitete Nachricht --------\nBetreff: \tx\nDatum: \ty\nVon: \tA <a@a.example>\n",
    "yahoo": "   ----- Doorgestuurd bericht ----- Van: A <a@a.example>Aan: b@b.example <b@b.example>Verzonden: dinsdag "
    "1 september 2026 10:00:00 CESTOnderwerp: gratis gratis gratis\n",
    "outlook-web": "________________________________\nFrom: A <a@a.example>\nSent: x\nTo: b@b.example\nSubject: y\n",
    "outlook": "*Von:* A <a@a.example>\n*Gesendet:* Dienstag, 1. September 2026 10:00\n*An:* B\n*Betreff:* x\n",
}


@pytest.mark.parametrize("style", FORWARDS)
def test_it_finds_the_forward_and_the_program(style: str) -> None:
    found = inline_forward("Please look.\n\n" + FORWARDS[style])
    assert found is not None
    assert (found.start, found.style) == (2, style)


@pytest.mark.parametrize(
    "text",
    [
        "----- Forwarded message from A <a@a.example> -----\n\nDate: x\nFrom: A\nTo: B\nSubject: y\n",
        "----- Forwarded by Ann/Sales/Shop on 01.09.2026 10:00 -----\nFrom: A\nTo: B\nDate: x\nSubject: y\n",
        "---------- メッセージを転送 ---------\n送信元：A <a@a.example>\n日付：x\n件名：y\n送信先：b@b.example\n",
        "De : A <a@a.example>\nDate : mardi 1 septembre 2026\nÀ : b@b.example\nObjet : x\n",
        "Lähettäjä: A <a@a.example>\nPäivämäärä: x\nVastaanottaja: B\nAihe: y\n",
        "Od: A <a@a.example>\nOdesláno: x\nKomu: B\nPředmět: y\n",
        "Fra: A <a@a.example>\nSendt: x\nTil: B\nEmne: y\n",
        "~~~\n\nFrom: A very long name that a program wrapped\n    <a@a.example>\nDate: x\nSubject: y\n",
    ],
)
def test_it_finds_forwards_of_other_programs(text: str) -> None:
    assert inline_forward(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "Forwarded message\nwas the word that he used in his mail.\n",
        "From: here to there\nit is far.\n\nTo: do\nDate: today\n",
        "-----\nA heading\n-----\nand text\n",
        "________________________________\nThis mail is confidential.\n",
        "> On Tuesday A wrote:\n> hello\n",
        "",
    ],
)
def test_it_finds_none_in_ordinary_words(text: str) -> None:
    assert inline_forward(text) is None


@pytest.mark.parametrize("piece", ["From: a\n", "-" * 50 + "\n", "> " * 400 + "\n", "To:\n\n", ":" * 9 + "\n", "-"])
def test_a_hostile_text_costs_little(piece: str) -> None:
    costs_at_most(20, lambda: inline_forward(piece * (2_000_000 // len(piece))))
