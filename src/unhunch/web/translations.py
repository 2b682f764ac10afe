"""What a page's scripts say in the language spoken, as a block of JSON that static/words.js reads."""

import json

from markupsafe import Markup

from unhunch.language import FOLDER
from unhunch.words import translate


def block() -> Markup:
    """The element for the head of a page: English texts with their translations. Nothing where English is spoken.

    It is data, which no Content-Security-Policy keeps from being read. No "<" is left in it that could end it.
    """
    if translate.language() == "en":
        return Markup()
    try:
        said = json.loads((FOLDER / translate.language() / "page.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):  # a broken installation; the scripts speak English then
        return Markup()
    text = json.dumps(said, ensure_ascii=False).replace("<", "\\u003c")
    return Markup('<script type="application/json" id="words">' + text + "</script>")  # noqa: S704 - escaped above
