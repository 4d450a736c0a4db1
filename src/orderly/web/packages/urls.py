from django.urls import path

from orderly.web.packages import defining, plan_page, purchase, selling

urlpatterns = [
    path("<uuid:clinic>/", defining.page, name="packages"),
    path("<uuid:clinic>/add", defining.add, name="package-add"),
    path("<uuid:clinic>/<uuid:package>/", defining.edit, name="package-edit"),
    path("<uuid:clinic>/<uuid:package>/active", defining.switch, name="package-active"),
    path("<uuid:clinic>/purchases/<uuid:purchase>/", purchase.page, name="purchase"),
    path("<uuid:clinic>/purchases/<uuid:purchase>/pay", purchase.take, name="purchase-pay"),
    path("<uuid:clinic>/purchases/<uuid:purchase>/cancel", purchase.call_off, name="purchase-cancel"),
    path("<uuid:clinic>/purchases/<uuid:purchase>/extend", purchase.extend, name="purchase-extend"),
    path("<uuid:clinic>/purchases/<uuid:purchase>/plan", plan_page.page, name="purchase-plan"),
    path("<uuid:clinic>/purchases/<uuid:purchase>/plans", plan_page.plans, name="purchase-plans"),
    path("<uuid:clinic>/purchases/<uuid:purchase>/times/<int:number>", plan_page.times, name="purchase-plan-times"),
    path("<uuid:clinic>/purchases/<uuid:purchase>/plan/confirm", plan_page.confirm, name="purchase-plan-confirm"),
    path("<uuid:clinic>/patients/<uuid:patient>/sell", selling.page, name="package-sell"),
]
