"""An index for what is still to be moved, which every batch of a poll asks for."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    waits = sa.text("moved_at IS NULL")
    op.create_index(
        "messages_to_move", "messages", ["mailbox", "destination"], sqlite_where=waits, postgresql_where=waits
    )


def downgrade() -> None:
    op.drop_index("messages_to_move", "messages")
