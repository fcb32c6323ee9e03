"""What is said when tickets are closed: steps nobody has ticked, reviews that are owed."""

from __future__ import annotations

from collections.abc import Mapping

from desk.session.session import Session
from desk.view.model import Done


def owed(session: Session, done: Done) -> Done:
    """Warn of what a closed ticket leaves behind; closing it is allowed all the same."""
    for item in [done.data] if isinstance(done.data, Mapping) else done.data:
        if item["state"] != "closed":
            continue
        left = sum(step.startswith("[ ]") for step in item["checklist"])
        if left:
            steps = "1 step" if left == 1 else f"{left} steps"
            session.warnings.append(f"{item['id']} was closed with {steps} of its checklist open")
        if item["major"] and not item["review"]:
            session.warnings.append(
                f"{item['id']} was a major incident; its review is owed: desk ticket review {item['id']}"
            )
    return done
