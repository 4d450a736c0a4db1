"""What can happen to an appointment.

`ids["tell"]` is there where whoever did it was asked whether the patient is to be told, and says what they answered.
`ids["before"]` is what a change overwrote without its history saying so (what was asked for, times of the visit, its
number in the queue, the price): kept for taking the change back.
"""

from dataclasses import dataclass

from orderly.journal.facts import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentBooked(Fact):
    """A new appointment, with its visit and its payment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentRescheduled(Fact):
    """Another time, length, provider or chair; the appointment is the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentProposalMoved(Fact):
    """A request makes room for another booking: somebody else is proposed for it, or another chair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentAssigned(Fact):
    """Staff chose who is to serve a request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentStatusChanged(Fact):
    """One allowed move between states."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentCompleted(Fact):
    """The patient was treated; `ids["day"]` is the clinic's day of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentCancelled(Fact):
    """Called off; its time is free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentReopened(Fact):
    """Taken back from completed, no-show or cancelled; the note is the reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitCalled(Fact):
    """Somebody who waited was called in; `ids["visit"]` is the visit, as in the other facts of the queue."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitCallUndone(Fact):
    """Somebody who was called waits again, in the same place as before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitLeft(Fact):
    """Somebody who waited went away without being seen. The appointment's own end is an AppointmentCancelled beside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentCorrected(Fact):
    """Notes, referral or source were edited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingChosen(Fact):
    """Asked after the change `ids["entry"]` whether the patient is to be told of it, somebody said `ids["tell"]`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientTold(Fact):
    """A message about the appointment as it stood went out, because of `ids["entry"]`, by `ids["channel"]`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentUndone(Fact):
    """Somebody took back what they had just done, from `ids["entry"]` on; what that changed follows in facts of its
    own.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class AppointmentPutBack(Fact):
    """Somebody asked for the state before `ids["entry"]`; what that changed follows in facts of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitChecked(Fact):
    """At the desk something was checked of somebody who came: `ids["checks"]` says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckInLinkMade(Fact):
    """The patient can say "I'm here" by a link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenAdded(Fact):
    """A display or kiosk may show itself to whoever has its link; the subject is the screen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenRevoked(Fact):
    """Its link is dead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelReasonAdded(Fact):
    """The clinic offers one more reason for a cancellation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelReasonChanged(Fact):
    """It was renamed, or isn't offered any more, or is again."""
