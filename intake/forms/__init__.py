"""The forms of complaints: one module a form, each a function from a message to exhibits.

A new form is a new file, and a line in the list below.
"""

from intake.exhibit import Form
from intake.forms import (
    attached,
    blocklist_notice,
    csv_feed,
    feedback_report,
    hotmail,
    pasted,
    prose,
    spamcop,
    x_arf,
    xarf,
)

# In this order: what stands first is shown first where two say the same.
FORMS: tuple[Form, ...] = (
    attached.find,
    pasted.find,
    xarf.find,
    feedback_report.find,
    x_arf.find,
    spamcop.find,
    hotmail.find,
    blocklist_notice.find,
    csv_feed.find,
    prose.find,
)
