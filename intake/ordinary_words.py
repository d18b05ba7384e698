"""The words of mail that complains of no spam from us, by language. All match lower-case text in one line.

Every pattern is linear: alternatives of words, and windows of bounded width between two of them.
"""

import re

# Speaking of spam without complaining of any.
AS_SPAM = r"(?:as|als|comme|como|come|som|jako) (?:spam|junk|unsolicited|werbung|indésirable)\w*"
INNOCENT = re.compile(
    r"\b(?:anti-?\s?spam|spam[- ]?(?:filter\w*|folder\w*|ordner\w*|score\w*|box|quarantine\w*|assassin|check\w*"
    r"|protection|prevention|rating|problem|blacklist|blocklist|blocker|firewall|gateway|detection|reports?:|list\b"
    r"|status|level|statisti\w+)|filtre anti-?\w+|junk[- ]?(?:e-?mail |mail )?(?:folder|filter|ordner)"
    rf"|(?:marked|flagged|classified|tagged|treated|rejected|blocked|listed|identified|considered|refused|detected"
    rf"|\w{{2,15}}) {AS_SPAM}|(?:in|into|to|im|dans|en|nel) (?:the |my |their |your |our |den |les |el |lo )?(?:spam"
    rf"|junk)\b(?! (?:from|mail))"
    r"|(?:mis)?taken for spam|due to spam|because of spam|not? (?:an? |any |more |new |further )?(?:spam|junk"
    r"|open (?:mail |smtp )?relay)\b"
    r"|kein(?:en|e)? (?:neue[rn]? |weitere[rn]? )?(?:spam|offene[sr]? relay)|(?:not|never|n't) (?:sen[dt]"
    r"|sending) (?:any )?spam|pas (?:un |du )?spam|spam-?free|x-spam-\w+|(?:test|simulated|training) phish\w*"
    r"|phish\w*[ -](?:tests?|simulations?|trainings?|exercises?)|acceptable use|abuse (?:contact|desk|policy|team"
    r"|address|mailbox|department|handling)|(?:list[ae]|liste|lijst|carpeta|cartella|dossier|pasta|map) (?:de |di "
    r"|van |do |d')?spam|(?:about|on|of|and|or|against|fight\w*|fought|regarding|over|über|sur|sobre"
    r"|su) (?:\w{1,20} ){0,3}(?:open|offene) (?:mail |smtp )?relays)\b"
)
# A greeting ("Dear abuse team"), and addresses of mail.
GREETED = re.compile(
    r"[\w.+-]{1,64}@[\w.-]{1,100}|\b(?:dear|hello|hi|to the|an das"
    r"|liebes) (?:[\w,/-]{1,20} ){0,2}abuse\b(?:[ -]?(?:team|desk|staff))?"
)
# Somebody sells, asks for a meeting, or questions for his thesis: what else he says complains of nothing.
SELLS = re.compile(
    r"\b(?:free (?:trial|demo|quote|consultation)|(?:book|schedule|arrange) (?:a|an|your) (?:\w{1,12} )?(?:demo|call"
    r"|meeting|chat|consultation)|pricing|flat fee|special offer|we offer|our (?:product|solution|platform|team of"
    r"|experts|consultants)s?\b|our (?:\w{1,12} )?(?:filter|software|gateway|service)s? (?:stops?|protects?|cleans?"
    r"|keeps?|helps?)|(?:[0-9]{1,2}|ten|fifteen|twenty|thirty|few) minutes (?:\w{1,12} ){0,3}(?:chat|call|demo"
    r"|meeting|talk)|(?:quick|short|brief|intro|discovery) (?:chat|call)|free for a (?:chat|call)|hop on a call"
    r"|(?:organi[sz]ations|companies|universities|institutions|teams) like yours|delisting service"
    r"|delist(?:ing)? (?:for|fee)|removal service|get (?:your|you) (?:ip )?(?:delisted|removed)|we can (?:remove"
    r"|delist|help you)|protect your (?:mail|business|company|inbox|users|reputation)|(?:[€$£] ?[0-9]+|pay) per \w+"
    r"|(?:my|our|a|the|this) (?:\w{1,12} )?(?:thesis|dissertation|survey|questionnaire)|survey (?:on|about|of)"
    r"|(?:answer|take) (?:\w{1,12} ){0,3}(?:questions|survey)|(?:a|my|our|the) (?:course|lecture|seminar|class|paper"
    r"|article|talk) (?:on|about)|(?:ein|einen|meinen|unseren|den) (?:artikel|beitrag|bericht|vortrag) (?:über|zu)"
    r"|press (?:enquiry|inquiry)|presseanfrage|bug bount(?:y|ies)|bounty program\w*"
    r"|jetzt (?:testen|kaufen|bestellen)|kostenlos(?:e|en|es)? (?:test|erstgespräch"
    r"|beratung)\w*|wir bieten|biete[nt]? (?:ich|wir|ihnen)|passt ihnen|unser (?:produkt|angebot)|termin vereinbaren"
    r"|(?:master|bachelor|diplom|doktor)arbeit|umfrage|fragebogen|essai gratuit|démonstration gratuite"
    r"|notre (?:solution|offre)|nous proposons|mon mémoire|ma thèse|(?:un|mon|notre|ce) questionnaire|un sondage"
    r"|prueba gratuita|nuestra solución|ofrecemos|mi tesis|una encuesta|prova gratuita|la nostra soluzione|offriamo"
    r"|mia tesi|un questionario|un sondaggio|gratis proef\w*|wij bieden|vrijblijvend\w*|mijn scriptie|een enquête"
    r"|avaliação gratuita|oferecemos|minha tese|oferujemy|bezpłatn\w+ (?:test|próba)\w*|ankiet\w+|vi erbjuder"
    r"|vi tilbyder|vi tilbyr)\b"
)
# Phishing at our own door: "your mailbox will be closed; log in here".
YOUR_ACCOUNT = re.compile(
    r"\b(?:your (?:\w{1,12} )?(?:account|mailbox|inbox|password|profile)|ihr(?:e|em)? (?:\w{1,12}-?)?(?:konto"
    r"|postfach|passwort)|votre (?:compte|boîte)|su (?:cuenta|buzón)|(?:vostr[oa]|suo|sua) (?:account|casella)"
    r"|uw (?:account|mailbox|postvak)|sua (?:conta|caixa)|twoje konto|ditt konto)\b"
)
DEMANDS = re.compile(
    r"\b(?:(?:log|sign)[ -]?(?:in|on)|(?:is|are|was|be|been|being) (?:\w{1,15} ){0,2}(?:suspended|deactivated"
    r"|disabled|terminated|locked|closed|deleted|limited)|(?:verify|confirm|validate|re-?activate|upgrade"
    r"|update) (?:your|that you (?:own|are)|it\b|the account|now|here|below)|gesperrt|deaktiviert|bestätigen"
    r"|suspendu\w*|connectez-vous|suspendid\w+|inicie sesión|sospes\w+|acced\w+|opgeschort|inloggen|bloquead\w+"
    r"|zaloguj)\b"
)
LOG_IN = re.compile(
    r"(?:^|[.!?:,] |\bplease )(?:log|sign)[ -]?(?:in|on)\b|\bplease .{1,60}\b(?:log|sign)[ -]?in (?:to|at|here)\b"
)
# What a spam says, told by him who got it.
TOLD = re.compile(
    r"\b(?:it|they|which|that|mails?|messages?|e-?mails?|spam|phish\w*|senders?|link|subject"
    r"|page) (?:\w{1,12} )?(?:says?|claims?|asks?|tells?|pretends?|invites?|promises?|reads?|contains?|urges?"
    r"|requests?|wants?|threatens?|offers?)\b.{0,300}"
)
# Such words stand in a spam as well as in the letter of a seller: they weigh only where nobody is accused outright.
ADVERTISES = re.compile(
    r"\b(?:unsubscribe|webinar|newsletter|discount|[0-9]{1,2} ?% off|our offer|learn more|sign up|click (?:here|below"
    r"|the (?:link|button))|limited time|verify your|confirm your (?:account|password|mailbox|identity)|seo\b"
    r"|backlinks?|abmelden|abbestellen|désabonner|darse de baja|afmelden|uitschrijven|cancelar (?:a )?(?:inscrição"
    r"|assinatura)|avregistrera|(?:order|tracking|invoice) (?:number|no|confirmation)|curriculum vitae|my (?:resume"
    r"|cv)\b|apply for|application for the)\b"
)
# A fault of a wanted mail, explained: headers come with it, and nobody is accused.
FAULT = re.compile(
    r"\b(?:spf|dkim|dmarc|ptr|r-?dns|reverse (?:dns|lookup)|(?:start)?tls|certificates?|mx record|test (?:mail"
    r"|e-?mail|message)|testmail|as (?:you )?(?:asked|requested|discussed|agreed)|(?:spam"
    r"|junk)[ -]?(?:e-?mail )?(?:folder|ordner|filter|box)|dossier (?:de )?spam|carpeta de spam|greylist\w*)\b"
)
# Our server is said to think so: "your server says that we send spam".
HELD_TO_BE = re.compile(
    r"\b(?:your|ihre?|votre|su|vostro|uw|sua|seu) (?:\w{1,12}[ -]?)?(?:servers?|systems?|filters?|gateways?|hosts?"
    r"|forms?|sites?|serveur|servidor|mailserver) (?:[\w.:-]{1,40} ){0,5}(?:says?|thinks?|believes?|claims?|assum\w+"
    r"|suspects?|considers?|meint|behauptet|glaubt|hält|prétend|croit|dice|cree|zegt|denkt|diz|acha)\b|\b(?:you|sie"
    r"|vous) (?:say|think|believe|claim|behaupten|glauben|prétendez)\b"
)
# It is over.
SOLVED = re.compile(
    r"\b(?:(?:it|this|that|they|spam|mails)\b.{0,40}\b(?:has|have) (?:now )?(?:stopped|ceased)\b(?! (?:it|them|your"
    r"|answer))|(?:no longer|not) (?:get|receive|see|got|received|seen)\b.{0,20}\bspam|no longer (?:listed|on (?:the"
    r"|our|any))|(?:removed|delisted) from (?:the|our) \w*list|ne (?:recevons|reçois) plus"
    r"|non \w{1,12} più (?:\w{1,12} )?spam|niet meer|n'arrive plus"
    r"|ya no (?:\w{1,12} )?(?:recib\w+|lleg\w+)"
    r"|non ricev\w+ più|geen spam meer|(?:thanks|thank you) for (?:your (?:abuse |spam )?(?:report"
    r"|notification)|stopping|fixing|closing|solving|taking care|having"
    r"|your (?:quick|fast|prompt|swift))|(?:problem|issue|case|incident|matter) (?:is|was|has been) (?:now )?(?:fixed"
    r"|solved|resolved|closed)|(?:danke|vielen dank) für (?:das|die|ihre?) (?:schnelle|rasche|prompte)\w*"
    r"|hat sich erledigt|merci d'avoir|merci pour votre (?:rapid\w+|intervention)|gracias por (?:haber|la rápida"
    r"|su rápida)|grazie per (?:aver|il rapido|la rapida)|bedankt voor (?:het|de|uw) snelle)\b"
)
ASKS_HOW = re.compile(r"\bhow (?:can|do|could|should|to)\b")
# What might happen: nobody did it yet.
MIGHT = re.compile(
    r"\b(?:attackers?|hackers?|criminals?|spammers?|somebody|someone|they|which|that) (?:can|could|might"
    r"|may) (?:\w{1,12} )?(?:send|spoof|forge|abuse|impersonate|use)\b"
    r"|\b(?:angreifer|kriminelle|spammer|jemand) (?:kann|könnten?|können)\b"
    r"|\b(?:pirates?|attaquants?|spammeurs?) (?:peu(?:t|vent)|pourrai(?:t|ent))\b"
)
# Somebody wants to be helped against the spam that he gets.
WISHES = re.compile(
    r"\b(?:(?:do not|don't|never) (?:want|wish|like) to (?:be|become|run|end up)"
    r"|your (?:request|application|order|subscription|registration)\b.{0,120}\b(?:approved|received|confirmed"
    r"|completed)"
    r"|(?:can|could|would|will) you (?:please |kindly )?(?:filter|unsubscribe|remove me|help me|whitelist|unblock"
    r"|improve|adjust)|how (?:can|do|could|should|to) (?:i|we|one)\b|what (?:can|should|do) (?:i|we) (?:do|configure"
    r"|use)\b|is there (?:a|any) way|(?:better|stronger|stricter) (?:spam ?)?filter\w*|(?:my|the"
    r"|your) (?:own )?filter\w*|please (?:filter|unsubscribe|whitelist|unblock)|wie (?:kann|können|werde) (?:ich|wir)"
    r"|(?:können|könnten) sie .{0,40}(?:filtern|ausfiltern)|comment (?:puis-je|faire|peut-on)"
    r"|pouvez-vous .{0,40}filtrer|(?:cómo|como) (?:puedo|podemos)|pueden .{0,40}filtrar|come (?:posso|faccio)"
    r"|potete .{0,40}filtrare|hoe kan ik|kunnen jullie .{0,40}filteren|como (?:posso|faço)|hur kan jag"
    r"|kan ni .{0,40}filtrera)\b"
)
# Where spam may be but in mail: "on our forum"; not people of such a place, nor a line of a signature, "Telefon: 1234".
SOMEWHERE_ELSE = (
    r"(?:(?:xmpp|jabber|whatsapp|telegram|matrix)\b(?!\s?:)|(?<!of )(?:in|into|on|onto|to|via|by|per|through|our|the"
    r"|my|im|ins"
    r"|am|ans|auf|über|unser\w{0,2}|dans|sur|par|notre|en|por|nuestro|al|nel|sul|il|nostro|op|ons|onze|på|vår|vårt|na"
    r"|w|nasz\w{0,4}) (?:\w{1,15} )?(?:forums?|foren|foros?|wikis?|blogs?|telefon\w{0,2}|téléphone|teléfono)\b"
    r"(?!\s?:|[ -]?(?:moderat|admin|user|member|nutzer|editor|redak|operator|owner|mail|e-mail)\w*))"
)
# Trouble that is none of mail: it needs a word for mail to be ours.
NOT_MAIL = re.compile(
    r"\b(?:deface\w*|port ?scan\w*|brute[ -]?force|sshd?\b|fail2ban|rdp|telnet(?! \S{1,40} (?:25|465|587|smtp)\b)"
    r"|ddos|dos attack|copyright\w*|dmca"
    r"|(?:bit)?torrents?|infringement|peer-to-peer|p2p|wp-login|sql injection|web ?shell|login attempts?"
    r"|failed logins?|passwords? guess\w*|tries passwords|(?<!spam )botnet(?! spam)|bgp|(?:route|prefix) leak\w*"
    r"|packet loss|peering|circuit|(?:comment|forum|referr?er|blog|wiki|guestbook|sms|phone"
    r"|telefon)[ -]?spam\w*|spam (?:comments?|posts?|registrations?|links?|(?:phone )?calls?)|(?:phone|tele ?phone"
    rf"|robo)[ -]?calls?|telefonanruf\w*|{SOMEWHERE_ELSE}|urheberrecht\w*|piratage|piratería|vulnerabilit\w+"
    r"|cve-[0-9]|nessus|open resolver|ntp\b|wordpress"
    r"|phishing (?:page|site|url|kit|website)|(?:web ?site|web ?page|home ?page"
    r"|web ?server)s? (?:\w{1,12} ){0,4}(?:hacked|defaced|compromised|infected|down)"
    r"|webseite (?:\w{1,12} ){0,4}gehackt|site (?:web )?(?:piraté|hacké)|web hackead[ao])\b"
)
# A network, as NOCs write of it all day.
NETWORK = re.compile(
    r"\b(?:traffic|packets?|netflow|bandwidth|uplink|fib(?:re|er)|latency|prefix(?:es)?|rout(?:es?|ing|er)|links?"
    r"|circuits?|ports?|dns|zone transfers?|name ?servers?|certificates?|zertifikat\w*|vpn|wi-?fi|wlan|eduroam|outage"
    r"|leitung|störung|ausfall|panne|coupure)\b"
)
TROUBLE = (
    r"(?:rejected|refused|blocked|bounc\w+|returned|delayed|lost|undeliver\w*|not (?:been )?(?:deliver\w+|arriv\w+"
    r"|receiv\w+|accept\w+)|never (?:arriv\w+|got|reach\w+)|marked|flagged|filtered|quarantined|blacklisted|missing)"
)
DELIVERY = re.compile(
    r"\b(?:(?<!without )(?<!out any )(?<!undue )(?<!further )delay(?:s|ed)?|undeliver\w*"
    r"|not (?:been )?(?:delivered|arrived)|(?:did|does|do)(?: not|n't) (?:arrive|get"
    r"|go) ?(?:through|there)?|never (?:arrived|got)|missing (?:mail|message)s?|c[ao]mes? back\b|(?:bounced"
    r"|returned) (?:back|to (?:me|us))|(?:this|the|an?) (?:\w{1,12} )?(?:error|bounce|failure|rejection|ndr)\b"
    r"|fehlermeldung|kam(?:en)? zurück|zurückgekommen|message d'erreur|(?:est|sont) revenue?s?|mensaje de error"
    r"|devuelt\w+|messaggio di errore|tornat[aoi] indietro|foutmelding|kwam(?:en)? terug|greylist\w*|lost (?:mail"
    r"|message)s?|non-?delivery|(?:please |you )(?:allow|unblock|whitelist|delist)|remove (?:us|our"
    r"|my) .{0,40}(?:list|blacklist|blocklist)"
    rf"|(?:my|our|his|her|their|wanted|legitimate|these|mails? (?:from|to)) (?:[\w'-]{{1,20}} ){{0,6}}{TROUBLE}"
    rf"|(?:e-?mails?|messages?|newsletters?|invoices?) (?:[\w'@.-]{{1,40}} ){{0,5}}(?:is|are|was|were|gets?|got|being"
    rf"|been) (?:\w{{1,12}} )?{TROUBLE}"
    r"|your (?:mail ?)?(?:server|system|filter|gateway)s? (?:\w{1,12} ){0,2}(?:rejects?|refuses?|blocks?|bounces?"
    r"|delays?|rejected|refused|rejecting)|lands? in|go(?:es)? (?:in)?to (?:the )?(?:spam|junk)|ends? up in|(?:landen"
    r"|landet) im|(?:rechaza\w*|bloquea\w*|rejette\w*|refuse\w*|bloque\w*|respinge|rifiuta|blocca|weigert|blokkeert"
    r"|odrzuca|blokuje|avvisar|recusa\w*|rejeita\w*) (?:nuestros|mis|nos|mes|i nostri|le nostre|onze|mijn|nasze|våra"
    r"|nossos|nossas) (?:\w{1,12} )?(?:e-?mails?|mails?|correos?|mensajes?|messages?|courriels?|messaggi|posta"
    r"|berichten|wiadomości|brev|mensagens|facturas?|factures?|fatture)|(?:weist|lehnt|blockiert) .{0,30}(?:unsere"
    r"|meine)|(?:meine|unsere) (?:e-?)?mails? .{0,60}(?:abgewiesen|abgelehnt|blockiert|nicht|verzögert)"
    r"|nicht zugestellt|verzöger\w+|kommt? nicht an|unzustellbar\w*|(?:mes|nos|mon|notre) (?:e-?mails?|messages?"
    r"|courriels?) .{0,60}(?:rejet\w+|bloqu\w+|refus\w+|n'arriv\w+)|(?:mis|nuestros) (?:correos"
    r"|mensajes) .{0,60}(?:rechaz\w+|bloque\w+|no (?:llegan|llegaron))|(?:le mie|le nostre|i miei) (?:e-?mail"
    r"|messaggi|mail) .{0,60}(?:respint\w+|bloccat\w+|rifiutat\w+|non arriv\w+)|(?:mijn|onze) (?:e-?mails?|mails?"
    r"|berichten) .{0,60}(?:geweigerd|geblokkeerd|niet))\b"
)
# Of one machine among others: it has nothing to do with it.
NOT_INVOLVED = re.compile(
    r"\b(?:(?:not|n't|never|nicht|nie|pas|no|non|niet|not been|no longer|nicht mehr"
    r"|ya no) (?:\w{1,12} ){0,2}(?:involved"
    r"|affected|concerned|responsible|guilty|to blame|the (?:source|sender|origin|problem|cause)|listed|send|sends"
    r"|sending|spam|spams|spamming|relay|relaying|open|beteiligt|betroffen|verantwortlich|schuld\w*|die quelle"
    r"|impliqué\w*|concerné\w*|responsables?|en cause|implicad\w+|involucrad\w+|afectad\w+|coinvolt\w+|interessat\w+"
    r"|responsabil\w+|betrokken|getroffen|verantwoordelijk|schuldig)|(?:innocent|unaffected|uninvolved|unbeteiligt"
    r"|clean|harmless|is fine|are fine|is ok|in ordnung|außen vor|has nothing to do|hat nichts .{0,20}zu tun"
    r"|n'a rien à voir|no tiene nada que ver|non c'entra))\b"
)
# Before an address: it is where the spam went, not where it came from.
TARGET = re.compile(
    r"(?:(?<!traced )(?<!traced back )(?<!back )(?<!leads )(?<!lead )(?<!led )(?<!points )(?<!point )(?<!belongs )"
    r"(?<!belonging )(?<!belong )(?<!resolves )(?<!resolve )(?<!according )(?<!thanks )(?<!due )(?<!down )\bto"
    r"|\b(?:against"
    r"|flood(?:s|ed|ing)?|bombard(?:s|ed|ing)|attack(?:s|ed|ing)|hits|spams|towards?|targeting|gegen|contre"
    r"|vers|contra|hacia|contro|verso|tegen|naar|przeciw\w*|mot))"
    r" (?:(?:the|your|our|ihren?|unseren?|votre|vos|su|sus|vostr[oi]|uw|jullie) )?(?:[\w-]{1,20} ){0,3}[(\[]?$"
)
# A warning about programs.
ADVISORY = re.compile(
    r"\b(?:cve-[0-9]{4}|security advisory|vulnerabilit\w+|schwachstelle\w*|vulnérabilit\w+|vulnerabilid\w+)"
)
# An authority asks who sent a mail: people answer that.
ENQUIRY = re.compile(
    r"\b(?:ermittlungsverfahren|auskunftsersuchen|staatsanwaltschaft|law enforcement|police (?:enquiry|inquiry|report"
    r"|investigation)|criminal investigation|subpoena|court order|search warrant|réquisition|enquête (?:pénale"
    r"|préliminaire)|orden judicial|requerimiento|diligencias|procura della repubblica|indagine penale|opsporing\w*"
    r"|vordering|prokuratur\w*|detective (?:\w{1,20} )?\w{1,20}|subscriber (?:information|data|details)"
    r"|bestandsdaten\w*|anschlussinhaber\w*|titulaire de (?:l'adresse|la ligne|l'abonnement)"
    r"|titular de la (?:línea|conexión|ip))\b"
)
