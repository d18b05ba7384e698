"""The words of complaints, and of what only looks like one, by language. All match lower-case text in one line.

Every pattern is linear: alternatives of words, and windows of bounded width between two of them.
"""

import re

SPAM = re.compile(
    r"\b(?:spam\w*|junk[ -]?(?:e-?)?mails?|uce|ube|unsolicited|unwanted (?:bulk |commercial )?(?:e-?)?mails?"
    r"|bulk e?mails?"
    r"|phish\w*|scam\w*|malware|malspam|abuse|abusive (?:e-?)?mails?|fraudulent (?:e-?)?mails?|virus mails?"
    r"|werbe-?(?:e-?)?mails?|werbung|unerwünscht\w*|unverlangt\w*|unaufgefordert\w*|betrugs-?mails?|müll-?mails?"
    r"|pourriels?|polluriels?|non sollicit\w+|indésirables?|hameçonnage|correo basura|no solicitad\w+|no desead\w+"
    r"|posta (?:indesiderata|spazzatura)|indesiderat\w+|non richiest\w+|ongewenste?|rommelmail|lixo eletr[oô]nico"
    r"|não solicitad\w+|indesejad\w+|skräppost\w*|oönskad\w*|søppelpost|søppel-?epost|uønsked?e?t?"
    r"|niechcian\w+|niezamówion\w+|nevyžádan\w+|roskaposti\w*|спам\w*|нежелательн\w+|рассылк\w+|kéretlen"
    r"|istenmeyen)\b"
)
RELAY = re.compile(
    r"\bopen(?:es|er|s)? (?:mail |smtp |e-?mail )?rel(?:ay|ais)\w*|\bopen-relay|\boffene[sr]? (?:mail-?|smtp-?)?relay"
    r"|\b(?:als|as an?|comme|como|come) (?:open |spam-?|mail-?)?rel(?:ay|ais|é)\b|\brelais (?:smtp )?ouvert"
    r"|\b(?:rel[aá]y|rel[eé]|retransmisor|retransmissor) (?:abiert|abert|apert)o|\bopen doorgeefluik"
    r"|\b(?:öppe[tn]|åben|åbent|åpen|åpent) (?:mail|smtp|e-?post)?-?\s?(?:relä|relæ|relé|relay)"
    r"|\botwart\w+ (?:przekaźnik|relay)|\botevřen\w+ (?:smtp )?relay|\bavoin (?:sähköpostin? ?)?(?:rele|relay|välity)"
    r"|\bоткрыт\w+ (?:почтов\w+ |smtp[ -]?)?рел[еэ]"
    r"|\b(?:third[ -]party|spam) relay|\bunauthori[sz]ed relay|\brelay(?:s|ed|ing)?\b.{0,40}\bspam"
    r"|\bspam\w*\b.{0,60}\brelay"
    r"|\b(?:your|our) \w{1,20} (?:has |have |is |was )?relay(?:s|ed|ing)\b|\brelay(?:ed|ing)? (?:via|through"
    r"|by|from) your\b"
    r"|\brelay(?:s|ed|ing)? (?:mail |e-?mail )?(?:for|to) (?:anyone|anybody|everybody|third|strangers|the world)"
)

OUR = (
    r"(?:your|yours|ihr\w{0,2}|eur\w{0,2}|votre|vos|su|sus|vuestr\w{1,3}|tu|vostr[aoie]|suoi?|sua|uw|jullie"
    r"|vossa?|seus?"
    r"|din|er|ert|era|jeres|deres|wasz\w{0,4}|vaš\w{0,4}|váš|teidän|ваш\w{0,4})"
)
NET = (
    r"(?:networks?|net|servers?|mta|machines?|hosts?|systems?|mail-?\s?servers?|mailers?|relays?|gateways?"
    r"|ips?|ip-\w+"
    r"|address(?:es)?|range|block|subnet|users?|customers?|clients?|students?|members?|domains?|accounts?|campus"
    r"|universit\w+|school|institution|infrastructure|computers?|pcs?|forms?"
    r"|netz\w*|rechner\w*|adress\w*|kunden?|nutzer\w*|anlage\w*|hochschule|uni"
    r"|réseaux?|serveurs?|machines?|utilisateurs?|clients?|adresses?|université"
    r"|red|redes|servidor\w*|equipos?|máquinas?|usuari\w+|universidad|direcci\w+"
    r"|rete|macchin\w+|utent\w+|indirizz\w+|università|netwerk\w*|gebruiker\w*|klant\w*|universiteit"
    r"|rede|endereços?|universidade|nätverk\w*|serv(?:er|rar)\w*|användar\w+|universitet\w*|datorer"
    r"|netværk\w*|nettverk\w*|maskin\w*|bruger\w*|bruker\w*|siec\w+|serwer\w*|adres\w*|komputer\w*"
    r"|sít\w+|síť|adresy|počítač\w*|verk\w+|palvelim\w+|osoittee\w+|сет\w+|сервер\w*|адрес\w*|компьютер\w*)"
)
FROM_US = re.compile(
    rf"\b{OUR}\s+(?:[\w./:-]{{1,40}}\s+){{0,2}}{NET}\b"
    r"|\b(?:palvelime|verko|verkko|osoittee|palvelimista|verkosta)\w{0,6}nne\b"
    r"|\b(?:from|by|via|through) you\b|\bcom(?:es|ing|e) from you\b|\byou(?:'re| are| keep)? (?:all )?"
    r"(?:sending|spamming|spam|emitting|distributing|relaying)\b|\bvon (?:ihnen|euch)\b|\bsie (?:versenden"
    r"|verschicken|senden)\b"
    r"|\bde chez vous\b|\bvous (?:m'|nous )?envoyez\b|\bde vosotros\b|\bda (?:voi|parte vostra)\b"
    r"|\bvan jullie\b|\bfrån er\b"
)
# Asking to put an end to it.
STOP = re.compile(
    r"\b(?:stop (?:it|this|that|them|the|these|your|sending|spam\w*|now|immediately|at once)|stop\s*!|cease\b"
    r"|desist\b"
    r"|investigat\w+|take (?:the )?(?:appropriate |necessary |immediate )?(?:action|measures|steps)|shut (?:it"
    r"|this|them) (?:down|off)"
    r"|hören sie auf|aufhören|unterbinden|abstellen|abzustellen|abschalten|unterlassen|kümmern sie sich"
    r"|arrêtez|cessez|cesser|faire cesser|mettre fin|dejen de|dejad de|detener|detengan|paren|tomen medidas"
    r"|smette\w+|cessat\w+|fermare|fermate|prendere provvedimenti|hou(?:d|den)? (?:hier)?mee op|stop hiermee|houdt op"
    r"|ophouden|parem|pare de|cessem|sluta\b|stoppa\b|stop med|slutt med|hold op|przesta\w+|zaprzest\w+|přestaňte"
    r"|zastavte|lopettakaa|прекратит\w+|остановит\w+)"
)
RECEIVED = re.compile(
    r"\b(?:sen[dt]s?|sending|receiv\w+|get|got|getting|coming|came|comes|originat\w+|source|emitting|emits?"
    r"|distribut\w+"
    r"|deliver\w*|report\w*|complain\w*|hit|hitting|hits|attack\w*|block(?:ed|ing)?|erhalten|bekomm\w*|kommt"
    r"|kam|versend\w*"
    r"|verschick\w*|gesendet|beschwer\w*|reçu\w*|reçois|recev\w+|envoy\w+|provien\w+|recib\w+|envía\w*"
    r"|enviad\w+|env[ií]o\w*"
    r"|ricev\w+|invia\w*|provenien\w+|ontvang\w*|verzend\w*|verstuur\w*|afkomstig|receb\w+|enviando|fått|får"
    r"|skicka\w*"
    r"|modtag\w*|mottatt|mottar|sender|otrzym\w+|dostaj\w+|wysył\w+|dostáv\w+|posíl\w+|saan|saanut|saamme|lähett\w+"
    r"|получа\w+|получил\w*|отправ\w+|from|von|aus|de|desde|da|dal|van|från|fra|z|ze|из|с)\b"
)
MACHINE = re.compile(
    r"(?<![\w.])[0-9]{1,3}(?:(?:\.|\[\.\]|\(\.\)|\[dot\])[0-9]{1,3}){3}(?![\w]|\.[0-9])"
    r"|(?<![\w:])[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])"
)

# Speaking of spam without complaining of any.
AS_SPAM = r"(?:as|als|comme|como|come|som|jako) (?:spam|junk|unsolicited|werbung|indésirable)\w*"
INNOCENT = re.compile(
    r"\b(?:anti-?\s?spam|spam[- ]?(?:filter\w*|folder\w*|ordner\w*|score\w*|box|quarantine\w*|assassin"
    r"|check\w*|protection"
    r"|prevention|rating|problem|blacklist|blocklist|blocker|firewall|gateway|detection|reports?:|list\b"
    r"|status|level|statisti\w+)"
    r"|filtre anti-?\w+|junk[- ]?(?:e-?mail |mail )?(?:folder|filter|ordner)"
    rf"|(?:marked|flagged|classified|tagged|treated|rejected|blocked|listed|identified|considered|refused"
    rf"|detected|\w{{2,15}})"
    rf" {AS_SPAM}|(?:in|into|to|im|dans|en|nel) (?:the |my |their |your |our |den |les |el |lo )?(?:spam"
    rf"|junk)\b(?! (?:from|mail))"
    r"|due to spam|because of spam|not? (?:a )?(?:spam|junk)\b|kein spam|pas (?:un |du )?spam|spam-?free|x-spam-\w+"
    r"|acceptable use|abuse (?:contact|desk|policy|team|address|mailbox|department|handling))"
)
# A greeting ("Dear abuse team"), and addresses of mail.
GREETED = re.compile(
    r"[\w.+-]{1,64}@[\w.-]{1,100}|\b(?:dear|hello|hi|to the|an das"
    r"|liebes) (?:[\w,/-]{1,20} ){0,2}abuse\b(?:[ -]?(?:team|desk|staff))?"
)
# Somebody sells, invites, or wants a click: no complaint writes so.
OFFER = re.compile(
    r"\b(?:unsubscribe|free trial|free demo|free quote|book a demo|schedule a (?:call|demo)|webinar|newsletter"
    r"|pricing|discount"
    r"|[0-9]{1,2} ?% off|per (?:user|month|mailbox)|special offer|we offer|our (?:product|solution|platform"
    r"|filter|software|team of"
    r"|experts|offer)s?\b|learn more|sign up|click (?:here|below|the (?:link|button))|limited time|verify your"
    r"|confirm your (?:account|password|mailbox|identity)|seo\b|backlinks?|delisting service"
    r"|delist(?:ing)? (?:for|fee)|removal service"
    r"|get (?:your|you) (?:ip )?(?:delisted|removed)|we can (?:remove|delist|help you)|protect your (?:mail"
    r"|business|company|inbox|users)"
    r"|jetzt (?:testen|kaufen|bestellen)|kostenlos(?:e|en)? test\w*|abmelden|abbestellen|unser (?:produkt|angebot)"
    r"|désabonner|essai gratuit|notre (?:solution|offre)|darse de baja|prueba gratuita|nuestra solución"
    r"|prova gratuita"
    r"|la nostra soluzione|afmelden|uitschrijven|gratis proef\w*|cancelar (?:a )?(?:inscrição|assinatura)"
    r"|avregistrera"
    r"|(?:order|tracking|invoice) (?:number|no|confirmation)|curriculum vitae|my (?:resume|cv)\b|apply for"
    r"|application for the)\b"
)
# Somebody wants to be helped against the spam that he gets.
WISHES = re.compile(
    r"\b(?:(?:can|could|would|will) you (?:please |kindly )?(?:filter|unsubscribe|remove me|help me|whitelist"
    r"|unblock|improve|adjust)"
    r"|how (?:can|do|could|should|to) (?:i|we|one)\b|what (?:can|should|do) (?:i|we) (?:do|configure|use)\b"
    r"|is there (?:a|any) way"
    r"|(?:better|stronger|stricter) (?:spam ?)?filter\w*|(?:my|the|your) (?:own )?filter\w*|please (?:filter"
    r"|unsubscribe|whitelist|unblock)"
    r"|wie (?:kann|können|werde) (?:ich|wir)|(?:können|könnten) sie .{0,40}(?:filtern|ausfiltern)"
    r"|comment (?:puis-je|faire|peut-on)"
    r"|pouvez-vous .{0,40}filtrer|(?:cómo|como) (?:puedo|podemos)|pueden .{0,40}filtrar|come (?:posso|faccio)"
    r"|potete .{0,40}filtrare"
    r"|hoe kan ik|kunnen jullie .{0,40}filteren|como (?:posso|faço)|hur kan jag|kan ni .{0,40}filtrera)\b"
)
# Trouble that is none of mail: it needs a word for mail to be ours.
NOT_MAIL = re.compile(
    r"\b(?:deface\w*|port ?scan\w*|brute[ -]?force|ssh\b|ddos|dos attack|copyright|dmca|torrent"
    r"|vulnerabilit\w+|cve-[0-9]|nessus"
    r"|open resolver|ntp\b|wordpress|phishing (?:page|site|url|kit|website)|(?:web ?site|web ?page|home ?page"
    r"|web ?server)s?"
    r" (?:\w{1,12} ){0,4}(?:hacked|defaced|compromised|infected|down)|webseite (?:\w{1,12} ){0,4}gehackt"
    r"|site (?:web )?(?:piraté|hacké)"
    r"|web hackead[ao])\b"
)
MAIL = re.compile(
    r"\b(?:e-?mails?|mails?|smtp|mta|messages?|courriels?|correos?|posta|e-?post|epost|nachrichten?|mensajes?"
    r"|messaggi\w*"
    r"|berichten|mensagens?|wiadomoś\w+|zpráv\w+|viest\w+|пис[ье]м\w*|почт\w+|open relay|received)\b"
)

TROUBLE = (
    r"(?:rejected|refused|blocked|bounc\w+|returned|delayed|lost|undeliver\w*|not (?:been )?(?:deliver\w+"
    r"|arriv\w+|receiv\w+|accept\w+)"
    r"|never (?:arriv\w+|got|reach\w+)|marked|flagged|filtered|quarantined|blacklisted|missing)"
)
DELIVERY = re.compile(
    r"\b(?:delay(?:s|ed)?|undeliver\w*|not (?:been )?(?:delivered|arrived)|(?:did|does|do)(?: not"
    r"|n't) (?:arrive|get|go) ?(?:through|there)?"
    r"|never (?:arrived|got)|missing (?:mail|message)s?|greylist\w*|lost (?:mail|message)s?|non-?delivery"
    r"|(?:please |you )(?:allow|unblock|whitelist|delist)|remove (?:us|our|my) .{0,40}(?:list|blacklist|blocklist)"
    rf"|(?:my|our|his|her|their|wanted|legitimate|these|mails? (?:from|to)) (?:[\w'-]{{1,20}} ){{0,6}}{TROUBLE}"
    rf"|(?:e-?mails?|messages?|newsletters?|invoices?) (?:[\w'@.-]{{1,40}} ){{0,5}}(?:is|are|was|were|gets?|got"
    rf"|being|been) (?:\w{{1,12}} )?{TROUBLE}"
    r"|your (?:mail ?)?(?:server|system|filter|gateway)s? (?:\w{1,12} ){0,2}(?:rejects?|refuses?|blocks?"
    r"|bounces?|delays?|rejected|refused|rejecting)"
    r"|(?:meine|unsere) (?:e-?)?mails? .{0,60}(?:abgewiesen|abgelehnt|blockiert|nicht|verzögert)"
    r"|nicht zugestellt|verzöger\w+|kommt? nicht an"
    r"|unzustellbar\w*|(?:mes|nos|mon|notre) (?:e-?mails?|messages?|courriels?) .{0,60}(?:rejet\w+|bloqu\w+"
    r"|refus\w+|n'arriv\w+)"
    r"|(?:mis|nuestros) (?:correos|mensajes) .{0,60}(?:rechaz\w+|bloque\w+|no (?:llegan|llegaron))"
    r"|(?:le mie|le nostre|i miei) (?:e-?mail|messaggi|mail) .{0,60}(?:respint\w+|bloccat\w+|rifiutat\w+"
    r"|non arriv\w+)"
    r"|(?:mijn|onze) (?:e-?mails?|mails?|berichten) .{0,60}(?:geweigerd|geblokkeerd|niet))\b"
)
