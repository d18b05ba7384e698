"""Whether words complain that spam comes from us. Thin rules over tables of words, careful both ways.

A complaint that is missed stays in the inbox, where a human sees it; a stranger's letter that is answered annoys him.
So the word "spam" alone is not enough: it must be said to come from us, or be held against us. What does so outright,
in one sentence, is an accusation, whatever stands beside it: people speak of delays, newsletters and lost answers, too.

| what is said                                               | complaint |
|------------------------------------------------------------|-----------|
| somebody sells, asks for a meeting or for a login          | no        |
| in one sentence: a machine or we, spam, and a verb of      | yes       |
| sending or getting; or a machine or we, and "open relay"   |           |
| a delivery has failed; something else than mail is abused  | no        |
| a server relays for strangers; not in a warning about      | yes       |
| programs, and not where it is asked or wished for          |           |
| mail that comes from us, and is to end                     | yes       |
| spam that comes from us, or that we are to stop            | yes       |
| spam, and an address of a machine, in few words, or in a   | yes       |
| sentence that says what is got from it                     |           |
| what might be done in our name                             | no        |
| spam, and that he gets it, with no word of us              | no        |
| spam that is filtered, sold against, written about         | no        |
"""

import re

from intake.complaint_words import (
    ABUSE,
    ADVERTISING,
    COMES_FROM_US,
    COMPLAINT,
    END_IT,
    FROM,
    FROM_US,
    GETTING,
    GOES_ON,
    HACKED,
    MACHINE,
    MACHINERY,
    MAIL,
    MANY,
    NO_MORE,
    OURS,
    RELAY,
    REPROACH,
    SEE_TO_IT,
    SENDING,
    SENDS_ME,
    SPAM,
    THIS_MAIL,
    YOU_SEND,
)
from intake.ordinary_words import (
    ADVERTISES,
    ADVISORY,
    ASKS_HOW,
    DELIVERY,
    DEMANDS,
    ENQUIRY,
    FAULT,
    HELD_TO_BE,
    LOG_IN,
    MIGHT,
    NETWORK,
    NOT_INVOLVED,
    NOT_MAIL,
    SELLS,
    SOLVED,
    TARGET,
    TOLD,
    WISHES,
    YOUR_ACCOUNT,
)
from intake.sentences import Passage, clause_around, clauses, joined, sentences, without_innocent


def complains_in_words(text: str) -> bool:
    """Whether a text says that spam was sent by us, or that a server of ours relays."""
    if sells_or_phishes(text):
        return False
    if accuses(text):
        return True
    said = " ".join(sentences(text))
    if any(words.search(said) for words in (DELIVERY, HELD_TO_BE, SOLVED)) or _advertises(text) or _not_of_mail(said):
        return False
    if any(map(_relays, sentences(text))) and not _is_advisory(said):
        return True
    if _wants_no_more_mail_of_ours(text):
        return True
    if not SPAM.search(said) and not any(map(_abuse_of_mail, sentences(text))):
        return False
    stated = [one for one in sentences(text) if not (_asks(one) or MIGHT.search(one))]
    if any(map(_is_held_against_us, stated)) or any(map(_names_our_machine, stated)):
        return True
    if WISHES.search(said):
        return False
    terse = len(said.split()) <= TERSE and MACHINE.search(said) is not None
    return _wants_it_stopped(text) or terse or any(map(_gets_from_a_machine, sentences(text)))


def accuses(text: str) -> bool:
    """Whether one of its sentences says outright that a machine sends spam, or relays for strangers."""
    return any(_accuses(one) or _accuses_in_part(one) for one in sentences(text))


def accuses_us(text: str) -> bool:
    """Whether one of its sentences says so of "your server", and of no stranger's: "they send spam to your server"."""
    return any(_accuses_us(one) and ELSEWHERE not in one for one in sentences(text))


def accuses_somebody(passage: Passage) -> bool | None:
    """Whether a passage accuses the machines in it; False: something else is held against them; None: nothing is."""
    said = passage.said
    if _accuses_in_part(said):
        return True
    if NOT_MAIL.search(said) or _excused(said) or _is_question(said):
        return False
    told = f"{passage.heading} {said}"
    many = MANY.search(told) and MAIL.search(told)
    if SPAM.search(told) or RELAY.search(told) or many or _abuse_of_mail(told) or _advertising_by_mail(told):
        return not _not_of_mail(told)
    return None


def is_excused(passage: Passage, start: int) -> bool:
    """Whether a passage says of the machine at `start` that it has no part in it, or is the target of another."""
    before = passage.said[max(0, start - NEAR) : start]
    part = clause_around(before, passage.said[start : start + NEAR])
    return bool(NOT_INVOLVED.search(part) or TARGET.search(before))


def is_the_subject(passage: Passage, start: int, end: int) -> bool:
    """Whether a passage says of what stands there, and of none of ours, that spam comes from it or what it does."""
    if THROUGH_US.search(passage.said[max(0, start - NEAR) : end + NEAR]):
        return False
    before, after = passage.said[max(0, start - 60) : start], passage.said[end : end + 60]
    return bool(SAID_OF_BEFORE.search(before) or SENDING.search(after) or RELAY.search(after))


def one_of_us_accuses(text: str) -> bool:
    """The same of one of our own people, who gets all his spam from a server of ours: it must be said to send it."""
    return any(_accuses_us(one) and (RELAY.search(one) or SENDING.search(one)) for one in sentences(text))


def says_it_came_from_us(text: str) -> bool:
    """Whether a text about a mail says that it came from us, and is to stop: no word for spam is needed there."""
    said = joined(text)
    if NETWORK.search(said) and not MAIL.search(THIS_MAIL.sub(" ", said)):
        return False
    stop = _stop(said)
    for one in sentences(text):
        gets = (GETTING.search(one) or SENDING.search(one)) and not _asks(one)
        ours = (COMES_FROM_US.search(one) and (stop or gets)) or (FROM_US.search(one) and SENDS_ME.search(one))
        if ours and not _excused(one):
            return True
    return False


def passes_a_complaint_on(text: str) -> bool:
    """Whether a text above a forward says that somebody complains of a machine of ours, whatever he forwards."""
    return any(COMPLAINT.search(one) and MACHINE.search(one) and not _excused(one) for one in sentences(text))


def wants_an_end(text: str) -> bool:
    """Whether a text says "stop it": enough above a mail that somebody got, and nothing else is said of it."""
    return bool(END_IT.search(joined(text)))


def goes_on(text: str) -> bool:
    """Whether a text says that something has not ended yet: "still happening", and that nobody looks into it."""
    return any(GOES_ON.search(one) and not SEE_TO_IT.search(one) and not _excused(one) for one in sentences(text))


def speaks_of_spam(text: str) -> bool:
    """Whether a text holds a word for unwanted mail; beside an attached or forwarded spam that is enough."""
    said = without_innocent(joined(text))
    return bool(SPAM.search(said) or RELAY.search(said) or ABUSE.search(said))


def asks_about_delivery(text: str) -> bool:
    """Whether a text asks why a wanted mail did not arrive: such mail comes with headers too."""
    return bool(DELIVERY.search(joined(text)))


def explains_a_fault(text: str) -> bool:
    """Whether a text speaks of what is wrong (or right now) with wanted mail: SPF, TLS, a test."""
    return bool(FAULT.search(joined(text)))


def asks_for_a_sender(text: str) -> bool:
    """Whether an authority wants to know who wrote a mail, whose headers it shows."""
    return bool(ENQUIRY.search(joined(text)))


def offers_or_wishes(text: str) -> bool:
    """Whether a text sells something, or asks for a filter: it may speak of spam as much as it likes."""
    return _advertises(text) or bool(WISHES.search(without_innocent(joined(text)))) or sells_or_phishes(text)


def sells_or_phishes(text: str) -> bool:
    """Whether it sells, wants to meet or to question us, or wants us to log in; not where it tells what a spam says."""
    own = _not_told(text)
    return bool(SELLS.search(own) or LOG_IN.search(own) or (YOUR_ACCOUNT.search(own) and DEMANDS.search(own)))


def speaks_of_other_abuse(text: str) -> bool:
    """Whether a text is about attacks, web sites or copies, and never about mail."""
    return _not_of_mail(joined(text))


ELSEWHERE = "elsewhere"  # what stands for a stranger's address where words are judged
SAID_OF_BEFORE = re.compile(rf"\b{FROM}\s(?:[\w-]{{1,20}}\s){{0,2}}[(\[]?$")
THROUGH_US = re.compile(rf"\b(?:by|via|through|über|par|por|tramite|attraverso|door) (?:\w{{1,12}} )?(?:{OURS})")
NEAR = 120  # characters
TERSE = 25  # words
ROW = 3  # words of a row of a table: "192.0.2.17 | spam"
HEADLINE = 10  # words of a sentence without a verb: "Spam from 192.0.2.17"


def _accuses_in_part(sentence: str) -> bool:
    """Whether one part of a sentence accuses us, whatever its other parts excuse; a question has no such part."""
    if _is_question(sentence):
        return False
    return any(map(_accuses_us, clauses(sentence)))


def _accuses_us(sentence: str) -> bool:
    return bool(FROM_US.search(sentence)) and _accuses(sentence)


def _accuses(sentence: str) -> bool:
    who = FROM_US.search(sentence) or MACHINE.search(sentence)
    if not who or _excused(sentence):
        return False
    if RELAY.search(sentence):
        return not ASKS_HOW.search(sentence)
    if _asks(sentence) or MIGHT.search(sentence) or _not_of_mail(sentence):
        return False
    comes = COMES_FROM_US.search(sentence)
    sends = SENDING.search(sentence) or YOU_SEND.search(sentence)
    if SPAM.search(sentence) or _advertising_by_mail(sentence) or _abuse_of_mail(sentence):
        words = len(sentence.split())
        row = words <= ROW and MACHINE.match(sentence)
        return bool(sends or row or (comes and (GETTING.search(sentence) or words <= HEADLINE)))
    # Nobody counts mails that he wanted.
    many = MANY.search(sentence) and MAIL.search(sentence) and MACHINE.search(sentence)
    return bool(many and (sends or (comes and GETTING.search(sentence))))


def _is_held_against_us(sentence: str) -> bool:
    """Whether what another sentence calls spam is said to come from us: "We get spam. It comes from your network."."""
    return bool(COMES_FROM_US.search(sentence) or (FROM_US.search(sentence) and SENDING.search(sentence)))


def _wants_it_stopped(text: str) -> bool:
    """Whether what is to stop is said to be spam, or he says that he gets some: who asks for money says "stop", too."""
    said = sentences(text)
    if not any(map(_stop, said)):
        return False
    for one in said:
        unwanted = SPAM.search(one) or _abuse_of_mail(one)
        if unwanted and (_stop(one) or GETTING.search(one) or SENDING.search(one)):
            return True
    return False


def _wants_no_more_mail_of_ours(text: str) -> bool:
    """Whether he gets mail from us, in whatever words, and wants an end of it: no word for spam is needed."""
    if not END_IT.search(joined(text)):
        return False
    return any(
        MAIL.search(THIS_MAIL.sub(" ", one))
        and COMES_FROM_US.search(one)
        and (NO_MORE.search(one) or (GETTING.search(one) and not END_IT.search(one)))
        and not _excused(one)
        for one in sentences(text)
    )


def _gets_from_a_machine(sentence: str) -> bool:
    return bool(MACHINE.search(sentence) and (GETTING.search(sentence) or SENDING.search(sentence)))


def _names_our_machine(sentence: str) -> bool:
    """Whether he speaks of a machine of ours at least: "we got a spam with your server in its header"."""
    return all(words.search(sentence) for words in (SPAM, GETTING, FROM_US, MACHINERY))


def _excused(sentence: str) -> bool:
    return any(words.search(sentence) for words in (DELIVERY, WISHES, HELD_TO_BE, SELLS, SOLVED))


def _not_told(text: str) -> str:
    """The words of a text, without what it tells of a spam."""
    return " ".join(TOLD.sub(" ", one) for one in sentences(text))


def _advertises(text: str) -> bool:
    return bool(ADVERTISES.search(_not_told(text)))


def _asks(sentence: str) -> bool:
    return bool(ASKS_HOW.search(sentence)) or _is_question(sentence)


def _is_question(sentence: str) -> bool:
    """Whether a sentence is a question, and neither a demand nor a reproach: "Could you stop it?", "Why do you …?"."""
    question = sentence.rstrip().endswith(("?", "？"))
    return question and not REPROACH.search(sentence) and not _stop(sentence)


def _relays(sentence: str) -> bool:
    return bool(RELAY.search(sentence)) and not _asks(sentence) and not WISHES.search(sentence)


def _is_advisory(said: str) -> bool:
    """Whether it warns of a fault of programs, and of no machine."""
    return bool(ADVISORY.search(said)) and not MACHINE.search(said) and not FROM_US.search(said)


def _stop(said: str) -> bool:
    return bool(END_IT.search(said) or SEE_TO_IT.search(said))


def _advertising_by_mail(sentence: str) -> bool:
    if not ADVERTISING.search(sentence):
        return False
    return any(words.search(sentence) for words in (MAIL, MACHINE, MACHINERY))


def _abuse_of_mail(sentence: str) -> bool:
    if not (ABUSE.search(sentence) or HACKED.search(sentence)) or NOT_MAIL.search(sentence):
        return False
    return bool(MAIL.search(THIS_MAIL.sub(" ", sentence)))


def _not_of_mail(said: str) -> bool:
    return bool(NOT_MAIL.search(said)) and not MAIL.search(THIS_MAIL.sub(" ", said))
