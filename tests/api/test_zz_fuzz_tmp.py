import uuid, pytest, itertools
from tests.api.client import Caller
from tests.factories import *
WEIRD=[None,"", " ", "x"*5000, -1, 0, 1, 10**30, 1.5, True, [], {}, [None], [[]], [1,1], ["x"], [{}], "\x00", "\u202e", "\ud800", str(uuid.uuid4()), [str(uuid.uuid4())]*3, "2026-13-01","9999-12-31T23:59","1970-01-01T00:00+14:00","2200-12-31","24:00","23:59", {"amount":"1","currency":"XXX"},{"amount":"9999999999999999","currency":"GBP"},{"amount":"1e5","currency":"GBP"}, [{"minutes":10**30,"needs":[{"role":"provider","count":10**30}]}], [{"minutes":1,"needs":[{"role":"resource","any_of":["x"]}]}]*300, ["2026-03-03"]*1000,["1970-01-01","2200-12-31"], [10**30], [-1]]
@pytest.mark.django_db
def test_it():
    clinic=make_clinic(); s=make_service(clinic); p=make_provider(clinic,service=s); a=make_asset(clinic)
    o=Caller(role="super_admin")
    C,P,S,A=map(str,(clinic.pk,p.pk,s.pk,a.pk))
    base={
     ("POST","clinics"):{"name":"A","timezone":"UTC","currency":"GBP"},
     ("PATCH",f"clinics/{C}"):{},
     ("POST","providers"):{"name":"A","clinic":C},
     ("PATCH",f"providers/{P}"):{},
     ("POST","services"):{"name":"A","clinic":C},
     ("PATCH",f"services/{S}"):{},
     ("POST","resources"):{"name":"A","clinic":C,"kind":"chair"},
     ("PATCH",f"resources/{A}"):{},
     ("PUT",f"providers/{P}/hours"):{"hours":[]},
     ("PUT",f"clinics/{C}/hours"):{"hours":[]},
     ("POST","time-off"):{"provider":P,"kind":"off","start":"2026-03-03","end":"2026-03-04"},
     ("POST",f"providers/{P}/extra-hours"):{"date":"2026-03-03","from_time":"01:00","to_time":"02:00"},
     ("POST","closures"):{"clinic":C,"start":"2026-03-03","end":"2026-03-04"},
     ("POST","maintenance"):{"resource":A,"start":"2026-03-03","end":"2026-03-04"},
    }
    from orderly.api.root import api
    doc=api.get_openapi_schema()
    import json,re
    doc=json.loads(json.dumps(doc))
    def fields(m,path):
        for t,ops in doc["paths"].items():
            if re.fullmatch(re.sub(r"\\{\w+\\}","[^/]+",re.escape(t)),"/api/v1/"+path) and m.lower() in ops:
                ref=ops[m.lower()]["requestBody"]["content"]["application/json"]["schema"]["$ref"].split("/")[-1]
                return list(doc["components"]["schemas"][ref]["properties"])
    from django.db import transaction
    seen={}
    hour={"weekdays":[1],"from_time":"09:00","to_time":"10:00"}
    for (m,path),body in base.items():
        for f in fields(m,path):
            for w in WEIRD:
                with transaction.atomic():
                    r=o.call(m,path,{**body,f:w}); seen[r.status_code]=seen.get(r.status_code,0)+1
                    assert r.status_code<500,(m,path,f,w,r.content)
                    transaction.set_rollback(True)
    for f in ["weekdays","from_time","to_time","from","until","every","phase"]:
        for w in WEIRD:
            for path in (f"providers/{P}/hours",f"clinics/{C}/hours"):
              with transaction.atomic():
                r=o.call("PUT",path,{"hours":[{**hour,f:w}]}); seen[r.status_code]=seen.get(r.status_code,0)+1
                assert r.status_code<500,(f,w,r.content)
                # the search must survive what was accepted
                if r.status_code==200:
                    q=o.get("slots",clinic=C,service=S,**{"from":"2026-03-03","to":"2026-03-20"}); assert q.status_code==200
                transaction.set_rollback(True)
    print(seen)
