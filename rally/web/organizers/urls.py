"""Addresses of the organizers' pages."""

from django.urls import URLPattern

app_name = "organizers"
urlpatterns: list[URLPattern] = []
