"""What spam is packed in when people send it: one module a container, each a function from a file to what is inside.

A new container is a new file, and a line in the list below.
"""

from intake.containers import gzipped, mbox, outlook, uuencoded, winmail, zipped
from intake.containers.container import Container

# The first that recognises a file opens it.
CONTAINERS: tuple[Container, ...] = (
    Container(zipped.is_one, zipped.unpack),
    Container(gzipped.is_one, gzipped.unpack),
    Container(winmail.is_one, winmail.unpack),
    Container(outlook.is_one, outlook.unpack),
    Container(mbox.is_one, mbox.unpack),
    Container(uuencoded.is_one, uuencoded.unpack),
)
