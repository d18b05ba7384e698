"""The words of complaints, by language. All match lower-case text in one line.

Every pattern is linear: alternatives of words, and windows of bounded width between two of them.
"""

import re

SPAM = re.compile(
    r"\b(?:spam\w*|junk[ -]?(?:e-?)?mails?|uce|ube|unsolicited|unwanted (?:bulk |commercial )?(?:e-?)?mails?"
    r"|(?:directory|address) harvest\w*|dictionary attacks? .{0,40}(?:recipients|mail\w*|smtp)"
    r"|(?:delivery|smtp) attempts .{0,20}(?:non-?exist\w*|unknown|invalid) (?:mailbox\w*|recipients|users|addresses)"
    r"|bulk e?mails?|phish\w*|scam\w*|malspam|abusive (?:e-?)?mails?|fraudulent (?:e-?)?mails?|virus mails?"
    r"|werbe-?(?:e-?)?mails?|werbung|unerwünscht\w*|unverlangt\w*|unaufgefordert\w*|betrugs-?mails?|müll-?mails?"
    r"|pourriels?|polluriels?|non sollicit\w+|indésirables?|hameçonnage|correo basura|no solicitad\w+|no desead\w+"
    r"|posta (?:indesiderata|spazzatura)|indesiderat\w+|non richiest\w+|ongewenste?|rommelmail|lixo eletr[oô]nico"
    r"|não solicitad\w+|indesejad\w+|skräppost\w*|oönskad\w*|søppelpost|søppel-?epost|uønsked?e?t?|niechcian\w+"
    r"|niezamówion\w+|nevyžádan\w+|roskaposti\w*|спам\w*|нежелательн\w+|рассылк\w+|kéretlen|istenmeyen"
    r"|ανεπιθύμητ\w+|σπαμ)\b|迷惑メール|スパム"
    r"|垃圾邮件|垃圾郵件|스팸"
)
# Words for other things too: unwanted mail only where they speak of mail, or stand in a sentence that accuses.
ABUSE = re.compile(
    r"\b(?:abuse|malware|schadsoftware|schadprogramm\w*|trojaner|trojans?|ransomware|logiciels? malveillants?"
    r"|missbrauch|abus|abuso|misbruik|nadużyci\w+|злоупотреблени\w+)\b"
)
# Whose machine or account it is now: no complaint by itself, but mail that it sends is not wanted.
HACKED = re.compile(
    r"\b(?:compromised|hacked|hijacked|infected|kompromittiert\w*|gehackt\w*|infiziert\w*|compromise|piratée?s?"
    r"|infectée?s?|comprometid\w+|hackead\w+|infectad\w+|compromess[oaie]|violat[oaie]|infett\w+|gecompromitteerd"
    r"|geïnfecteerd|invadid\w+|zainfekowan\w+|zhakowan\w+|hackad\w*|kapad\w*|infekterad\w*)\b"
)
ADVERTISING = re.compile(
    r"\b(?:(?:mails?|newsletters?|messages?) .{0,30}(?:never|not|n't) (?:asked? for|subscribed?|signed up|requested?)"
    r"|advertis(?:ing|ements?)|adverts?|ads|(?:casino|viagra|lottery|lotto|pills?|porn\w*|bitcoin|crypto|dating"
    r"|nigerian?|crap|bogus|fake|rogue|forged|malicious) (?:\w{1,20} )?(?:e-?)?(?:mails?|messages?)"
    r"|fake (?:\w{1,20} ){0,2}(?:invoices?|campaigns?)|virus(?:es)?|rubbish|garbage|trash|reklame\w*|müll"
    r"|gefälschte\w*|betrügerische\w*|publicitaires?|publicités?|pubs?|arnaques?|fraudul\w+|publicidad\w*"
    r"|publicitari\w+|estafas?|pubblicit\w+|truff\w+|reclame\w*|oplichting\w*|propagandas?|anúncios?|golpes?"
    r"|reklam\w*|oszust\w+|bedrägeri\w*|skräp|skrald|podvod\w*|huijaus\w*|мошенни\w+|реклам\w+)\b"
)
RELAY = re.compile(
    r"\bopen(?:es|er|s)? (?:mail |smtp |e-?mail )?rel(?:ay|ais)\w*|\bopen-relay|\boffene[sr]? (?:mail-?|smtp-?)?relay"
    r"|\b(?:als|as an?|comme|como|come) (?:open |spam-?|mail-?)?rel(?:ay|ais|é)\b|\brelais (?:smtp )?ouvert"
    r"|\b(?:rel[aá]y|rel[eé]|retransmisor|retransmissor) (?:abiert|abert|apert)o|\bopen doorgeefluik|\b(?:öppe[tn]"
    r"|åben|åbent|åpen|åpent) (?:mail|smtp|e-?post)?-?\s?(?:relä|relæ|relé|relay)|\botwart\w+ (?:przekaźnik|relay)"
    r"|\botevřen\w+ (?:smtp )?relay|\bavoin (?:sähköpostin? ?)?(?:rele|relay|välity)|\bоткрыт\w+ (?:почтов\w+ "
    r"|smtp[ -]?)?рел[еэ]|\b(?:third[ -]party|spam) relay|\bunauthori[sz]ed relay|\brelay(?:s|ed|ing)?\b.{0,40}\bspam"
    r"|\bspam\w*\b.{0,60}\brelay|\b(?:your|our) \w{1,20} (?:has |have |is |was )?relay(?:s|ed|ing)\b|\brelay(?:ed"
    r"|ing)? (?:via|through|by|from) your\b|\brelay(?:s|ed|ing)? (?:mail |e-?mail )?(?:for|to) (?:anyone|anybody"
    r"|everybody|third|strangers|the world)|\b(?:lets?|allows?) (?:anyone|anybody|everyone|everybody"
    r"|strangers) (?:to )?(?:send|relay)\b|\b(?:accepts?|forwards?|takes?) (?:\w{1,12} ){0,2}mails? from any\w+ (?:to"
    r"|for) any\w+|\bleite[tn] .{0,40}(?:von jedem|an (?:jeden|fremde|alle|beliebige)|für (?:jeden|alle|fremde))\b"
    r"|\brela(?:ie|yent?) .{0,30}(?:n'importe qui|tout le monde|des tiers)|\b(?:allows?|permits?|offers?"
    r"|has) (?:\w{1,12} )?relay(?:ing)?\b.{0,30}\b(?:without"
    r"|unauth\w+|any\w+)|\b(?:forwards?|relays?|accepts?|delivers?|passes) (?:\w{1,12} ){0,2}(?:messages?"
    r"|e?-?mails?) for"
    r" (?:arbitrary|any|all|every\w*|third|strangers)|\bany(?:one|body) (?:[\w-]{1,20} ){0,4}can (?:use|send|relay)\b"
    r".{0,40}\b(?:mails?|relay)\b|\b(?:any(?:one|body)|every(?:one|body)) can (?:send|relay|bounce|push"
    r"|inject|pass|deliver) .{1,40}\b(?:through|via|over|off) (?:it|them|you|your|there|this)\b|\b(?:accepts?"
    r"|forwards?|relays?|delivers?) (?:on )?(?:whatever"
    r"|anything|everything)\b|\bpara cualquiera"
    r"|\bper chiunque|\bvoor iedereen door|\bod każdego do każdego"
    r"|オープン・?リレー|不正中継|第三者中継|开放(?:式)?(?:邮件)?(?:中继|转发)|오픈 ?릴레이"
)

OUR = (
    r"(?:your|yours|ur|ihr\w{0,2}|eur\w{0,2}|votre|vos|su|sus|vuestr\w{1,3}|tu|vostr[aoie]|suoi?|sua|uw|jullie|vossa?"
    r"|vosso|seus?|din|er|ert|era|jeres|deres|wasz\w{0,4}|państwa|pańsk\w{1,4}|vaš\w{0,4}|váš|teidän|ваш\w{0,4})"
)
NET = (
    r"(?:networks?|net|servers?|mta|machines?|hosts?|systems?|mail-?\s?servers?|mailers?|relays?|gateways?|ips?"
    r"|ip-\w+|address(?:es)?|range|block|subnet|users?|customers?|clients?|students?|members?|domains?|accounts?"
    r"|campus|universit\w+|school|institution|infrastructure|computers?|pcs?|box(?:es)?|sites?|forms?|netz\w*"
    r"|rechner\w*|adress\w*|kunden?|nutzer\w*|anlage\w*|hochschule|uni|réseaux?|serveurs?|machines?|utilisateurs?"
    r"|clients?|adresses?|université|établissement|red|redes|servidor\w*|equipos?|máquinas?|usuari\w+|universidad"
    r"|direcci\w+|rete|macchin\w+|utent\w+|indirizz\w+|università|netwerk\w*|gebruiker\w*|klant\w*|universiteit|rede"
    r"|endereços?|universidade|nätverk\w*|serv(?:er|rar)\w*|användar\w+|universitet\w*|datorer|netværk\w*|nettverk\w*"
    r"|maskin\w*|bruger\w*|bruker\w*|siec\w+|serwer\w*|adres\w*|komputer\w*|sít\w+|síť|adresy|počítač\w*|verk\w+"
    r"|palvelim\w+|osoittee\w+|сет\w+|сервер\w*|адрес\w*|компьютер\w*)"
)
# A stranger who writes to a university speaks of "a server of the university", too.
HOUSE = (
    r"(?:servers?|mail-?servers?|hosts?|machines?|computers?|networks?|rechner\w*|netz\w*|serveurs?|réseau"
    r"|servidor\w*|red|rede|rete|macchin\w+|netwerk|serwer\w*|nätverk)\s(?:\S{1,20}\s){0,3}(?:of|at|der|an|de|del"
    r"|della|da|van|på)?\s?(?:the |de |la |l'|dell'|der )?(?:universit\w+|universidad\w*|uni|hochschule|campus"
    r"|uczelni)"
)
OURS = rf"(?:{OUR}\s+(?:[\w./:-]{{1,40}}\s+){{0,2}}{NET}|{HOUSE}|servidor\w*\s(?:\S{{1,20}}\s){{0,2}}de vocês)\b"
# Where "your" is an ending, or stands in no word of its own.
ENDINGS = (
    r"\bteidän (?:\w{1,20} )?\w{2,30}(?:lta|ltä|sta|stä)\b|\b(?:palvelime|verko|verkko|osoittee|palvelimista"
    r"|verkosta)\w{0,6}nne\b|\b(?:sunucu|ağ)\w{0,3}n[ıu]z\w*|\b(?:szerver|hálózat|kiszolgáló)\w{0,3}(?:ük|uk|etek"
    r"|otok|jük|juk)\w*|貴(?:学|大学|社|校|研究所|機関|組織|方|局)|御社|御校|(?:贵|貴)(?:校|公司|单位|單位)|(?:你们|您|你們)的(?:服务器|网络|伺服器|網路)|귀(?:하|교"
    r"|사|대학)"
)
BY_YOU = (
    r"\b(?:from|by|via|through) you\b|\bcom(?:es|ing|e) from you\b|\bvon (?:ihnen|euch)\b|\bde chez vous\b"
    r"|\bde vosotros\b|\bde vocês\b|\bda (?:voi|parte vostra)\b|\bvan jullie\b|\bfrån er\b"
)
OF_YOURS = r"\b(?:is|are|as) yours\b|\bbelong(?:s|ing)? to you\b|\b(?:ihnen|euch) gehör\w+|\bvous appart\w+"
SAYS_YOU_SEND = (
    r"\byou(?:'re| are| keep)? (?:all )?(?:sending|spamming|spam|emitting|distributing|relaying)\b|\bsie (?:versenden"
    r"|verschicken|senden)\b|\bvous (?:m'|nous )?envoyez\b"
)
FROM_US = re.compile(rf"\b{OURS}|{ENDINGS}|{BY_YOU}|{OF_YOURS}|{SAYS_YOU_SEND}")
YOU_SEND = re.compile(SAYS_YOU_SEND)
# He wants to get no mail any more.
NO_MORE = re.compile(
    r"\b(?:(?:want|wish|send) .{0,25}\b(?:no|any) (?:more|further) (?:\w{1,12} )?(?:e-?mails?|messages?)|(?:will"
    r"|wollen|möchten?|wünsche) .{0,25}\bkeine (?:\w{1,12} )?(?:e-?mails?|mails?|nachrichten) mehr|(?:veux|voulons"
    r"|souhait\w+) plus (?:\w{1,12} ){0,2}(?:mails?|messages?|courriels?)|no (?:quiero"
    r"|queremos) .{0,15}más (?:correos?|mensajes?)|wil\w* geen (?:e-?mails?|mails?|berichten) meer)"
)
# Asking to put an end to it, or at least to see to it.
END_IT = re.compile(
    rf"\b(?:stop (?:it|this|that|them|the|these|your|sending|spam\w*|now|immediately|at once)|stop\s*!|cease\b"
    rf"|desist\b|{NO_MORE.pattern}|hören sie (?:\w{{1,12}} ){{1,3}}auf\b|shut (?:it|this|them) (?:down|off)|(?:please"
    rf"|kindly) (?:stop|end|disconnect)\b|put (?:a stop|an end) to|(?:have|make) (?:it|this|that|them) stop\w*"
    rf"|hören sie auf|aufhör\w*|unterbinden|abstellen|abzustellen|stellen sie .{{0,30}}\bab\b|abschalten|unterlassen"
    rf"|dass das aufhört|arrêtez|cessez|cesser|faire cesser|mettre fin|pour que cela cesse|dejen de|dejad de|dejar de"
    rf"|detener|detengan|lo detengan|que paren?|paren|smette\w+|cessat\w+|ferma(?:re|te)(?:l[oaie]|ci)?|hou(?:d"
    rf"|den)? (?:hier)?mee op|stop hiermee|houdt op|ophouden|uitzetten|parem|pare de|cessem|sluta\b|stoppa\b"
    rf"|stänga av|stop med|slutt med|hold op|przesta\w+|zaprzest\w+|přestaňte|zastavte|zastavit|lopettakaa|durdurun"
    rf"|прекратит\w+|остановит\w+)|停止|止めて"
)
SEE_TO_IT = re.compile(
    r"\b(?:investigat\w+|take (?:the )?(?:appropriate |necessary |immediate )?(?:action|measures|steps)"
    r"|do something (?:about|against)|etwas (?:dagegen|daran) (?:tun|unternehmen)|kümmern sie sich"
    r"|faire le nécessaire|merci d'intervenir|faire quelque chose|tomen medidas|hacer algo|hagan algo|fa(?:re"
    r"|te) qualcosa|bloqueen|prendere provvedimenti|intervenire|blocca(?:te|r)lo|di bloccar\w+|iets aan doen"
    r"|graag (?:actie|oplossen)|providências|que resolvam|zablokowan\w+|o interwencję|korjatkaa)\b|ご?対応を|处理|處理"
)
COMPLAINT = re.compile(
    r"\b(?:complain\w*|beschwer\w*|plaintes?|quejas?|lamentel\w+|klacht\w*|klagomål\w*|skarg\w+|reclamaç\w+"
    r"|denúncias?|abuse)\b"
)
# What was complained of before has not ended.
GOES_ON = re.compile(
    r"\b(?:still|continu(?:es?|ing)|ongoing|goes on|go on|not (?:\w{1,12} )?(?:solved|fixed|stopped|gone|over)"
    r"|(?:started|happen\w*|got|came|coming|going|it'?s) (?:\w{1,12} ){0,2}again|again today|once (?:more|again)"
    r"|immer noch|noch immer|weiterhin|schon wieder|erneut|toujours|encore|de nouveau|continue|sigue|siguen"
    r"|continúa\w*|todavía|otra vez|de nuevo|ancora|continua|continuano|di nuovo|nog steeds|nog altijd|alweer"
    r"|opnieuw|ainda|de novo|novamente|continuam|fortfarande|fortsätter|stadig|fortsatt|nadal|wciąż|ciągle|znowu"
    r"|stále|pořád|всё ещё|все еще|продолжа\w+|опять|снова)\b"
)
V4 = r"[0-9]{1,3}(?:(?:\.|\[\.\]|\(\.\)|\[dot\])[0-9]{1,3}){3}(?![0-9a-z_]|\.[0-9])"
V6 = r"[0-9a-f]{1,4}(?::[0-9a-f]{0,4}){2,7}(?![0-9a-z_:])"
MACHINE = re.compile(rf"(?<![0-9a-z_.]){V4}|(?<![0-9a-z_:]){V6}")
# What an accused machine does, and what becomes of him who complains.
SENDING = re.compile(
    r"\b(?:sends?|sending|sent|spams|spamm\w+|emit\w*|flood\w*|bombard\w*|hammer(?:s|ed|ing)|inund\w+|inond\w+"
    r"|überflut\w*"
    r"|zumüll\w*|overspoel\w*|zalew\w+|(?:is|are|being) used (?:to|for)|us(?:es|ing|ed) .{1,40} to (?:bounce|push|dump"
    r"|inject)|relay(?:s|ed|ing)|distribut\w+|originat\w+|deliver(?:s"
    r"|ed|ing)|spew\w*|pump\w*|blast\w*|mail(?:ed|ing)|(?:the|a) source of|spam[ -]?(?:source|sender|bot|origin"
    r"|zombie)|spam-?(?:quelle|schleuder)|zuspam\w*|zasyp\w*|überschütte\w*|versend\w*|verschick\w*|verteil\w*"
    r"|schick(?:t|te|en|ten)|sende[tn]|gesendet|gesandt|verbreite\w*|envoi\w*|envoy\w+|expédi\w+|diffus\w+|envía\w*"
    r"|enviad\w+|enviando|envi[oó]\w*|mandan?|mandando|mandar|enviar|inviare|inviat?\w*|mandat\w+|spedisc\w+|stuurt"
    r"|sturen|stuurde|verstu\w+|verzend\w*|verzonden|envia\w*|disparando|wysył\w+|rozsył\w+|skicka\w*|sänd\w*|sender"
    r"|sendt|posíl\w+"
    r"|rozesíl\w+|lähett\w+|küld\w*|gönder\w*|отправ\w+|рассыла\w+|шл[её]т|ид[её]т)\b|送信|送られ|送っ|发送|發送|发出|보내"
)
# Again and again: one mail that somebody sent may be wanted.
SENDS_ME = re.compile(
    r"\b(?:(?:sends|(?:is|are|keeps?) sending) (?:to )?(?:me|us|our)|(?:schickt|sendet) (?:mir|uns)|(?:m'"
    r"|nous )envoi\w*|(?:nos|me) envía\w*|(?:ci|mi) invia\w*|stuurt (?:mij|me|ons)|(?:nos|me) envia\w*|skickar (?:mig"
    r"|oss)|sender (?:mig|meg|os|oss)|wysyła (?:nam|mi)|posílá (?:nám|mi))\b"
)
GETTING = re.compile(
    r"\b(?:gets?|got|getting|receiv\w+|(?:have|has|had|'ve) (?:\w{1,12} )?had|hits?|arriv\w+|com(?:e|es|ing)|came"
    r"|reach\w+|hand(?:ed|s|ing)|block(?:ed|ing)?|reject(?:ed|ing)?|refused|report\w*|complain\w*|saw|see|seeing"
    r"|sends?|sending"
    r"|sent|deliver\w*|originat\w+|erhalten|erhalte|erhielt\w*|bekomm\w*|bekam\w*|krieg\w*|kommt|kommen|kam\w*"
    r"|empfang\w*|treffen|reçoi\w*|reçu\w*|recev\w+|provien\w+|provenant|provenir|vien\w+|sort|sortent|recib\w+"
    r"|lleg\w+|salen?|esc(?:e|ono)|ricev\w+|proven\w+|ontvang\w*|krijg\w*|kregen|kom(?:t|en)|kwam\w*|binnen\w+"
    r"|afkomstig|receb\w+|cheg\w+|v[eê]m|saem|saindo|otrzym\w+|dosta\w+|przychodz\w+|får|fått|fick|kommer|tagit emot"
    r"|mottag\w*|modtag\w*|fået|mottatt|mottar|dostáv\w+|chod\w+|přicház\w+|saan|saamme|saanut|saimme|tulee|tullut"
    r"|al[ıi]yor\w*|gel(?:iyor|di|en)\w*|kap(?:ok|unk|tunk|tam)|érkez\w+|получа\w+|получил\w*|приход\w+|ид[её]т)\b|受信"
    r"|届|受け取|收到|받"
)
FROM = (
    r"(?:from|by|via|through|out of|off|von|aus|über|vom|de|du|des|d'une?|depuis|desde|da|dal|dalla|dai|del|do|dos"
    r"|pelo|pela|van|vanaf|vanuit|uit|från|fra|z|ze|od|из|с|от)"
)
COMES_FROM_US = re.compile(
    rf"\b{FROM}\s(?:\S{{1,40}}\s){{0,4}}[(\[]?(?:{OURS}|{V4}|{V6})|{ENDINGS}|{BY_YOU}|(?:{V4})[)\]）]?\s?(?:から|よりの?)"
)
# What is no person: "your students send advertisements" complains of no mail.
MACHINERY = re.compile(
    r"\b(?:servers?|mail-?servers?|networks?|hosts?|machines?|computers?|relays?|mailers?|gateways?|ips?|rechner\w*"
    r"|netz\w*|serveurs?|réseaux?|servidor\w*|red|redes|equipos?|rete|macchin\w+|netwerk\w*|rede|nätverk\w*|servrar"
    r"|netværk\w*|nettverk\w*|serwer\w*|siec\w+|sít\w+|сет\w+|сервер\w*)\b"
)
MANY = re.compile(
    r"\b(?:hundreds|thousands|tons|masses|massive|(?<![0-9.])(?:[0-9]{3,7}"
    r"|[0-9]{1,3}(?:[.,'][0-9]{3}){1,2}) (?:\w{1,20} )?(?:mails?|e-?mails?|messages?|connections)|massenhaft|hunderte"
    r"|tausende|centaines|milliers|cientos|miles|centinaia|migliaia|honderden|duizenden|centenas|milhares|setki"
    r"|tysiące|hundratals|tusentals)\b|大量"
)
# "Why does your server …?" asks nothing.
REPROACH = re.compile(
    r"\b(?:why|how come|(?:are|were) you aware|(?:do|did) you know|warum|wieso|weshalb|pourquoi|por qu[eéê]|perch[eé]"
    r"|waarom|dlaczego|varför|hvorfor|proč|почему)\b"
)
MAIL = re.compile(
    r"\b(?:e-?mails?|mails?|smtp|mta|mailbox(?:es)?|inbox(?:es)?|messages?|courriels?|correos?|posta|e-?post"
    r"|epost|nachrichten?|mensajes?"
    r"|messaggi\w*|berichten|mensagens?|wiadomoś\w+|zpráv\w+|viest\w+|пис[ье]м\w*|почт\w+|open relay|received)\b|メール"
    r"|邮件|郵件"
)
# This very message is no mail that is complained of.
THIS_MAIL = re.compile(
    r"\b(?:(?:reply|replies|respond|answer|respuesta|antwort\w*)\b.{0,20}\be-?mails?|(?:this"
    r"|present) (?:\w{1,15} )?(?:e-?mail|message|mail)|(?:by|via|per|through|an|to our|our"
    r"|your) e-?mails?(?: address\w*)?|e-?mail(?: address\w*|:)|diese[rs]? (?:e-?mail|mail|nachricht)|ce (?:message"
    r"|courriel|mail)|par (?:e-?mail|courriel)|este (?:correo|mensaje|e-?mail)|por correo|quest[ao] (?:e-?mail"
    r"|messaggio|mail)|(?:deze|dit) (?:e-?mail|mail|bericht)|esta mensagem)\b"
)
