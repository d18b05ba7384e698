"""The words that mail programs write above a forwarded mail, by language. Facts, collected from the programs."""

# One line a language: from, to, date, subject, and copies or answer addresses, each with its variants after a `|`.
LANGUAGES = (
    ("from", "to", "date|sent|sent at|sent on", "subject", "cc|bcc|reply-to|importance|attachments"),  # en
    ("von|absender", "an|empfänger", "datum|gesendet|gesendet am", "betreff|thema", "kopie|kopie (cc)|antwort an"),
    ("de|expéditeur", "à|a|pour|destinataire", "date|envoyé|envoyé le", "objet|sujet", "copie à|copie|répondre à"),
    ("de|remitente", "para|a|destinatario", "fecha|enviado|enviado el|enviado a las", "asunto", "responder a|copia"),
    ("da|mittente", "a|destinatario", "data|inviato|inviata|inviato il", "oggetto", "rispondi a|copia|copia a"),
    ("van|afzender", "aan", "datum|verzonden|verzonden op|gestuurd", "onderwerp", "antwoord aan|kopie"),
    ("de|remetente", "para", "data|enviado|enviada|enviada em|enviado em", "assunto", "responder para|cópia"),
    ("från|avsändare", "till", "datum|skickat|skickade", "ämne|rubrik", "kopia|svara till"),
    ("fra|afsender|avsender", "til", "dato|sendt", "emne", "kopi|svar til"),  # da, no
    ("od|nadawca|wysłane przez", "do|adresat", "data|wysłano|wysłane", "temat", "dw|kopia|odpowiedź do"),
    ("od|odesílatel|odosielateľ", "komu|pre", "datum|dátum|odesláno|odoslané", "předmět|predmet", "kopie|kópia"),
    ("lähettäjä|keneltä", "vastaanottaja|kenelle", "päivämäärä|päiväys|lähetetty", "aihe", "kopio|vastaus"),
    ("от|от кого|отправитель", "кому|получатель", "дата|отправлено", "тема", "копия|ответ-кому"),
    ("від|від кого|відправник", "кому", "дата|відправлено|надіслано", "тема", "копія"),
    ("feladó|küldő", "címzett", "dátum|küldve|elküldve", "tárgy", "másolat|másolatot kap"),
    ("de la|expeditor|expeditorul", "către|destinatar|destinatarul", "dată|data|trimis", "subiect|subiectul", ""),
    ("kimden|gönderen", "kime|alıcı", "tarih|gönderilen|gönderildi|gönderme tarihi", "konu", "bilgi"),
    ("šalje|pošiljatelj", "prima|primatelj", "datum|poslano", "naslov|predmet", ""),
    ("saatja", "adressaat|saaja", "kuupäev|saadetud", "teema", "koopia"),
    ("από", "προς", "ημερομηνία|εστάλη", "θέμα", "κοιν."),
    ("送信元|差出人", "送信先|宛先", "日付|送信日時|日時", "件名", ""),
    ("发件人|寄件者", "收件人|收件者", "发送时间|日期|寄件日期", "主题|主旨", "抄送"),
)
KINDS = ("from", "to", "date", "subject", "copy")

# In doubt ("a" is French and Italian, "de" is three languages) the words mean the same.
ROLES: dict[str, str] = {
    name: kind
    for language in reversed(LANGUAGES)
    for kind, names in zip(KINDS, language, strict=True)
    for name in names.casefold().split("|")
    if name
}

# "Forwarded message", between rules or alone above a head.
SAYS = frozenset(
    """forwarded message|forwarded mail|forwarded email|forwarded by|forwarded message from|forwarded from
    |weitergeleitete nachricht|weitergeleitete mail|weitergeleitet von|weitergeleitete e-mail
    |message transféré|message transmis|message réexpédié|courriel transféré|transféré par
    |mensaje reenviado|correo reenviado|reenviado por|messaggio inoltrato|inoltrato da
    |doorgestuurd bericht|doorgezonden bericht|doorgestuurd door|mensagem encaminhada|mensagem reencaminhada
    |encaminhado por|vidarebefordrat meddelande|vidarebefordrat mejl|vidarebefordrat av
    |videresendt meddelelse|videresendt melding|videresendt besked|videresendt e-mail|videresendt av
    |przekazana wiadomość|wiadomość przekazana dalej|treść przekazanej wiadomości|przekazane przez
    |přeposlaná zpráva|přeposlal|preposlaná správa|preposlaná správa --- forwarded message
    |välitetty viesti|välitetty viesti / fwd.msg|edelleenlähetetty viesti
    |пересылаемое сообщение|пересланное сообщение|перенаправленное сообщение|переслал
    |переслане повідомлення|перенаправлене повідомлення|továbbított üzenet|továbbított levél
    |mesaj redirecționat|mesaj transmis|iletilen ileti|iletilmiş mesaj|yönlendirilen mesaj|i̇letilen i̇leti
    |i̇letilmiş mesaj|proslijeđena poruka|edastatud kiri|μήνυμα που προωθήθηκε|προωθημένο μήνυμα
    |転送メッセージ|メッセージを転送|转发的消息|转发邮件""".replace("\n", "").replace("    ", "").split("|")
)  # fmt: skip

# "Begin forwarded message:", as Apple Mail writes.
BEGINS = frozenset(
    """begin forwarded message|begin forwarded email|anfang der weitergeleiteten nachricht
    |anfang der weitergeleiteten e-mail
    |début du message réexpédié|début du message transféré|début du message transmis
    |inicio del mensaje reenviado|inizio messaggio inoltrato|inizio del messaggio inoltrato
    |begin doorgestuurd bericht|início da mensagem encaminhada|início da mensagem reencaminhada
    |vidarebefordrat mejl|vidarebefordrat brev|start på videresendt besked|videresendt melding
    |początek przekazywanej wiadomości|początek wiadomości przekazanej|začátek přeposílané zprávy
    |začiatok preposlanej správy|välitetty viesti alkaa|начало переадресованного сообщения
    |начало пересылаемого сообщения|початок листа, що пересилається|továbbított levél kezdete
    |începe mesajul redirecționat|i̇leti başlangıcı|započni proslijeđenu poruku""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)  # fmt: skip

# "Original message": above forwards and answers alike.
ORIGINAL = frozenset(
    """original message|original email|original mail|ursprüngliche nachricht|ursprüngliche mail|original-nachricht
    |originalnachricht|original-mail|message d'origine|message d’origine|message original|message initial
    |mensaje original|messaggio originale|oorspronkelijk bericht|origineel bericht|mensagem original
    |ursprungligt meddelande|originalmeddelande|oprindelig meddelelse|oprindelig besked|opprinnelig melding
    |wiadomość oryginalna|oryginalna wiadomość|původní zpráva|původní e-mail|pôvodná správa
    |alkuperäinen viesti|исходное сообщение|оригинальное сообщение|оригінальне повідомлення
    |eredeti üzenet|mesaj original|orijinal mesaj|özgün i̇leti|originalna poruka|algne kiri""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)  # fmt: skip
