"""A lab of real mail servers in one throw-away set of Linux namespaces.

            the campus, 198.51.100.0/24                      outside, 203.0.113.0/24
   noc        Postfix + Dovecot + OpenDMARC, example.edu       elsewhere  Postfix + Dovecot: complainants, Security
   openpf     Postfix, an open relay, until it is closed       probe      Postfix + Dovecot: the probe mailbox
   closedpf   Postfix, relays for the campus only              spammer    a client
   neglectedpf  another, whose administrator never answers     dns        unbound, rbldnsd
   discardpf  Postfix, accepts and throws away
   …          Exim, Sendmail, OpenSMTPD, open and closed each
   …          some thirty more for relay tests, each with a way of its own: see `plan.TARGETS`
        └──────────────────────── one bridge, no router ────────────────────────┘
                                      bot: a foot on each side

Every host has a network namespace of its own, and no default route: nothing can leave. One process holds them all;
killing it ends every daemon, mount and namespace. The servers are Debian's, fetched but never installed (`prepare`).
"""
