"""The mailers that a campus has met since 1995, and how each shows itself. What no line of this table names is unknown.

Sources: each mailer's own source text or manual, and lines that it wrote, as they stand in public archives. Hosts and
addresses in the examples are made up. A host name, or a word that an administrator may have put there, is no sign.
"""

from probes.filters import FILTERS
from probes.other_mailers import DESKTOP, MAINFRAMES
from probes.signs import Mailer
from probes.unix_mailers import NETSCAPE, UNIX
from probes.windows_mailers import GROUPWARE, MICROSOFT

MAILERS: tuple[Mailer, ...] = (*UNIX, *NETSCAPE, *MICROSOFT, *GROUPWARE, *DESKTOP, *MAINFRAMES, *FILTERS)
