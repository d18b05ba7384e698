"""The words that commands take: the roles of a daemon, and what is typed as a decision or a record."""

from cases.words import Decision, StaffWord

ROLES = ("intake", "work", "probes", "schedule")
WORDS = tuple(dict.fromkeys((*(d.value for d in Decision), *(w.value for w in StaffWord))))
