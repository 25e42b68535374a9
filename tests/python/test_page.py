"""The page in a real browser: it filters, folds and shows plots, and hostile model text only ever appears."""

from __future__ import annotations

import base64
import gzip
import json
import re
import shutil

import pytest
from runs import NO_BOX, RIGHT, THINKING, WRONG, many, rollout, write_run
from sdtool import report
from sdtool.report import page

ATTACK = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"
HOSTILE = {
    "script": f"</think>{ATTACK}",
    "closing": f"</think></script></textarea></style>-->{ATTACK}",
    "thinking": f"{ATTACK}</think>\\boxed{{2}}",
    "template": "</think>{{ 7 * 7 }} {% raw %} ${window.hacked = 1} `${1}` javascript:window.hacked=1",
    "entities": "</think>&lt;b&gt; &#60;script&#62; <![CDATA[ x ]]> \\u003cscript\\u003e",
    "bidi": "</think>\u202e\u2066 reversed \u2067 never closed \u202d",
    "control": "</think>\x00\x01\x1b[31m\x7f \ufffd\ufeff\u2028\u2029 \U0001f600 e\u0301",
    "huge": "</think>" + "wide" * 262_144,
}


def packed(html, mark):
    """What the page carries in its data elements."""
    found = re.findall(rf'<script type="text/plain" {mark}>([^<]*)</script>', html)
    return [json.loads(gzip.decompress(base64.b64decode(text))) for text in found]


def write(path, rows, title="run"):
    found = report.study(report.read([write_run(path / "run", rows)]), caps=(1024,))
    report.write(found, path / "out", title=title)
    return path / "out" / "index.html"


# --- without a browser --------------------------------------------------------------------------------


def test_model_text_is_never_part_of_the_markup(tmp_path):
    html = write(tmp_path, [rollout(name, text) for name, text in HOSTILE.items()], title=ATTACK).read_text()
    assert "hacked" not in html.replace("&lt;script&gt;window.hacked", "").replace("&#39;window.hacked", "")
    assert html.count("<script") == html.count("</script>") == 3
    (texts,) = packed(html, 'class="texts"')
    assert texts == list(HOSTILE.values())


def test_the_page_loads_nothing_and_lets_one_script_run(tmp_path):
    html = write(tmp_path, many(3, 2)).read_text()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    script = html.rpartition("<script>")[2].partition("</script>")[0]
    assert f"script-src '{page._hash(script)}'" in policy
    assert "default-src 'none'" in policy
    assert not re.findall(r'(?:src|href)="(?!data:|#)', html)


def test_texts_are_in_the_order_of_the_index(tmp_path):
    rows = [rollout(f"p{n}", f"</think>\\boxed{{{n}}}") for n in range(2 * page.CHUNK + 3)]
    html = write(tmp_path, rows).read_text()
    (index,) = packed(html, 'id="index"')
    texts = [text for chunk in packed(html, 'class="texts"') for text in chunk]
    assert len(texts) == len(index["rollouts"]) == len(rows)
    for (_, problem, *_, answer, _), text in zip(index["rollouts"], texts, strict=True):
        assert index["problems"][problem][0] == f"p{answer}"
        assert text == f"</think>\\boxed{{{answer}}}"


@pytest.mark.parametrize(
    ("lengths", "budget", "longest"),
    [([], 9, 0), ([3, 3], 9, 3), ([1, 20], 9, 8), ([5, 5, 5], 9, 3), ([9], 9, 9), ([10], 9, 9)],
)
def test_the_longest_texts_give_way(lengths, budget, longest):
    assert page._longest(lengths, budget) == longest
    assert sum(min(length, longest) for length in lengths) <= budget


def test_what_a_long_text_loses_is_its_middle():
    assert page._shortened("abcdefghij", 10) == "abcdefghij"
    assert page._shortened("abcdefghij", 6) == ["ab", 4, "ghij"]


# --- in a browser -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser():
    webdriver = pytest.importorskip(
        "selenium.webdriver", reason="the page's tests in a browser need selenium"
    )
    binary = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if not binary or not driver:
        pytest.skip("the page's tests in a browser need chromium and chromedriver (Debian: chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--window-size=1200,900",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    chrome = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield chrome
    chrome.quit()


class Page:
    """The opened page, by what a reader does with it."""

    def __init__(self, browser, path):
        self.browser = browser
        browser.get_log("browser")
        browser.get(path.as_uri())
        self.wait("return document.documentElement.dataset.ready === 'true'")

    def wait(self, script, *arguments):
        from selenium.webdriver.support.ui import WebDriverWait

        return WebDriverWait(self.browser, 60).until(lambda driver: driver.execute_script(script, *arguments))

    def run(self, script, *arguments):
        return self.browser.execute_script(script, *arguments)

    def choose(self, name, label):
        self.run(
            "const [name, label] = arguments; const select = document.getElementById(name);"
            "select.value = [...select.options].find((option) => option.textContent === label).value;"
            "select.dispatchEvent(new Event('input', {bubbles: true}));",
            name,
            label,
        )

    def search(self, text):
        self.run(
            "const box = document.getElementById('problem'); box.value = arguments[0];"
            "box.dispatchEvent(new Event('input', {bubbles: true}));",
            text,
        )

    def place(self):
        return self.run("return document.getElementById('place').textContent")

    def listed(self):
        return self.texts("document.querySelectorAll('.rollout > summary')")

    def texts(self, elements):
        return self.run(f"return [...{elements}].map((element) => element.textContent)")

    def open(self, number):
        """Unfold a rollout with all that is in it, and return its texts."""
        one = f"document.querySelectorAll('.rollout')[{number}]"
        inner = f"[...{one}.querySelectorAll('details')]"
        self.run(f"{one}.open = true")
        self.wait(f"return {one}.querySelector('pre, .thinking')")
        self.run(f"{inner}.forEach((details) => {{ details.open = true; }})")
        self.wait(f"return {inner}.every((details) => details.querySelector('pre'))")
        return self.texts(f"{one}.querySelectorAll('pre')")

    def errors(self):
        return self.browser.get_log("browser")


def test_the_page_filters_folds_and_shows_plots(browser, tmp_path):
    rows = many(30, 20) + [rollout(f"q{n}", NO_BOX, setting="general", source="big") for n in range(4)]
    rows.append(rollout("q9", THINKING, setting="general", source="big", finish_reason="length", looped=True))
    shown = Page(browser, write(tmp_path, rows))
    assert shown.place() == "1 to 25 of 35"
    shown.run("document.getElementById('next').click()")
    assert (shown.place(), len(shown.listed())) == ("26 to 35 of 35", 10)
    shown.choose("outcome", "wrong")
    assert shown.place() == "1 to 10 of 10"
    shown.choose("setting", "general")
    assert (shown.place(), shown.listed()) == ("no rollouts", [])
    shown.choose("outcome", "length-stop in a loop")
    assert len(shown.listed()) == 1
    shown.choose("outcome", "all")
    shown.choose("source", "big")
    shown.search("Q2")
    assert [text[:20] for text in shown.listed()] == ["closed without boxge"]
    shown.choose("setting", "all")
    shown.choose("source", "all")
    shown.search("p0003")
    assert shown.run("return document.querySelectorAll('pre').length") == 0, "texts are folded at first"
    assert shown.open(0) == ["What is 1 + 1?<think>\n", "One and one.\n</think>", "\n\n\\boxed{2}"]
    assert shown.run("return document.querySelector('mark').textContent") == "\\boxed{2}"
    fields = shown.texts("document.querySelectorAll('dt, dd')")
    assert fields == ["source", "tiny", "gold", "2", "box", "2", "reason", "same"]
    widths = shown.run("return [...document.images].map((image) => image.alt ? image.naturalWidth : 0)")
    assert len(widths) >= 4
    assert min(widths) > 100
    loaded = shown.run(
        "return performance.getEntriesByType('resource').map((entry) => entry.name.slice(0, 5))"
    )
    assert set(loaded) <= {"data:"}
    assert shown.errors() == []


def test_hostile_text_does_nothing_but_appear(browser, tmp_path):
    rows = [rollout(name, text) for name, text in HOSTILE.items()]
    names = {
        "problem_id": f"id {ATTACK}",
        "setting": f"set {ATTACK}",
        "source": f"\u202esrc {ATTACK}",
        "gold": ATTACK,
        "answer": ATTACK,
        "reason": ATTACK,
        "prompt": ATTACK,
    }
    rows.append({**rollout(), **names})
    shown = Page(browser, write(tmp_path, rows, title=ATTACK))
    for number, text in enumerate([*HOSTILE.values(), RIGHT]):
        assert "".join(shown.open(number)[1:]) == text
    assert shown.run("return window.hacked") is None
    assert (
        shown.run(
            "return document.querySelectorAll('main script, main iframe, #list img, #list a, #list b').length"
        )
        == 0
    )
    assert shown.run("return document.scripts.length") == 3
    assert shown.run("return document.documentElement.scrollWidth") <= 1200, "no text is wider than the page"
    assert shown.run("return getComputedStyle(document.getElementById('place')).direction") == "ltr"
    assert shown.errors() == []


@pytest.mark.slow
def test_ten_thousand_rollouts_stay_usable(browser, tmp_path):
    rows = [
        rollout(
            f"p{n % 1000}",
            "So it goes on, " * 200 + (RIGHT if n % 3 else WRONG),
            setting=f"s{n // 1000}",
            sample=0,
            token_ends=[1],
        )
        for n in range(10_000)
    ]
    path = write(tmp_path, rows)
    shown = Page(browser, path)
    assert shown.place() == "1 to 25 of 10,000"
    shown.choose("outcome", "wrong")
    shown.search("p99")
    shown.choose("setting", "s9")
    assert shown.place() == "1 to 5 of 5"
    assert shown.open(0)[-1].endswith("\\boxed{3}")
    assert shown.errors() == []
    assert path.stat().st_size < 20_000_000
