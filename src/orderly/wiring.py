"""Who reacts to which fact."""

from orderly.appointments.reactions import unsee
from orderly.edge.package_telling import FACTS as OF_PACKAGES
from orderly.edge.package_telling import tell_of_package
from orderly.edge.series_telling import FACTS as OF_SERIES
from orderly.edge.series_telling import tell_of_series
from orderly.edge.telling import FACTS, tell_patient
from orderly.journal.actions import Reaction, Reactions
from orderly.packages.reactions import note_completed
from orderly.patients.reactions import note_last_visit
from orderly.web.account.mail import send_reset
from orderly.web.team.mail import send_invitation

OTHERS: dict[str, tuple[Reaction, ...]] = {
    "appointment_completed": (note_last_visit, note_completed),
    "appointment_reopened": (unsee,),
    "appointment_status_changed": (note_completed,),
    "appointment_cancelled": (note_completed,),
    "password_reset_asked": (send_reset,),
    "user_invited": (send_invitation,),
    "invitation_resent": (send_invitation,),
}
TOLD: dict[str, tuple[Reaction, ...]] = {
    **dict.fromkeys(FACTS, (tell_patient,)),
    **dict.fromkeys(OF_SERIES, (tell_of_series,)),
    **dict.fromkeys(OF_PACKAGES, (tell_of_package,)),
}
REACTIONS: Reactions = {fact: OTHERS.get(fact, ()) + TOLD.get(fact, ()) for fact in (*OTHERS, *TOLD)}
