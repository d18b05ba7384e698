"""One happening under way: the case as it stands so far, and what it has ordered."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from cases.effects import CancelDeadline, Effect, News, NoticeKind, Role, SendNotice, SetDeadline
from cases.model import Case
from cases.policy import Policy


class Step:
    """Collects the changes and orders of one happening; lives for one call of `advance`."""

    def __init__(self, case: Case, policy: Policy, now: datetime, new: bool = False) -> None:
        """`now` is aware. A `new` case has no deadline rows yet."""
        self.case = case
        self.policy = policy
        self.now = now
        self._orders: list[Effect] = []
        self._rows = {} if new else dict(case.deadlines)

    def change(self, **fields: Any) -> None:
        """Replace fields of the case."""
        self.case = replace(self.case, **fields)

    def order(self, effect: Effect) -> None:
        """Order anything but a deadline: those follow from the case."""
        self._orders.append(effect)

    def set(self, name: str, at: datetime) -> None:
        """Set the deadline of that name."""
        self.change(deadlines={**self.case.deadlines, name: at})

    def cancel(self, *names: str) -> None:
        """Forget the deadlines of these names, where there are any."""
        self.change(deadlines={name: at for name, at in self.case.deadlines.items() if name not in names})

    def passed(self, name: str, at: datetime) -> bool:
        """Take away a deadline that fell due; False where it is not the case's deadline of that name any more."""
        if self.case.deadlines.get(name) != at:
            return False
        self.cancel(name)
        del self._rows[name]
        return True

    def effects(self) -> tuple[Effect, ...]:
        """All orders, and the difference between the deadlines before and now, so that the two never disagree."""
        now = self.case.deadlines
        deadlines: list[Effect] = [SetDeadline(name, at) for name, at in now.items() if self._rows.get(name) != at]
        deadlines += [CancelDeadline(name) for name in self._rows if name not in now]
        return (*self._orders, *deadlines)

    def tell_security(self, kind: NoticeKind, number: int = 0, **said: str) -> None:
        """Write to each of `addresses.security`."""
        for person in self.policy.security:
            self.order(SendNotice(kind, person, Role.SECURITY, number, said=said))

    def tell_staff(self, kind: NoticeKind, number: int, **said: str) -> None:
        """Write to each of `addresses.staff`, at once."""
        for person in self.policy.staff:
            self.order(SendNotice(kind, person, Role.STAFF, number, said=said))

    def tell_administrator(self, kind: NoticeKind, to: str, number: int = 0, **said: str) -> None:
        """Write to one administrator."""
        self.order(SendNotice(kind, to, Role.ADMINISTRATOR, number, said=said))

    def tell_news(self, what: News, **said: str) -> None:
        """Tell Security what it did not ask."""
        self.change(news=self.case.news + 1)
        self.tell_security(NoticeKind.SECURITY_NEWS, self.case.news, what=what.value, **said)

    def ask_staff(self, question: str) -> None:
        """Put a question to the NOC, at once and on the digest; one that stands already is not asked again."""
        if self.case.staff_question == question:
            return
        self.change(staff_question=question, staff_asked=self.case.staff_asked + 1)
        self.tell_staff(NoticeKind.STAFF_QUESTION, self.case.staff_asked, question=question)
