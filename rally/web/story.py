"""A campaign's story: Markdown in, harmless HTML out.

Raw HTML is off in the parser, and what the parser writes passes an allow list, so neither a
script nor a form nor a picture from somewhere else can ride in a story.
"""

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

TAGS = {
    "p", "br", "strong", "em", "ul", "ol", "li", "blockquote", "h2", "h3", "h4", "a", "hr", "code",
}  # fmt: skip
_parser = MarkdownIt("commonmark", {"html": False}).disable("image")


@lru_cache(maxsize=512)
def html(text: str) -> SafeString:
    """Sanitised HTML; headings start at level two under the page's own."""
    rendered = _parser.render(text).replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    return mark_safe(
        nh3.clean(
            rendered,
            tags=TAGS,
            attributes={"a": {"href"}},
            url_schemes={"https", "http"},
            link_rel="nofollow noopener noreferrer",
        )
    )
