"""What the user menu offers in a clinic."""

from uuid import UUID

from orderly.journal.actor import Actor


def menu(actor: Actor, clinic: UUID) -> dict[str, bool]:
    return {
        "links_link": actor.may("patients:edit", clinic),
        "team_link": actor.may("users:manage", clinic),
        "audit_link": actor.may("audit:view", clinic),
    }
