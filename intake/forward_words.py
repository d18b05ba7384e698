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
    ("送信元|差出人|送信者", "送信先|宛先", "日付|送信日時|日時|送信", "件名", "cc|返信先"),
    (
        "发件人|寄件者|寄件人",
        "收件人|收件者",
        "发送时间|发送日期|日期|时间|寄件日期|傳送時間",
        "主题|主旨",
        "抄送|副本",
    ),
    (
        "보낸 사람|보낸사람|보낸이",
        "받는 사람|받는사람|받은 사람|받는이",
        "날짜|보낸 날짜|보낸날짜|보낸 시간",
        "제목",
        "참조",
    ),
    ("מאת", "אל|עד", "תאריך|נשלח|בתאריך", "נושא", "עותק"),
    ("من|المرسل", "إلى|الى", "التاريخ|تاريخ|تم الإرسال", "الموضوع|موضوع", "نسخة"),
    ("از|فرستنده", "به|گیرنده", "تاریخ", "موضوع", "رونوشت"),
    ("từ|người gửi", "đến|tới|người nhận", "ngày|đã gửi|vào lúc", "chủ đề|tiêu đề", ""),
    ("จาก", "ถึง", "วันที่|ส่ง", "เรื่อง|หัวเรื่อง", "สำเนา"),
    ("dari|pengirim", "kepada|ke|untuk|penerima", "tanggal|tarikh|dikirim|terkirim", "subjek|perihal", ""),
    ("प्रेषक|से", "को|प्रति|प्राप्तकर्ता", "दिनांक|तारीख|भेजा गया", "विषय", ""),
    ("nuo|siuntėjas", "kam|iki|gavėjas", "data|išsiųsta", "tema", "kopija"),
    ("no|sūtītājs", "kam|līdz|adresāts", "datums|nosūtīts", "temats|tēma", "kopija"),
    ("od|pošiljatelj", "za|prejemnik", "datum|poslano", "zadeva", "kp"),
    ("от|подател", "до|получател", "дата|изпратено", "относно|заглавие", "копие"),
    ("шаље|од|šalje|pošiljalac", "прима|за|prima", "датум|послато|poslato", "наслов|предмет|naslov", ""),
    ("de|remitent", "a|per a|destinatari", "data|enviat", "assumpte", "a/c"),
    ("nork|bidaltzailea", "nori|hartzailea", "data|bidalia", "gaia", ""),
    ("frá|sendandi", "til|viðtakandi", "dagsetning|sent", "efni", "afrit"),
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
    |転送メッセージ|メッセージを転送|転送されたメッセージ|転送されたメール
    |转发的消息|转发邮件|转发的邮件|转发邮件信息|轉寄郵件|轉寄的郵件|已轉寄的郵件|전달된 메시지|전달된 메일|전달 메시지
    |הודעה שהועברה|رسالة معاد توجيهها|رسالة مُعاد توجيهها|thư đã chuyển tiếp|tin nhắn được chuyển tiếp
    |ข้อความที่ส่งต่อ|pesan terusan|pesan yang diteruskan|mesej dimajukan|अग्रेषित संदेश
    |persiųstas laiškas|persiųstas pranešimas|pārsūtītā ziņa|pārsūtīta vēstule|posredovano sporočilo
    |препратено съобщение|прослеђена порука|prosleđena poruka|missatge reenviat|birbidalitako mezua
    |áframsent skeyti""".replace("\n", "").replace("    ", "").split("|")
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
    |eredeti üzenet|mesaj original|mesajul original|orijinal mesaj|orijinal i̇leti|özgün i̇leti|originalna poruka
    |izvorna poruka|algne kiri|algsõnum|αρχικό μήνυμα|オリジナルメッセージ|元のメッセージ|元のメール
    |原始邮件|原始郵件|原邮件|邮件原件|원본 메시지|원본 메일|הודעה מקורית|الرسالة الأصلية|رسالة أصلية|پیام اصلی
    |thư gốc|tin nhắn gốc|ข้อความต้นฉบับ|pesan asli|mesej asal|मूल संदेश|pradinis laiškas|originalus laiškas
    |originalus pranešimas|sākotnējais ziņojums|sākotnējā ziņa|oriģinālā ziņa|izvirno sporočilo|оригинално съобщение
    |първоначално съобщение|оригинална порука|missatge original|jatorrizko mezua|upprunalegt skeyti""".replace("\n", "")
    .replace("    ", "")
    .split("|")
)  # fmt: skip
