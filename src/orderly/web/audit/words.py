"""What changes and looks are called in the audit log."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orderly.journal.models import Kind
from orderly.web.words import Words

KIND: Final[Words] = {
    Kind.VIEW: pgettext_lazy("audit", "Looked"),
    Kind.SEARCH: pgettext_lazy("audit", "Searched"),
    Kind.EXPORT: pgettext_lazy("audit", "Exported"),
    Kind.EDIT: pgettext_lazy("audit", "Changed"),
    Kind.DELETE: pgettext_lazy("audit", "Removed"),
}

LOOK: Final[Words] = {
    "appointment": _("An appointment"),
    "appointment_history": _("An appointment's history"),
    "appointments": _("Appointments"),
    "arrivals": _("Arrivals"),
    "audit": _("Audit log"),
    "calendar": _("Calendar"),
    "duplicates": _("Possible duplicates"),
    "link_requests": _("Patients of other clinics"),
    "patient": _("A patient's record"),
    "patient_history": _("A patient's history"),
    "patients": _("Patients"),
    "queue": _("Queue"),
    "session": _("A group session"),
    "sessions": _("Group sessions"),
}

FACT: Final[Words] = {
    "appointment_booked": _("Appointment booked"),
    "appointment_rescheduled": _("Appointment moved"),
    "appointment_proposal_moved": _("Proposed time moved"),
    "appointment_assigned": _("Request assigned"),
    "appointment_status_changed": _("Appointment's state changed"),
    "appointment_completed": _("Appointment completed"),
    "appointment_cancelled": _("Appointment cancelled"),
    "appointment_reopened": _("Appointment reopened"),
    "appointment_corrected": _("Appointment corrected"),
    "appointment_put_back": _("Put back to an earlier state"),
    "visit_called": _("Patient called in"),
    "visit_call_undone": _("Call undone"),
    "visit_left": _("Left without being seen"),
    "hours_changed": _("Working hours changed"),
    "rule_added": _("Calendar entry added"),
    "rule_removed": _("Calendar entry removed"),
    "service_added": _("Service added"),
    "service_changed": _("Service changed"),
    "services_assigned": _("Services assigned"),
    "clinic_added": _("Clinic added"),
    "clinic_changed": _("Clinic changed"),
    "reaction_retried": _("Delivery tried again"),
    "patient_registered": _("Patient registered"),
    "patient_changed": _("Patient's record changed"),
    "patient_linked": _("Patient linked with this clinic"),
    "existence_told": _("Told that a patient is known elsewhere"),
    "link_requested": _("Asked another clinic for a patient"),
    "link_asked": _("Another clinic asked for a patient"),
    "link_decided": _("Another clinic's request decided"),
    "link_answered": _("Another clinic answered"),
    "token_created": _("API token created"),
    "token_revoked": _("API token revoked"),
    "rights_changed": _("Rights changed"),
    "roles_changed": _("Roles changed"),
    "user_changed": _("User changed"),
    "user_deactivated": _("User deactivated"),
    "user_reactivated": _("User reactivated"),
    "sessions_ended": _("Signed out everywhere"),
    "second_factor_reset": _("Second factor reset"),
    "user_invited": _("User invited"),
    "invitation_resent": _("Invitation sent again"),
    "invitation_revoked": _("Invitation revoked"),
    "invitation_accepted": _("Invitation accepted"),
    "provider_added": _("Provider added"),
    "provider_changed": _("Provider changed"),
    "asset_added": _("Room or device added"),
    "asset_changed": _("Room or device changed"),
}

FIELD: Final[Words] = {
    "number": _("Number"),
    "start": _("Start"),
    "end": _("End"),
    "status": _("State"),
    "visit": _("Visit"),
    "provider": _("Provider"),
    "proposed_provider": _("Proposed provider"),
    "resources": _("Rooms and devices"),
    "source": _("Source"),
    "notes": _("Notes"),
    "referral": _("Referral"),
    "roles": _("Roles"),
    "first_name": _("First name"),
    "middle_name": _("Middle name"),
    "last_name": _("Last name"),
    "birth_date": _("Date of birth"),
    "gender": _("Gender"),
    "mobile": _("Mobile"),
    "email": _("E-mail"),
    "guardian": _("Guardian"),
}
