"""Text whose lines a mail program broke to have them joined again: format=flowed (RFC 3676)."""


def unstuffed(text: str, *, delsp: bool) -> str:
    """Take the stuffed spaces away (§4.4), and with `delsp` join the lines that were broken inside of a word (§4.2).

    Without `delsp` broken lines stay as they are: a header that somebody pasted has line ends of its own, and a space
    that stood before one of them by chance must not make two fields one.
    """
    lines: list[str] = []
    pending = ""  # what the line goes on from
    depth = 0  # of its quotation
    for line in text.split("\n"):
        marks = len(line) - len(line.lstrip(">"))
        words = line[marks:].rstrip("\r")
        words = words[1:] if words[:1] == " " else words
        if pending and marks != depth:
            lines.append(pending)
            pending = ""
        if delsp and words[-1:] == " " and words != "-- ":
            # A line of many pieces would be copied for each of them: past any line that is read, it just ends.
            pending = (pending or ">" * marks + " " * bool(marks)) + words[:-1]
            depth = marks
            if len(pending) < JOINED_LIMIT:
                continue
            words = ""
        lines.append(pending + words if pending else ">" * marks + " " * bool(marks) + words)
        pending = ""
    if pending:
        lines.append(pending)
    return "\n".join(lines)


JOINED_LIMIT = 10_000  # characters
