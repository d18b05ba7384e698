"""Is this server an open relay? SMTP dialogues, who answers, what came back, blocklists. No database."""
