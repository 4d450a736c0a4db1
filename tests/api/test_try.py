import time
import pytest
from tests.factories import *
from orderly.appointments.inputs import Search
from orderly.appointments.queries.slots import slots
from datetime import date
@pytest.mark.django_db
def test_try():
    clinic=make_clinic(timezone="Europe/Berlin", slot_minutes=15); service=make_service(clinic); 
    for n in (1,19,20):
        for _ in range(n): make_provider(clinic, service=service, hours=(480,1200), weekdays=127)
        for step in (15,5,1):
            for oad in (False,True):
              for _ in range(2):
                t=time.perf_counter();f=slots(Search(clinic=clinic.pk, service=service.pk, first=date(2026,3,2), last=date(2026,6,2),step=step,one_a_day=oad), now=NOW)
              print(n, step, oad, len(f.slots), (time.perf_counter()-t)*1000)
