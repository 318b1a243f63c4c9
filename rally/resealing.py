"""Encrypts anew, under today's key, what a former key still opens."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import transaction
from django.db.models import Model, TextField
from django.db.models.functions import Cast

from rally.kit.sealed import COLUMNS, SealedField
from rally.web import mfa


@dataclass
class Done:
    """Secrets sealed anew, those that were under today's key already, and those no key opens."""

    resealed: int = 0
    kept: int = 0
    lost: int = 0

    def take(self, reseal: Callable[[str], str], sealed: str) -> str:
        """The secret under today's key, counted; as it is if it can't be opened."""
        try:
            found = reseal(sealed)
        except InvalidToken:
            self.lost += 1
            return sealed
        self.kept += found == sealed
        self.resealed += found != sealed
        return found


def run() -> Done:
    """Everything that is kept encrypted, row by row: who rotates a key meanwhile loses nothing."""
    done = Done()
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedField):
                _column(model, field.attname, done)
    for pk in _keys(Authenticator):
        _second_step(pk, done)
    return done


def _keys(model: type[Model]) -> Iterable[Any]:
    return model._default_manager.order_by("pk").values_list("pk", flat=True)


def _column(model: type[Model], name: str, done: Done) -> None:
    rows: Any = model._default_manager.annotate(ciphertext=Cast(name, TextField()))
    for pk in _keys(model):
        with transaction.atomic():
            row = rows.select_for_update(no_key=True, of=("self",)).filter(pk=pk).first()
            if row is None or not row.ciphertext:
                continue
            if done.take(COLUMNS.reseal, row.ciphertext) != row.ciphertext:
                row.save(update_fields=[name])


def _second_step(pk: Any, done: Done) -> None:
    """A phone's secret, and recovery codes. Passkeys hold nothing that is secret."""
    with transaction.atomic():
        row = (
            Authenticator.objects.select_for_update(no_key=True, of=("self",)).filter(pk=pk).first()
        )
        if row is None or row.type == Authenticator.Type.WEBAUTHN:
            return
        old = dict(row.data)
        for name in ("secret", "seed"):
            if old.get(name):
                row.data[name] = done.take(mfa.BOX.reseal, old[name])
        if old.get("migrated_codes"):
            codes = [done.take(mfa.BOX.reseal, code) for code in old["migrated_codes"]]
            row.data["migrated_codes"] = codes
        if row.data != old:
            row.save(update_fields=["data"])
