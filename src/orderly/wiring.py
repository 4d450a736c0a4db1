"""Who reacts to which fact."""

from orderly.journal.actions import Reactions
from orderly.patients.reactions import note_last_visit

REACTIONS: Reactions = {
    "appointment_completed": (note_last_visit,),
}
