"""Who reacts to which fact."""

from orderly.edge.telling import FACTS, tell_patient
from orderly.journal.actions import Reaction, Reactions
from orderly.patients.reactions import note_last_visit
from orderly.web.account.mail import send_reset
from orderly.web.team.mail import send_invitation

OTHERS: dict[str, tuple[Reaction, ...]] = {
    "appointment_completed": (note_last_visit,),
    "password_reset_asked": (send_reset,),
    "user_invited": (send_invitation,),
    "invitation_resent": (send_invitation,),
}
REACTIONS: Reactions = {**OTHERS, **dict.fromkeys(FACTS, (tell_patient,))}
