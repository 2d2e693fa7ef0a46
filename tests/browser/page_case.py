"""What the browser tests share: a page around a part of it, and a headless Chromium that looks at it."""
import base64
import hashlib
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from selenium import webdriver
from selenium.webdriver.common.by import By

ROOT = pathlib.Path(__file__).resolve().parents[2]
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync",
         "--disable-component-update", "--no-first-run", "--window-size=1300,1000"]
SHELL = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{hash}'">
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,"><title>{part}</title>
<style>{page_style}
#language-en:checked ~ * [lang="zh"], #language-zh:checked ~ * [lang="en"] {{ display: none; }}
{style}</style></head>
<body><input type="radio" name="language" id="language-en" checked><label for="language-en">English</label>
<input type="radio" name="language" id="language-zh"><label for="language-zh">中文</label>
<main id="content"><section><h2><span lang="en">A part</span><span lang="zh">一部分</span></h2>
<div id="{part}"></div></section></main>
<script type="application/json" id="{part}-data">{data}</script>
<script>{script}</script>
</body></html>
"""


def page_of(app, part, data):
    """A page around `data` for apps/APP/inside/PART.js, under the rules of the program's pages."""
    def text(path):
        return (ROOT / path).read_text(encoding="utf-8")

    script = "".join(text(path) for path in ("common/inside/words.js", f"apps/{app}/inside/{part}_text.js",
                                             f"apps/{app}/inside/{part}.js"))
    page_style = text("common/report/html_style.h").split('R"css(')[1].split(')css"')[0]
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return SHELL.format(part=part, hash=digest, page_style=page_style, style=text(f"apps/{app}/inside/{part}.css"),
                        script=script, data=json.dumps(data).replace("<", "\\u003c"))


def give_up(message):
    """Skips; on CI, where everything must be there, it fails."""
    raise AssertionError(message) if os.environ.get("CI") == "true" else unittest.SkipTest(message)


def run_program(app, *words):
    """build/bin/APP must be there, and so must its data."""
    program = ROOT / "build/bin" / app
    if not program.exists():
        give_up(f"{program}: not built; build the target {app}")
    done = subprocess.run([program, *words], cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0 and "scripts/data.sh" in done.stderr:
        give_up(done.stderr.strip())
    if done.returncode != 0:
        raise AssertionError(f"{app} {words[0]}: exit {done.returncode}: {done.stderr.strip()}")


class PageCase:
    """A subclass's write_page(folder) gives the page's path; each test begins with the page as it opens."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.path = cls.write_page(pathlib.Path(folder.name))
        options = webdriver.ChromeOptions()
        for flag in FLAGS:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        cls.driver = webdriver.Chrome(options=options)
        cls.addClassCleanup(cls.driver.quit)

    def setUp(self):
        self.driver.get(pathlib.Path(self.path).resolve().as_uri())

    def tearDown(self):
        self.assertEqual(self.driver.get_log("browser"), [])

    def find(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def find_all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def assert_one_language(self, chosen, other, part, at_least):
        """After a switch to `chosen`: more than `at_least` of its words are seen, and none of the other's."""
        self.driver.execute_script("arguments[0].click()", self.find(f"#language-{chosen}"))
        seen = {lang: [e for e in self.find_all(f"#{part} span[lang='{lang}']") if e.is_displayed()] for lang in ("en", "zh")}
        self.assertGreater(len(seen[chosen]), at_least)
        self.assertEqual(seen[other], [])

    def test_nothing_is_asked_of_the_network(self):
        requests = self.driver.execute_script("return performance.getEntriesByType('resource').map((entry) => entry.name)")
        self.assertEqual([name for name in requests if not name.startswith("data:")], [])

    def test_no_box_is_wider_than_a_narrow_window(self):
        self.addCleanup(self.driver.set_window_size, 1300, 1000)
        for width in (1300, 700):
            self.driver.set_window_size(width, 900)
            self.assertLessEqual(self.driver.execute_script("return document.documentElement.scrollWidth - innerWidth"), 0)
