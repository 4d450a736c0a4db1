"""SET-8: the lists that forms choose from, kept on screen; PAT-1, PAT-6: where they are used."""

from typing import Any

import pytest
from django.http import HttpResponse

from orderly.appointments.models import CancelReason
from orderly.clinics.models import Clinic
from orderly.journal.models import Entry
from orderly.patients.models import ListItem, Patient
from tests.factories import make_patient
from tests.web.desk import Desk, errors, text

pytestmark = pytest.mark.django_db
PERSON = {
    "first_name": "Zoe",
    "last_name": "Ray",
    "birth_date": "20/12/1990",
    "gender": "female",
    "mobile": "07400 900555",
}


@pytest.fixture
def boss(db: None) -> Desk:
    return Desk("clinic_admin")


def add(boss: Desk, kind: str, name: str, parent: ListItem | None = None) -> ListItem:
    boss.post("reference-add", boss.clinic.pk, kind=kind, name=name, parent=parent.pk if parent else "")
    return ListItem.objects.get(name=name)


def page(boss: Desk) -> str:
    return text(boss.get("reference", boss.clinic.pk))


def options(response: HttpResponse, name: str) -> list[str]:
    """What a select of the record's form offers."""
    entries = {one.name: one for group in response.context["groups"] for one in group.entries}
    grouped = [f"{region}: {', '.join(names)}" for region, names in entries[name].grouped]
    return grouped or [str(value) for value, _ in entries[name].options]


def test_kept_on_one_page(boss: Desk) -> None:
    """Added, renamed, moved, and no longer offered; each refusal says why, and the journal has it."""
    assert "No region is listed yet: forms take any words." in page(boss)
    kent, surrey = add(boss, "region", "Kent"), add(boss, "region", "Surrey")
    dartford, cancel = add(boss, "district", "Dartford", kent), CancelReason.objects.get(code="patient_ill")
    add(boss, "document_type", "Passport")
    assert "Added." in page(boss)

    def change(item: ListItem, **form: Any) -> HttpResponse:
        return boss.post("reference-change", boss.clinic.pk, item.pk, **form)

    change(surrey, position=0)
    change(surrey, name="kent")
    assert "this is in the list already" in page(boss)
    opened = change(dartford, active="0")
    assert opened["Location"].endswith(f"?open={kent.pk}#r-{kent.pk}")
    boss.post("reference-reason-add", boss.clinic.pk, name="Strike")
    boss.post("reference-reason", boss.clinic.pk, cancel.pk, name="Patient is ill")
    boss.post("reference-reason", boss.clinic.pk, cancel.pk, name="Is ill")
    boss.post("reference-reason", boss.clinic.pk, cancel.pk, name="  ")
    boss.post("reference-required", boss.clinic.pk, patient_requires="region")
    shown = boss.get("reference", boss.clinic.pk)
    assert [str(one) for one, _ in shown.context["regions"]] == ["Surrey", "Kent"]
    assert {"Is ill", "Strike"} <= {str(name) for _, name in shown.context["reasons"]}
    assert [one.active for one in shown.context["regions"][1][1]] == [False]
    assert Clinic.objects.get(pk=boss.clinic.pk).patient_requires == ["region"]
    facts = list(Entry.objects.order_by("id").values_list("fact", flat=True))
    assert facts == [
        *["list_item_added"] * 4,
        *["list_item_changed"] * 2,
        *("cancel_reason_added", "cancel_reason_changed", "clinic_changed"),
    ]
    boss.post("reference-reason", boss.clinic.pk, cancel.pk, active="0")
    made = boss.book()
    offered = [str(name) for _, name in boss.get("appointment", made.pk).context["details"].reasons]
    assert ("Strike" in offered, "Is ill" in offered, "Patient asked" in offered) == (True, False, True)


def test_forms_offer_them_and_keep_what_is_there(boss: Desk) -> None:
    """PAT-1: districts under their regions, without a script; what isn't offered any more stays on the record."""
    held = make_patient(boss.clinic, region="Essex", district="Epping")
    edit = ("patient-edit", boss.clinic.pk, held.pk)
    assert options(boss.get(*edit), "region") == []
    kent, surrey = add(boss, "region", "Kent"), add(boss, "region", "Surrey")
    add(boss, "district", "Dartford", kent)
    add(boss, "district", "Woking", surrey)
    add(boss, "document_type", "Passport")
    form = boss.get(*edit)
    assert options(form, "region") == ["", "Kent", "Surrey", "Essex"]
    assert options(form, "district") == ["Kent: Dartford", "Surrey: Woking", "Essex: Epping"]
    assert options(form, "document_type") == ["", "Passport"]
    before = form.context["before"]
    wrong = boss.post(*edit, before=before, version=1, region="Kent", district="Woking", **PERSON)
    assert (wrong.status_code, errors(wrong)) == (422, ["district: this isn't a district of that region."]) or errors(
        wrong
    )
    done = boss.post(*edit, before=before, version=1, region="Kent", district="Dartford", **PERSON)
    assert done.status_code == 302
    assert Patient.objects.get(pk=held.pk).district == "Dartford"


def test_the_list_is_filtered_by_them(boss: Desk) -> None:
    """PAT-6: also by what isn't offered any more."""
    kent = add(boss, "region", "Kent")
    add(boss, "district", "Dartford", kent)
    make_patient(boss.clinic, first_name="Kay", region="Kent", district="Dartford")
    boss.post("reference-change", boss.clinic.pk, kent.pk, active="0")
    shown = boss.get("patient-list", boss.clinic.pk, region="Kent", district="Dartford")
    assert [str(row.card.patient.first_name) for row in shown.context["rows"]] == ["Kay"]
    content = shown.content.decode()
    assert "<option selected>Kent</option>" in content
    assert '<optgroup label="Kent"><option selected>Dartford</option></optgroup>' in content


def test_whoever_is_registered_in_a_few_words_says_what_the_clinic_requires(boss: Desk) -> None:
    """PAT-2"""
    add(boss, "region", "Kent")
    for name in ("patient-quick", "patient-register"):
        assert "Region" not in text(boss.post(name, boss.clinic.pk, first_name="Zoe"))
    boss.post("reference-required", boss.clinic.pk, patient_requires=["region", "district"])
    for name in ("patient-quick", "patient-register"):
        short = boss.post(name, boss.clinic.pk, **PERSON)
        assert (short.status_code, errors(short)) == (422, ["Missing: region."])
        assert "<option>Kent</option>" in short.content.decode()
    assert boss.post("patient-quick", boss.clinic.pk, region="Kent", **PERSON).status_code == 200
    assert Patient.objects.get(first_name="Zoe").region == "Kent"
