"""The table of evaluations."""

import re
from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.collisions import met
from evalsvc.db import Base, new_identifier, now

LONGEST_TEXT = 200
CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")


class Evaluation(Base):
    """One evaluation (评估项目): one round for one client."""

    __tablename__ = "evaluation"
    __table_args__ = (UniqueConstraint("code", info=met("evaluation.made_meanwhile")),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    code: Mapped[str]
    """Stands in addresses and files: ``[a-z0-9][a-z0-9-]*``."""
    name: Mapped[str]
    client: Mapped[str]
    institute: Mapped[str]
    pack: Mapped[str]
    """Name of the rule pack, for example ``shifan-jiading-2026-1``."""
    simulated: Mapped[bool] = mapped_column(default=False)
    """Set when the data are simulated; every page and output then says 模拟数据."""
    created_at: Mapped[datetime] = mapped_column(default=now)
