"""Whether words complain that spam comes from us. Thin rules, in eight languages, careful in both directions.

A complaint that is missed stays in the inbox, where a human sees it; a stranger's letter that is answered annoys him.
So the word "spam" alone is not enough: it must be said to come from somewhere, or be held against us.
"""

import re


def complains_in_words(text: str) -> bool:
    """Whether a text says that spam was sent, or that a server relays."""
    said = " ".join(text[:TEXT_LIMIT].split()).lower()
    said = INNOCENT.sub(" ", said)
    return bool(RELAY.search(said) or (SPAM.search(said) and (SENT.search(said) or OURS.search(said))))


def speaks_of_spam(text: str) -> bool:
    """Whether a text holds a word for unwanted mail; beside an attached or forwarded spam that is enough."""
    said = " ".join(text[:TEXT_LIMIT].split()).lower()
    return bool(SPAM.search(INNOCENT.sub(" ", said)) or RELAY.search(said))


def asks_about_delivery(text: str) -> bool:
    """Whether a text asks why a wanted mail did not arrive: such mail comes with headers too."""
    return bool(DELIVERY.search(" ".join(text[:TEXT_LIMIT].split()).lower()))


TEXT_LIMIT = 20_000
SPAM = re.compile(
    r"\b(?:spam\w*|junk[ -]?(?:e-?)?mails?|uce|ube|unsolicited|phish\w*|scam\w*|malware|abuse|werbemails?"
    r"|werbung|unerwünscht\w*"
    r"|unverlangt\w*|pourriels?|non sollicit\w+|indésirables?|correo basura|no solicitad\w+|no desead\w+"
    r"|posta indesiderata"
    r"|indesiderat\w+|non richiest\w+|ongewenste?|lixo eletr[oô]nico|não solicitad\w+|indesejad\w+"
    r"|skräppost|oönskad\w*"
    r"|niechcian\w+|niezamówion\w+)\b"
)
RELAY = re.compile(
    r"\bopen(?:es|er|s)? (?:mail |smtp |e-?mail )?rel(?:ay|ais)\w*|\bopen-relay"
    r"|\boffene[sr]? (?:mail-?)?relay|\brelais ouvert"
    r"|\brel[aá]y abierto|\bopen doorgeefluik|\böppet relä|\b(?:third[ -]party|spam) relay|\brelay(?:s|ed"
    r"|ing)?\b.{0,40}\bspam"
    r"|\bspam\w*\b.{0,60}\brelay"
)
SENT = re.compile(
    r"\b(?:sen[dt]s?|sending|receiv\w+|get|got|getting|coming|came|comes|originat\w+|source|emitting|emit"
    r"|distribut\w+|deliver\w*"
    r"|report\w*|complain\w*|stop\w*|investigat\w*|erhalten|bekomm\w*|kommt|kam|versend\w*|verschick\w*"
    r"|gesendet|beschwer\w*"
    r"|reçu\w*|reçois|recev\w+|envoy\w+|provien\w+|recib\w+|envía\w*|enviad\w+|env[ií]o\w*|provien\w*"
    r"|ricev\w+|ricevut\w+|invia\w*"
    r"|provenien\w+|ontvang\w*|verzend\w*|verstuur\w*|afkomstig|receb\w+|enviando|fått|får|skicka\w*"
    r"|otrzym\w+|wysył\w+)\b"
)
OURS = re.compile(
    r"\b(?:your|yours|ihr\w{0,2}|eur\w{0,2}|votre|vos|su|sus|vuestr\w+|tu|vostr[aoie]|suo|uw|jullie|sua"
    r"|vossa?|seu|din|ert|er|"
    r"wasz\w*)\s+(?:\w+\s+){0,2}(?:network|net|servers?|machines?|hosts?|system\w*|mail\s?servers?|ip"
    r"|address\w*|range|users?|customers?"
    r"|domain|netz\w*|rechner\w*|réseau|serveurs?|red|servidor\w*|rete|netwerk|rede|nätverk|sieci|serwer\w*)\b"
)
# Speaking of spam without complaining of any.
INNOCENT = re.compile(
    r"\b(?:anti-?spam|spam[- ]?(?:filter\w*|folder\w*|ordner\w*|score\w*|box|quarantine|assassin|check\w*"
    r"|protection|rating)"
    r"|junk[- ]?(?:mail )?(?:folder|filter|ordner)|(?:marked|flagged|classified|tagged|treated|rejected"
    r"|blocked|listed) as (?:spam|junk)"
    r"|(?:in|into|to) (?:the |my |their |your )?(?:spam|junk)\b(?! (?:from|mail))|not spam|no spam"
    r"|spam-?free|als spam markiert"
    r"|acceptable use|abuse (?:contact|desk|policy|team|address|mailbox))"
)
DELIVERY = re.compile(
    r"\b(?:delay\w*|bounc\w+|undeliver\w*|not (?:been )?(?:deliver\w+|arriv\w+|receiv\w+)|(?:did"
    r"|does)(?: not|n['’]t) (?:arrive|get)"
    r"|never (?:arrived|got)|missing (?:mail|message)|greylist\w*|slow|rejected|lost (?:mail|message)"
    r"|zugestellt|verzöger\w+)\b"
)
