"""Who reacts to which fact."""

from orderly.journal.actions import Reactions
from orderly.patients.reactions import note_last_visit
from orderly.web.team.mail import send_invitation

REACTIONS: Reactions = {
    "appointment_completed": (note_last_visit,),
    "user_invited": (send_invitation,),
    "invitation_resent": (send_invitation,),
}
