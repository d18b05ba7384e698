"""What the procedure orders becomes rows, in the transaction that stores the case."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from cases.effects import (
    CancelDeadline,
    Effect,
    LiftBlock,
    OpenCase,
    PlaceBlock,
    RefuseDecision,
    ReturnComplaints,
    RunRelayTest,
    SendNotice,
    SetDeadline,
)
from cases.model import Case
from db import messages, relay_tests, work
from desk.desk import Desk
from notices import outbox


def carry_out(
    session: Session, desk: Desk, case: Case, effects: Sequence[Effect], now: datetime
) -> RefuseDecision | None:
    """Store every order. Gives the refusal, if the happening was a decision that did not fit.

    `OpenCase` is the caller's: it is another case's story.
    """
    refusal = None
    for effect in effects:
        match effect:
            case SendNotice():
                outbox.write(session, effect, case, desk.house, now)
            case RunRelayTest():
                _order_test(session, case, effect)
            case SetDeadline(name, at):
                work.replace(
                    session,
                    key=_deadline_key(case, name),
                    kind="deadline",
                    role="schedule",
                    due_at=at,
                    payload={"name": name, "at": at.isoformat()},
                    case_id=case.id,
                )
            case CancelDeadline(name):
                work.cancel(session, _deadline_key(case, name))
            case PlaceBlock(order, addresses):
                _order_block(session, case, "block", order, addresses, now)
            case LiftBlock(order, addresses):
                _order_block(session, case, "lift", order, addresses, now)
            case ReturnComplaints():
                messages.return_of_case(session, case.id)
            case RefuseDecision():
                refusal = effect
            case OpenCase():
                pass
    return refusal


def _deadline_key(case: Case, name: str) -> str:
    return f"deadline:{case.id}:{name}"


def _order_test(session: Session, case: Case, order: RunRelayTest) -> None:
    test = relay_tests.order(session, case.id, order.number, case.addresses, order.due)
    work.order(
        session,
        key=f"test:{case.id}:{order.number}",
        kind="test",
        role="probes",
        due_at=order.due,
        payload={
            "test": test.id,
            "prove_again": [[way.form, way.address, way.port, way.tls] for way in order.prove_again],
        },
        lane=f"test:{case.id}",
        case_id=case.id,
    )


def _order_block(
    session: Session, case: Case, kind: str, order: int, addresses: tuple[str, ...], now: datetime
) -> None:
    work.order(
        session,
        key=f"{kind}:{case.id}:{order}:{now.isoformat()}",
        kind=kind,
        role="work",
        due_at=now,
        payload={"order": order, "addresses": list(addresses)},
        lane=f"block:{case.id}",  # the order to lift never runs beside the order to block
        case_id=case.id,
    )
