"""Sentence by sentence: what accuses a server outright, whatever stands beside it, and what excuses it."""

import pytest

from intake.complaining import (
    accuses,
    asks_for_a_sender,
    complains_in_words,
    goes_on,
    offers_or_wishes,
    one_of_us_accuses,
    says_it_came_from_us,
)
from intake.sentences import clauses, sentences
from tests.cost import costs_at_most

BESIDE_OTHER_WORDS = [
    "192.0.2.17 is sending us spam. Please act without delay.",
    "Your server 192.0.2.17 is sending spam. I never got an answer to my first complaint.",
    "We receive phishing mail from your host 192.0.2.17. It asks people to click here and to sign up.",
    'One of your servers sends us spam with the subject "Now 50% off, verify your account".',
    "Your mail server keeps sending me a newsletter that I never asked for, and nobody lets me unsubscribe.",
    "Your mail server 192.0.2.17 is an open relay. How can that happen at a university?",
    "Our mail is delayed for hours, because your server 192.0.2.17 floods us with spam.",
    "Ihr Server 192.0.2.17 verschickt Spam. Unsere Mails an Ihren Postmaster wurden nicht beantwortet.",
    "Votre serveur 192.0.2.17 envoie du spam. Nos messages à votre postmaster sont bloqués.",
    "Su servidor 192.0.2.17 nos envía spam. Nuestros correos al administrador fueron rechazados.",
    "Hop Delay From By\n1 * 198.51.100.4 relay\n2 4 seconds relay mx\n\nSo it is 192.0.2.17 that sends us spam.",
    "Why does your server send me spam?",
    "192.0.2.17 allows relaying without authentication.",
    "192.0.2.17:25 forwards messages for arbitrary third parties.",
    "Anybody on the internet can use 192.0.2.17 to send mail to anywhere.",
]
OTHER_TONGUES = [
    "Państwa serwer rozsyła spam.",
    "Estamos recebendo golpes por e-mail do servidor de vocês.",
    "Ein Rechner der Universität verschickt Werbung an uns.",
    "Sunucunuzdan sürekli istenmeyen e-posta alıyoruz.",
    "貴学のメールサーバー 192.0.2.17 から迷惑メールが送信されています。",
    "贵校的服务器 192.0.2.17 发送垃圾邮件。",
    "Votre serveur 192.0.2.17 m'envoie des centaines de messages publicitaires par jour.",
    "192.0.2.25 leitet Mails von jedem an fremde Domains weiter.",
    "De la dirección 192.0.2.70 de su red sale publicidad.",
    "Someone uses the contact form on your site to send fake prize mails to our members.",
    "We got an unsolicited email with your server in the Received lines. Tell me how to copy them.",
    "Our filters stopped 8,412 phishing mails; the connecting host was always 192.0.2.131, which is yours.",
    "All these casino mails come from a computer at your school. Could you please make them stop?",
    "Your account jdoe sends spam to us from 192.0.2.25. Please confirm the receipt.",
    "Your machine 192.0.2.17 is sending out tons of mails to addresses that never existed.",
]
ORDINARY = [
    "The IP 192.0.2.44 was banned by Fail2Ban after 5 attempts against sshd. Please investigate this abuse.",
    "192.0.2.44 shared our film via BitTorrent. Take action against this abuse. Reply to this email.",
    "Attacks on our web server from 192.0.2.44: GET /wp-login.php. Please stop this abuse.",
    "Login attempts at our mail server from 192.0.2.44. Please stop this abuse of mail.",
    "Dear user, your account is sending spam messages. Log in at http://pills.example/owa to keep it.",
    "Spam was sent from your mailbox. It will be suspended unless you confirm that you own it.",
    "Ihr Postfach verschickt Spam und wird gesperrt.",
    "Your IP 192.0.2.17 is listed for sending spam. Have you 15 minutes for a chat?",
    "Your server 192.0.2.17 sends spam. Our consultants repair this for a flat fee.",
    "I am writing my thesis on open mail relays. Would you answer five questions?",
    "Für meine Masterarbeit über Spam von Ihren Servern habe ich eine Umfrage.",
    "Your server 192.0.2.25 believes that we send spam, and refuses us.",
    "Su servidor 192.0.2.25 rechaza nuestros correos porque estamos en una lista de spam.",
    "550 5.7.1 Message from [203.0.113.9] refused by 192.0.2.17: spam detected",
    "Thank you for stopping the spam from your server so quickly.",
    "May I translate your page on reporting spam? I would name your server as the source.",
    "I speak to students on spam and open relays, and would like to show your network.",
    "We no longer receive spam from your server 192.0.2.17.",
    "The spam from your server has stopped.",
    "192.0.2.25 is not an open relay, as our test shows.",
    "Our host 203.0.113.9 does not send spam, but your server 192.0.2.25 thinks so.",
    "Attackers may abuse Exim before 4.99 as an open relay (CVE-2026-1234). Please update.",
    "Is the example for 192.0.2.17 right? I do not want to be an open relay that spams people.",
    "Your request for data on 192.0.2.0/24 (spam trap hits) has been approved.",
    "I get spam phone calls from your university. Please stop this.",
    "A user at 192.0.2.200 fills our wiki with spam links. Please investigate.",
    "Your Matrix server 192.0.2.88 lets users spam our rooms.",
    "Gracias. Ya no llega spam desde 192.0.2.17.",
    "Your students may send their advertisements to our paper.",
    "Our new printer shall send 20 mails a day through your server 192.0.2.25.",
    "Tomorrow our staff gets a phishing test from 203.0.113.40.",
    "I am a journalist. Have you noticed more spam from your network since the summer?",
    "Your form at www.example.edu rejects me and says that I am a spam bot.",
    "Your address 192.0.2.17 is no longer listed by us. It sent spam in July.",
    "My guest account at your university gets spam. Please close the account.",
    "I have fought spam and open relays for ten years, and know your network well.",
    "Can I relay mail through your server 192.0.2.25 for a joint project?",
]


@pytest.mark.parametrize("text", BESIDE_OTHER_WORDS + OTHER_TONGUES)
def test_one_sentence_that_accuses_is_enough(text: str) -> None:
    assert complains_in_words(text)


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_mail_accuses_nobody(text: str) -> None:
    assert not complains_in_words(text)


def test_a_spam_that_is_told_of_sells_nothing() -> None:
    assert not offers_or_wishes("Your host sends spam. It says that our product is free and offers a free trial.")
    assert offers_or_wishes("Your host sends spam. Our product stops it, get a free trial.")


def test_an_authority_asks_who_wrote_a_mail() -> None:
    assert asks_for_a_sender("In einem Ermittlungsverfahren bitten wir um Auskunft, wer dies versandt hat.")
    assert not asks_for_a_sender("Your server sends us mails that nobody ordered.")


def test_one_of_us_must_say_that_our_server_sends_it() -> None:
    assert not one_of_us_accuses("The mail server 192.0.2.25 is slow, and I get more spam. Please take action.")
    assert not one_of_us_accuses("Your server is slow.\n\nI get spam again.")
    assert not one_of_us_accuses("I get a lot of spam from your server.")
    assert one_of_us_accuses("Your server 192.0.2.25 sends spam to the whole department.")
    assert one_of_us_accuses("Your server 192.0.2.25 is an open relay.")


@pytest.mark.parametrize(
    "text",
    [
        "I keep getting mails like this one from one of your servers, about twenty a day.",
        "Nous recevons ce genre de courrier provenant de votre serveur.",
        "Solche Mails laufen ständig über einen Rechner der Universität. Bitte stellen Sie das ab.",
        "Got this today from you lot. What's going on?",
        "Den kommer från en av era servrar.",
    ],
)
def test_a_mail_may_be_said_to_come_from_us_without_a_word_for_spam(text: str) -> None:
    assert says_it_came_from_us(text)
    assert not accuses(text)


@pytest.mark.parametrize(
    "text",
    [
        "The circuit below is yours, please investigate.",
        "Traffic from your network is unusually high today, please investigate.",
        "Did this really come from your server?",
        "Could you please check your side? The session to your router is down.",
        "Your mail server treats our invoices as spam.",
        "Our mails to your users are delayed at your server.",
    ],
)
def test_a_question_about_a_mail_is_no_such_word(text: str) -> None:
    assert not says_it_came_from_us(text)


def test_short_lines_are_sentences_and_long_ones_were_wrapped() -> None:
    wrapped = "we have been getting a good deal of unsolicited mail\nfrom your server. And more."
    assert sentences(f"Spam\nHello,\n\n{wrapped}") == (
        "spam",
        "hello,",
        wrapped.partition(".")[0].replace("\n", " ") + ".",
        "and more.",
    )
    assert clauses("late, because your server spams") == ["late", "because your server spams"]


@pytest.mark.parametrize(
    "piece",
    [
        "from a b c d ",
        "server of the ",
        "it says ",
        '"a b',
        "a, ",
        "? ",
        "。",
        "your account ",
        "5 minutes a b c ",
        "ab\n",
        "if your servers sends spam, ",
        "from 192.0.2.17 spam ",
        "your server says ",
        "a" * 44 + "\n",
        "pay per ",
    ],
)
def test_a_hostile_text_of_a_megabyte_costs_little(piece: str) -> None:
    text = piece * (1_000_000 // len(piece))
    costs_at_most(30, lambda: (complains_in_words(text), says_it_came_from_us(text)))


@pytest.mark.parametrize(
    "text",
    [
        "Your server spams our forum moderators by e-mail.",
        "192.0.2.17 sends spam to the administrators of our wiki and to our forum users.",
        "192.0.2.17 sends spam to our customers. Telefon: 0555 1234",
        "Ihr Server 192.0.2.17 verschickt Spam, Rückfragen unter Telefon 0555 1234.",
        "192.0.2.17 sends spam to us.\nForum: https://forum.shop.example\nMatrix: @ann:chat.example",
    ],
)
def test_a_place_that_is_only_named_excuses_nothing(text: str) -> None:
    assert complains_in_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "192.0.2.17 posts spam in our forum all day.",
        "Your host 192.0.2.17 spams our wiki.",
        "Aus Ihrem Netz, 192.0.2.17, kommt Spam in unserem Forum.",
        "Your Matrix server 192.0.2.17 sends spam invitations to our rooms.",
        "Somebody at 192.0.2.17 sends us spam via WhatsApp.",
    ],
)
def test_spam_in_another_place_than_mail_is_no_business_of_ours(text: str) -> None:
    assert not complains_in_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "192.0.2.17 is wide open. Anybody can bounce junk through it.",
        "Somebody is using 192.0.2.17 to bounce their garbage into my inbox.",
        "Er maskin 192.0.2.17 bombarderar oss med reklam.",
        "Su servidor 192.0.2.17 está comprometido y manda correos falsos a nuestros clientes.",
        "Von 192.0.2.17 kommen bei uns Mails mit Schadsoftware an. Bitte abstellen!",
        "Ich will keine Mails mehr von Ihrer Uni, in denen man mir Frauen anbietet. Hören Sie bitte auf damit.",
        "Botnet spam from 192.0.2.17",
        "Sendmail on 192.0.2.17 happily forwards whatever you throw at it. It is used right now to push a crypto scam.",
        "We get a lot of spam these days. All of it comes from your network.",
        "The spam does not end. Your host must be cleaned: it sends all of it.",
        "There is too much spam. We have blocked 192.0.2.17 until somebody among you looks into this matter and"
        " tells us what has been done about it, and by whom.",
        "The host 192.0.2.17 made 30,000 delivery attempts to non-existing mailboxes. Abuse complaint.",
        "192.0.2.17 accepts mail from anywhere to anywhere:\n$ telnet 192.0.2.17 25\n220 x ESMTP",
    ],
)
def test_a_machine_is_accused_in_whatever_words(text: str) -> None:
    assert complains_in_words(text)


@pytest.mark.parametrize(
    "text",
    [
        "Your domain has no DMARC record, so an attacker can spoof mails and send spam on your behalf.",
        "Dear friend, this is not spam or scam. Reply at once and stop sending money to other people.",
        "For an article about spam: wie viele Ihrer Server waren offene Relays? Presseanfrage.",
        "We have received no more e-mails from your server 192.0.2.17 since Monday.",
        "With your restrictions my server refuses everything. Is the example for 192.0.2.17 right?"
        " I do not want to be an open relay that spams people.",
    ],
)
def test_what_might_happen_or_is_to_be_written_about_accuses_nobody(text: str) -> None:
    assert not complains_in_words(text)


@pytest.mark.parametrize(
    "text", ["Still happening!", "Es kommt immer noch was an.", "Toujours pas réglé.", "It started again"]
)
def test_a_writer_says_that_it_goes_on(text: str) -> None:
    assert goes_on(text)


@pytest.mark.parametrize("text", ["Thank you, it has stopped.", "We continue to investigate.", "Danke!"])
def test_a_writer_says_no_such_thing(text: str) -> None:
    assert not goes_on(text)
