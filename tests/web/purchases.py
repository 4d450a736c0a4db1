"""What a desk has sold."""

from orderly.appointments.models import Appointment, Visit
from orderly.billing.models import Credit, Payment
from orderly.packages.actions.define import add_package
from orderly.packages.actions.draw import book_session
from orderly.packages.actions.sell import sell
from orderly.packages.inputs import PackageDetails, Sessions, Sum
from orderly.packages.models import Purchase
from tests.factories import MONDAY, NOW, at, booking, make_actor
from tests.web.desk import Desk


def sold(desk: Desk, sessions: int) -> Purchase:
    """A package of so many of the desk's service, paid in full."""
    boss, place = make_actor("clinic_admin", desk.clinic), desk.clinic.pk
    services = (Sessions(service=desk.service.pk, sessions=sessions),)
    details = PackageDetails(name="Massage", clinic=place, price=9000, validity_days=90, services=services)
    package = add_package(details, actor=boss, now=NOW)
    money = Sum(amount=9000, method="card")
    return sell(package.pk, desk.patient.pk, clinic=place, actor=boss, now=NOW, first=money)


def draw(desk: Desk, purchase: Purchase, upto: int) -> None:
    """So many visits draw on it: the first is booked, the others as if called off late, which needs no time."""
    start = at(desk.clinic, MONDAY, "09:00")
    drawn = Appointment.objects.filter(payment__credit__invoice=purchase.invoice_id)
    if not drawn.exists():
        request = booking(desk.clinic, desk.service, desk.provider, desk.patient, start)
        book_session(request, purchase.pk, actor=make_actor("clinic_admin", desk.clinic), now=NOW)
    one = drawn.earliest("start")
    free = Credit.objects.free().filter(invoice=purchase.invoice_id).order_by("number")[: upto - drawn.count()]
    paid = {"clinic": desk.clinic, "currency": "GBP", "method": "package", "status": "paid", "created_at": NOW}
    payments = [Payment(credit=one, total=one.amount, paid=one.amount, **paid) for one in free]
    fields = {field.attname: getattr(one, field.attname) for field in Appointment._meta.fields if field.name != "id"}
    fields |= {"claim_id": None, "status": "cancelled"}
    copies = [Appointment(**{**fields, "number": f"C-{one.pk.hex[-20:]}", "payment_id": one.pk}) for one in payments]
    visit = {field.attname: getattr(one.visit, field.attname) for field in Visit._meta.fields if field.name != "id"}
    visit |= {"queue_number": None, "status": "cancelled"}
    visits = [Visit(**{**visit, "appointment_id": copy.pk}) for copy in copies]
    for model, rows in ((Payment, payments), (Appointment, copies), (Visit, visits)):
        model.objects.bulk_create(rows)
