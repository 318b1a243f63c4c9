"""Addresses of the supporters' pages."""

from django.urls import path

from rally.web.supporters import board, campaign, checkout, gifts, home, owners, reserve

app_name = "supporters"
urlpatterns = [
    path("", home.home, name="home"),
    path("c/<slug:slug>/", campaign.campaign, name="campaign"),
    path("c/<slug:slug>/t/<slug:who>/", owners.team, name="team"),
    path("c/<slug:slug>/m/<slug:who>/", owners.member, name="member"),
    path("b/<str:public_id>/", board.board, name="board"),
    path("b/<str:public_id>/reserve/", reserve.reserve, name="reserve"),
    path("b/<str:public_id>/release/", reserve.release, name="release"),
    path("checkout/<str:reference>/", checkout.checkout, name="checkout"),
    path("checkout/<str:reference>/pay/", checkout.pay, name="pay"),
    path("checkout/<str:reference>/extend/", checkout.extend, name="extend"),
    path("checkout/<str:reference>/leave/", checkout.leave, name="leave"),
    path("gifts/<str:signed>/", gifts.offer, name="offer"),
]
