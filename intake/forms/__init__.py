"""The forms of complaints: one module a form, each a function from a message to exhibits.

A new form is a new file, and a line in the list below.
"""

from intake.exhibit import Form
from intake.forms import attached, feedback_report, pasted, prose

# In this order: what stands first is shown first where two say the same.
FORMS: tuple[Form, ...] = (attached.find, pasted.find, feedback_report.find, prose.find)
