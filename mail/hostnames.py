"""Host names in mail: which of them belong together, and which are no names of mail servers."""

import re


def domain_of(name: str) -> str:
    """The registered domain of a host name, as far as names alone tell: `mx1.mail.example.co.uk` -> `example.co.uk`."""
    labels = name.lower().strip(".").split(".")
    if len(labels) < 2 or labels[-1].isdigit():
        return ""
    if ".".join(labels[-2:]) in REGISTRIES:
        # `example.eu.org`, and `example.fr.eu.org`
        return ".".join(labels[-4:] if len(labels) > 3 and len(labels[-3]) == 2 else labels[-3:])
    long = len(labels) > 2 and len(labels[-1]) == 2 and (labels[-2] in SECOND_LEVEL or len(labels[-2]) == 2)
    return ".".join(labels[-3:] if long else labels[-2:])


def same_domain(one: str, other: str) -> bool:
    """Whether two host names lie in the same registered domain."""
    domain = domain_of(one)
    return bool(domain) and domain == domain_of(other)


def one_owner(one: str, other: str) -> bool:
    """Whether two host names surely belong to one owner: they lie directly in one registered domain.

    `mx.shop.example` and `store.mail.shop.example` do. What lies deeper may be a customer's or a pupil's
    (`mail.evil.k12.ca.us`, `mail-evil.westeurope.cloudapp.azure.com`), and in doubt the answer is no.

    There is no list of all public suffixes here (https://publicsuffix.org/ has some ten thousand). What is not known:
    the rarer places where strangers register names next to one another, such as the towns below .no, .it and .pl, the
    domains that people share at dynamic DNS services, and the hosting domains in which customers choose host names.
    Two strangers who call their servers directly by a name there pass for one.
    """
    domain = domain_of(one)
    if not domain or domain != domain_of(other) or _open_to_strangers(domain.split(".")):
        return False
    between = (name.lower().strip(".").removesuffix(domain).strip(".").split(".")[1:] for name in (one, other))
    return all(FOR_MAIL.issuperset(labels) for labels in between)


def related(one: str, other: str) -> bool:
    """Whether a domain is the other one, or above or below it."""
    one, other = one.lower().strip("."), other.lower().strip(".")
    if not (one and other):
        return False
    return one == other or _below(one, other) or _below(other, one)


def for_customers(name: str, address: str | None = None) -> bool:
    """Whether a name is one that providers give to the lines of their customers, not to a mail server of theirs."""
    if CUSTOMER.search(name):
        return True
    if address is None or ":" in address:
        return False
    numbers = address.split(".")
    found = re.findall(r"[0-9]{1,3}", name[:255])
    return sum(number in found for number in numbers) >= 3


def is_free_mail(domain: str) -> bool:
    """Whether everybody may have a mailbox in a domain, as far as a list of the large providers tells."""
    name = domain_of(domain)
    return name in FREE_MAIL or FREE_MAIL_NAME.match(name) is not None


SECOND_LEVEL = frozenset(
    ["ac", "co", "com", "edu", "go", "gob", "gov", "gv", "mil", "ne", "net", "nom", "or", "org", "sch"]
)
# Further words below the domains of countries where strangers may register: too many companies bear them elsewhere for
# `domain_of` to go by them.
DOUBTFUL_LEVEL = SECOND_LEVEL | frozenset(
    (  # noqa: SIM905 - a list would be a page long
        "adm adv agr agro alt art arts asn assn asso avocat bel biz blog cci club conf coop eco eng fin firm game "
        "geek gen gouv gub hotel idv ind inf info ing int inv jur k12 kep law lel ltd maori med medecin mobi msk muni "
        "museum name nat ngo nhs nom nome notaires odo ong other par perso plc pol police press presse priv pro prof "
        "psc psi publ pvt rec reklam res sci sec shop sld soc spb store tec tel tmp tourism travel tur univ web wiki "
        "www yun"
    ).split()
)
# Below these everybody may register: registries that sell names in a domain of their own, and dynamic DNS services.
REGISTRIES = frozenset(
    (  # noqa: SIM905 - a list would be a page long
        "3322.net 3322.org 8866.org accesscam.org ae.org afraid.org africa.com ath.cx blogdns.com bounceme.net br.com "
        "camdvr.org casacam.net changeip.org chickenkiller.com cloudns.cc cn.com co.cc co.com crabdance.com cu.cc "
        "cz.cc ddns.me ddns.net ddns.us ddnsfree.com ddnss.de de.com de.vu dnsalias.com dnsalias.net dnsalias.org "
        "dnsdojo.org dnshome.de dscloud.me duckdns.org dy.fi dynalias.com dynalias.net dynalias.org dyndns.biz "
        "dyndns.info dyndns.org dyndns.tv dyndns.ws dynu.com dynu.net dynv6.net eicp.net eu.com eu.org f3322.net "
        "freeddns.com freeddns.org freedns.us from-me.org gb.com gb.net getmyip.com gicp.net giize.com gleeze.com "
        "goip.de gotdns.com gotdns.org gr.com homedns.org homeftp.net homeftp.org homeip.net homelinux.com "
        "homelinux.net homelinux.org homeunix.com homeunix.net homeunix.org hopto.me hopto.org hu.com hu.net i234.me "
        "ignorelist.com in.net is-a-geek.com is-a-geek.net is-a-geek.org jp.net jpn.com jumpingcrab.com kicks-ass.net "
        "kicks-ass.org kozow.com kr.com loseyourip.com mex.com mine.nu mooo.com my-gateway.de myddns.rocks myds.me "
        "myfritz.net myftp.biz myftp.org myhome-server.de myqnapcloud.com myvnc.com mywire.org no-ip.biz no-ip.info "
        "no-ip.org no.com noip.me nsupdate.info ooguy.com podzone.net podzone.org pp.ua qc.com redirectme.net ru.com "
        "sa.com se.com se.net selfhost.bz selfhost.de selfhost.eu selfip.com selfip.net selfip.org servebeer.com "
        "serveftp.com servegame.com servehttp.com servemp3.com spdns.de spdns.eu spdns.org strangled.net synology.me "
        "sytes.net theworkpc.com twilightparadox.com uk.com uk.net uk.to uni.cc us.com us.org us.to uy.com vicp.net "
        "webhop.me webhop.net webhop.org xicp.net ydns.eu za.com za.net za.org zapto.org"
    ).split()
)
# Where everybody may have a mailbox: a list of the large ones, not of all.
FREE_MAIL = frozenset(
    (  # noqa: SIM905 - a list would be a page long
        "gmail.com googlemail.com icloud.com me.com mac.com aol.com msn.com passport.com mail.com email.com usa.com "
        "proton.me protonmail.com protonmail.ch pm.me tutanota.com tutanota.de tuta.io tuta.com fastmail.com "
        "fastmail.fm hushmail.com runbox.com posteo.de posteo.net mailbox.org mailfence.com disroot.org riseup.net "
        "web.de freenet.de t-online.de arcor.de email.de vodafone.de orange.fr wanadoo.fr free.fr laposte.net sfr.fr "
        "libero.it virgilio.it tiscali.it alice.it tin.it bluewin.ch sunrise.ch hispeed.ch aon.at chello.at "
        "comcast.net verizon.net att.net sbcglobal.net cox.net charter.net earthlink.net juno.com rogers.com "
        "sympatico.ca shaw.ca btinternet.com virginmedia.com sky.com talktalk.net bigpond.com optusnet.com.au "
        "xtra.co.nz ziggo.nl kpnmail.nl xs4all.nl planet.nl telenet.be skynet.be telia.com online.no wp.pl o2.pl "
        "onet.pl interia.pl op.pl seznam.cz centrum.cz email.cz azet.sk abv.bg mail.ru bk.ru inbox.ru list.ru "
        "rambler.ru ukr.net i.ua qq.com 163.com 126.com yeah.net sina.com sohu.com foxmail.com naver.com daum.net "
        "hanmail.net rediffmail.com uol.com.br bol.com.br terra.com.br ig.com.br inbox.lv inbox.lt"
    ).split()
)
FREE_MAIL_NAME = re.compile(r"(?:yahoo|ymail|rocketmail|gmx|hotmail|outlook|live|yandex|ya|zoho|zohomail)\.")
# How such services like to call their domains, and providers those of their customers' machines.
DYNAMIC = re.compile(r"dyn|dns|^is-|^from-|hosted$|hosting$|hosters$|usercontent$|cloud$")
FOR_MAIL = frozenset({"mail", "email", "mx", "smtp", "mta", "imap", "relay"})
CUSTOMER = re.compile(
    r"(?:^|[.-])(?:a?dsl|dyn(?:amic)?|dhcp|dial(?:up|in)?|ppp|pool|cable|client|cust(?:omer)?s?|user|home|res(?:idential)?"
    r"|broadband|mobile|wifi|wlan|vpn|lte|ftth|fiber|cpe|host[0-9-]+|ip[0-9-]+|vps|vm|node)[0-9]*(?:[.-]|$)",
    re.IGNORECASE,
)


def _open_to_strangers(domain: list[str]) -> bool:
    """Whether a domain that seems to be registered may be a place where others register."""
    if DYNAMIC.search(domain[0]):
        return True
    country = len(domain[-1]) == 2
    if country and len(domain) == 2:
        return domain[0] in DOUBTFUL_LEVEL or len(domain[0]) <= 2
    # States, cities and schools of the United States (RFC 1480); schools elsewhere.
    return country and (domain[-2] in {"sch", "k12"} or (domain[-1] == "us" and len(domain[-2]) == 2))


def _below(one: str, other: str) -> bool:
    return "." in other and one.endswith("." + other)
