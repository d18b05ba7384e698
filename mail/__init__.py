"""How mail is read: Received lines, Authentication-Results, delivery status, tokens, redaction. No I/O."""
