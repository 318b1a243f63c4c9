"""One way to send a mail: subject, text and HTML from three templates, in the person's language."""

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string


def send(name: str, context: dict[str, object], *, to: str, reference: str) -> None:
    """Mail `emails/{name}` to one person. The caller has chosen the language."""
    mail = EmailMultiAlternatives(
        subject=" ".join(render_to_string(f"emails/{name}.subject.txt", context).split()),
        body=render_to_string(f"emails/{name}.txt", context),
        to=[to],
        headers={"Message-ID": f"<{name}-{reference}@rally.invalid>"},
    )
    mail.attach_alternative(render_to_string(f"emails/{name}.html", context), "text/html")
    mail.send()
