"""Indexes for what the daily and hourly limits count, and for the names of the registry."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_cases_opened_at", "cases", ["opened_at"])
    op.create_index("notices_of_person", "notices", [sa.text('lower("to")'), "created_at"])
    op.create_index("notices_of_day", "notices", ["created_at"])
    op.create_index("registry_by_host", "registry", [sa.text("lower(hostname)")])


def downgrade() -> None:
    op.drop_index("registry_by_host", "registry")
    op.drop_index("notices_of_day", "notices")
    op.drop_index("notices_of_person", "notices")
    op.drop_index("ix_cases_opened_at", "cases")
