"""Addresses of the supporters' pages."""

from django.urls import path, re_path

from rally.web.supporters import (
    board,
    campaign,
    checkout,
    codes,
    gifts,
    home,
    organization,
    owners,
    reserve,
    series,
)

app_name = "supporters"
urlpatterns = [
    path("", home.home, name="home"),
    path("c/<slug:slug>/", campaign.campaign, name="campaign"),
    path("c/<slug:slug>/t/<slug:who>/", owners.team, name="team"),
    path("c/<slug:slug>/m/<slug:who>/", owners.member, name="member"),
    path("s/<slug:slug>/", series.series, name="series"),
    path("o/<slug:slug>/", organization.organization, name="organization"),
    path("b/<str:public_id>/", board.board, name="board"),
    path("b/<str:public_id>/reserve/", reserve.reserve, name="reserve"),
    path("b/<str:public_id>/release/", reserve.release, name="release"),
    path("checkout/<str:reference>/", checkout.checkout, name="checkout"),
    path("checkout/<str:reference>/pay/", checkout.pay, name="pay"),
    path("checkout/<str:reference>/extend/", checkout.extend, name="extend"),
    path("checkout/<str:reference>/leave/", checkout.leave, name="leave"),
    path("gifts/<str:signed>/", gifts.offer, name="offer"),
    re_path(r"^home/(?P<code>[0-7][0-9a-fA-F]{5})/?$", codes.organization),
    re_path(r"^(?P<code>[89a-fA-F][0-9a-fA-F]{5})(?:/[Uu]pdates)?/?$", codes.campaign),
    re_path(r"^[Cc]ampaigns/[Ss]etup/(?P<code>[89a-fA-F][0-9a-fA-F]{5})/?$", codes.setup),
    re_path(
        r"^[Aa]ccount/[Oo]rganizer/(?P<name>[A-Za-z]+(?:/[Ii]ndex)?)/"
        r"(?P<code>[89a-fA-F][0-9a-fA-F]{5})/?$",
        codes.managed,
    ),
]
