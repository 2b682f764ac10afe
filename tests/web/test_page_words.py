"""What the scripts of a page say: embedded for the language spoken, and unable to end its own element."""

import json
import re
from pathlib import Path

import pytest

from tests.web.test_report import Fake, serving, view
from unhunch import language
from unhunch.web import translations

pytestmark = pytest.mark.usefixtures("english_again")


def embedded(page: str) -> dict[str, str]:
    found = re.findall(r'<script type="application/json" id="words">(.*?)</script>', page, re.S)
    assert len(found) == 1
    said: dict[str, str] = json.loads(found[0])
    return said


def test_nothing_is_embedded_in_english() -> None:
    assert translations.block() == ""


@pytest.mark.parametrize("code", ["de", "es"])
def test_the_words_of_a_language(code: str) -> None:
    language.set_up({"LANG": f"{code}.UTF-8"})
    said = embedded(translations.block())
    assert said["This page can still be read."] not in ("", "This page can still be read.")
    assert said == json.loads((language.FOLDER / code / "page.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("content", [None, "[", "\xff"])
def test_without_its_file_a_page_speaks_english(tmp_path: Path, monkeypatch, content: str | None) -> None:
    language.set_up({"LANG": "de_DE.UTF-8"})
    monkeypatch.setattr(translations, "FOLDER", tmp_path)
    (tmp_path / "de").mkdir()
    if content is not None:
        (tmp_path / "de/page.json").write_text(content, encoding="latin-1")
    assert translations.block() == ""


def test_a_translation_cannot_end_the_element(tmp_path: Path, monkeypatch) -> None:
    language.set_up({"LANG": "de_DE.UTF-8"})
    monkeypatch.setattr(translations, "FOLDER", tmp_path)
    (tmp_path / "de").mkdir()
    evil = {"Paused": "</script><script>alert(1)</script><!--"}
    (tmp_path / "de/page.json").write_text(json.dumps(evil))
    block = str(translations.block())
    assert block.count("<") == 2
    assert embedded(block) == evil


async def test_the_shell_of_the_report_speaks_it_too() -> None:
    language.set_up({"LANG": "de_DE.UTF-8"})
    async with serving(Fake()) as page:
        shell = (await page.get("/", x_unhunch_token=None)).body.decode()
        assert '<html lang="de">' in shell
        assert "<h1>Der Wochenbericht</h1>" in shell
        assert embedded(shell)
        assert (await page.get("/static/words.js", x_unhunch_token=None)).status == 200
        await page.get(view(page), x_unhunch_token=None)
        again = await page.get(view(page), x_unhunch_token=None)
        assert again.status == 410
        assert "Dieser Link wurde schon benutzt." in again.body.decode()
        refused = await page.post("open", x_unhunch_token="guessed")
        assert refused.json["error"] == "Dieser Link gehört nicht zum Bericht."
