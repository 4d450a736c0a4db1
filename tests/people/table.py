"""ACC-3 as it is written down, apart from the code: who may do what where a clinic has changed nothing."""

ROLES = {
    "FD": "front_desk",
    "CS": "clinical_staff",
    "DR": "doctor",
    "CA": "clinic_admin",
    "BI": "billing",
    "RO": "read_only",
}

TABLE = """
booking:view_calendar       FD CS DR CA BI RO
booking:create_appointment  FD CS DR CA
booking:modify_appointment  FD CS DR CA
booking:cancel_appointment  FD DR CA
booking:overbook            FD DR CA
booking:view_templates      DR FD CA
booking:manage_templates    CA
booking:apply_templates     CA FD
booking:manage_waitlist     FD CA
booking:handle_emergency    FD CS DR CA
emergency:manage            DR CA
booking:view_analytics      CA
booking:view_analytics:own  DR
booking:manage_reminders    CA
schedule:manage             CA FD
schedule:manage:own         DR
queue:manage                FD CS DR CA
patients:view               FD CS DR CA BI RO
patients:edit               FD CS DR CA
patients:merge              CA
patients:erase              CA
patients:export             CA
packages:view               FD CS DR CA BI RO
packages:sell               FD BI CA
packages:schedule           FD CS DR CA
packages:manage             CA
stays:view                  FD CS DR CA BI RO
stays:manage                FD CA
stays:check_in              FD CS DR CA
stays:record_session        FD CS DR CA
records:view                DR CS
records:edit                DR CS
messages:view               FD CS DR CA
messages:send               FD CS DR CA
billing:view                BI FD CA
billing:take_payment        BI FD CA
billing:refund              BI CA
reports:finance             BI CA
users:manage                CA
audit:view                  CA
settings:manage             CA
"""

ROWS = {row.split()[0]: {ROLES[short] for short in row.split()[1:]} for row in TABLE.strip().splitlines()}
EVERYTHING = frozenset(ROWS)


def of(*roles: str) -> frozenset[str]:
    """What somebody with these roles may do."""
    return frozenset(permission for permission, holders in ROWS.items() if holders & set(roles))
