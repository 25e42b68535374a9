"""The page in a real browser: what a reader does, and hostile model text that only ever appears."""

from __future__ import annotations

import base64
import gzip
import json
import re
import shutil
import time
from random import Random

import pytest
from runs import NO_BOX, RIGHT, THINKING, WRONG, many, rollout, write_run
from sdtool import report
from sdtool.report import mathml, page, viewer
from sdtool.report.layout import layout

ATTACK = "<script>window.hacked = 1</script><img src=x onerror='window.hacked = 1'>"
HOSTILE = {
    "script": f"</think>{ATTACK}",
    "closing": f"</think></script></textarea></style>-->{ATTACK}",
    "thinking": f"{ATTACK}</think>\\boxed{{2}}",
    "template": "</think>{{ 7 * 7 }} {% raw %} ${window.hacked = 1} `${1}` javascript:window.hacked=1",
    "entities": "</think>&lt;b&gt; &#60;script&#62; <![CDATA[ x ]]> \\u003cscript\\u003e",
    "bidi": "</think>\u202e\u2066 reversed \u2067 never closed \u202d",
    "control": "</think>\x00\x01\x1b[31m\x7f \ufffd\ufeff\u2028\u2029 \U0001f600 e\u0301",
    "formula": "</think>$\\href{javascript:window.hacked=1}{x}$ $\\style{x}{y}$ \\(__proto__\\) "
    f"$\\text{{{ATTACK}}}$",
    "deep": "</think>$" + "{" * 300 + "$ $" + "\\sqrt{" * 50 + "x" + "}" * 50 + "$",
    "huge": "</think>" + "wide" * 262_144,
}


def packed(html, mark):
    """What the page carries in its data elements."""
    found = re.findall(rf'<script type="text/plain" {mark}>([^<]*)</script>', html)
    return [json.loads(gzip.decompress(base64.b64decode(text))) for text in found]


def write(path, rows, title="run"):
    """The page of these rollouts, without plots, which take a while."""
    found = report.study(report.read([write_run(path / "run", rows)]), caps=(1024,))
    out = path / "index.html"
    out.write_text(page.page(title, layout(found, [], []), found.rollouts), encoding="utf-8")
    return out


# --- without a browser --------------------------------------------------------------------------------


def test_model_text_is_never_part_of_the_markup(tmp_path):
    html = write(tmp_path, [rollout(name, text) for name, text in HOSTILE.items()], title=ATTACK).read_text()
    assert "hacked" not in html.replace("&lt;script&gt;window.hacked", "").replace("&#39;window.hacked", "")
    assert html.count("<script") == html.count("</script>") == 3
    (chunk,) = packed(html, 'class="texts"')
    assert chunk["texts"] == list(HOSTILE.values())


def test_the_page_loads_nothing_and_lets_one_script_run(tmp_path):
    html = write(tmp_path, many(3, 2)).read_text()
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    script = html.rpartition("<script>")[2].partition("</script>")[0]
    assert f"script-src '{page._hash(script)}'" in policy
    assert "default-src 'none'" in policy
    assert not re.findall(r'(?:src|href)="(?!data:|#)', html)


def test_texts_are_in_the_order_of_the_index(tmp_path):
    rows = [rollout(f"p{n}", f"</think>\\boxed{{{n}}}") for n in range(2 * viewer.CHUNK + 3)]
    html = write(tmp_path, rows).read_text()
    (index,) = packed(html, 'id="index"')
    texts = [text for chunk in packed(html, 'class="texts"') for text in chunk["texts"]]
    assert len(texts) == len(index["problem"]) == len(rows)
    for problem, answer, text in zip(index["problem"], index["answer"], texts, strict=True):
        assert index["problems"][problem][0] == f"p{answer}"
        assert text == f"</think>\\boxed{{{answer}}}"


@pytest.mark.parametrize(
    ("lengths", "budget", "longest"),
    [([], 9, 0), ([3, 3], 9, 3), ([1, 20], 9, 8), ([5, 5, 5], 9, 3), ([9], 9, 9), ([10], 9, 9)],
)
def test_the_longest_texts_give_way(lengths, budget, longest):
    assert viewer._longest(lengths, budget) == longest
    assert sum(min(length, longest) for length in lengths) <= budget


def test_what_a_long_text_loses_is_its_middle():
    assert viewer.shortened("abcdefghij", 10) == "abcdefghij"
    assert viewer.shortened("abcdefghij", 6) == ["ab", 4, "ghij"]


FORMULAS = [
    (r"so $\frac{1}{2}$ or \(x\)", {r"$\frac{1}{2}$", r"\(x\)"}),
    (r"$$x^2$$ and \[y\]", {"$$x^2$$", r"\[y\]"}),
    ("costs $5 and $7\n$", set()),
    (r"$\frac{1}{$ is torn", set()),
    ("$" + "x" * 500 + "$", set()),
]


@pytest.mark.parametrize(("text", "expected"), FORMULAS, ids=[text[:12] for text, _ in FORMULAS])
def test_formulas_are_found_where_their_delimiters_are(text, expected):
    assert set(mathml.Formulas().of(text)) >= expected
    if not expected:
        assert set(mathml.Formulas().of(text)) <= {"$5 and $"}


@pytest.mark.parametrize(
    "latex",
    [
        r"\href{javascript:alert(1)}{x}",
        r"\style{background:url(x)}{y}",
        r"\class{a}{y}",
        r"\text{<script>alert(1)</script>}",
        r"\color{red}x",
        r"\unicode{x3c}",
    ],
)
def test_a_formula_is_made_of_the_listed_elements_and_attributes_alone(latex):
    def walk(tree):
        name, attributes, children = tree
        assert name in mathml.ELEMENTS
        assert set(attributes) <= mathml.ATTRIBUTES
        for child in children:
            if not isinstance(child, str):
                walk(child)

    for tree in mathml.Formulas().of_answer(latex).values():
        walk(tree)


def test_the_page_and_the_report_agree_on_what_a_formula_is():
    script = page._asset("texts.js")
    assert f"/{mathml.IN_TEXT.pattern}/g" in script
    for names in (mathml.ELEMENTS, mathml.ATTRIBUTES):
        joined = set(re.findall(r"[a-z]+", " ".join(re.findall(r'"([a-z ]+)"', script))))
        assert names <= joined


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

    def __init__(self, browser, path, place=""):
        self.browser = browser
        browser.get_log("browser")
        browser.get("about:blank")
        browser.get(path.as_uri() + place)
        self.wait("return document.documentElement.dataset.ready === 'true'")

    def wait(self, script, *arguments):
        from selenium.webdriver.support.ui import WebDriverWait

        return WebDriverWait(self.browser, 20, 0.05).until(
            lambda driver: driver.execute_script(script, *arguments)
        )

    def run(self, script, *arguments):
        return self.browser.execute_script(script, *arguments)

    def choose(self, name, value):
        """Set a filter, and wait until the texts are searched."""
        self.run(
            "const [name, value] = arguments; const field = document.getElementById(name);"
            "field.value = value; field.dispatchEvent(new Event('input', {bubbles: true}));",
            name,
            value,
        )
        self.wait("return document.getElementById('place').dataset.searching === 'false'")

    def press(self, keys):
        for key in keys:
            event = "new KeyboardEvent('keydown', {key: arguments[0], bubbles: true})"
            self.run(f"document.body.dispatchEvent({event})", key)

    def place(self):
        return self.run("return document.getElementById('place').textContent")

    def listed(self, part="id"):
        return self.texts(f"document.querySelectorAll('#list .line .{part}')")

    def texts(self, elements):
        return self.run(f"return [...{elements}].map((element) => element.textContent)")

    def open(self, number):
        """Click a line of the list, unfold all that is in the rollout, and return its texts."""
        self.run(f"document.querySelectorAll('#list .line')[{number}].click()")
        return self.opened()

    def opened(self):
        self.wait("return document.querySelector('#detail article pre, #detail article .fold')")
        time.sleep(0.05)
        folds = "[...document.querySelectorAll('#detail article details')]"
        self.run(f"{folds}.forEach((details) => {{ details.open = true; }})")
        self.wait(f"return {folds}.every((details) => details.querySelector('pre'))")
        return self.texts("document.querySelectorAll('#detail article pre')")

    def fields(self):
        return self.texts("document.querySelectorAll('#detail article:first-child dl > *')")

    def clean(self):
        """No error, and nothing loaded from anywhere."""
        loaded = self.run(
            "return performance.getEntriesByType('resource').map((entry) => entry.name.slice(0, 5))"
        )
        return self.browser.get_log("browser") == [] and set(loaded) <= {"data:"}


def test_the_page_answers_on_top_and_folds_the_rest(browser, tmp_path):
    rows = many(30, 20) + many(30, 12, "general", temperature=1.0)
    run = write_run(tmp_path / "run", rows, model="some/model", model_hash="abcdef0123456789")
    report.write(report.study(report.read([run]), caps=(1024,)), tmp_path / "out", title="run", runs=[run])
    shown = Page(browser, tmp_path / "out" / "index.html")
    facts = shown.texts("document.querySelectorAll('#facts > *')")
    assert facts[:2] == ["model", "some/model (hash abcdef012345)"]
    assert "60 rollouts: 2 settings, 30 problems" in facts[facts.index("size") + 1]
    assert shown.run("return document.querySelector('#answer .worse, #answer .better, #answer .undecided')")
    assert shown.run("return document.querySelectorAll('details.section[open]').length") == 0
    widths = shown.run("return [...document.images].map((image) => image.alt ? image.naturalWidth : 0)")
    assert len(widths) >= 4
    assert min(widths) > 100
    assert shown.clean()


def test_rollouts_are_filtered(browser, tmp_path):
    rows = many(30, 20) + [rollout(f"q{n}", NO_BOX, setting="general", source="big") for n in range(4)]
    rows.append(rollout("q9", THINKING, setting="general", source="big", finish_reason="length", looped=True))
    shown = Page(browser, write(tmp_path, rows))
    assert shown.place() == "35 of 35 rollouts"
    shown.choose("outcome", "wrong")
    assert shown.place() == "10 of 35 rollouts"
    assert shown.listed()[0] == "p0020"
    shown.choose("setting", "general")
    assert (shown.place(), shown.listed()) == ("0 of 35 rollouts", [])
    shown.choose("outcome", "")
    shown.choose("looped", "yes")
    assert shown.listed() == ["q9"]
    shown.choose("looped", "")
    shown.choose("stratum", "big")
    shown.choose("reason", "no-answer")
    assert shown.place() == "5 of 35 rollouts"
    shown.run("document.getElementById('clear').click()")
    shown.choose("least", "33")
    shown.choose("most", "1k")
    tokens = [int(text) for text in shown.listed("tokens")]
    assert tokens
    assert min(tokens) >= 33
    assert shown.clean()


def test_the_search_reads_ids_golds_answers_and_texts(browser, tmp_path):
    rows = [*many(250, 100), rollout("needle-1", "Some hay.</think> \\boxed{7}", gold="x+77")]
    rows.append(rollout("p9999", "In the hay is a NeedLe.\n</think>\n\\boxed{2}"))
    shown = Page(browser, write(tmp_path, rows))
    shown.choose("q", "needle")
    assert shown.listed() == ["needle-1", "p9999"]
    shown.choose("q", "X+77")
    assert shown.listed() == ["needle-1"]
    shown.choose("q", "nowhere")
    assert shown.listed() == []
    assert shown.clean()


def test_a_rollout_shows_problem_gold_answer_and_texts(browser, tmp_path):
    shown = Page(browser, write(tmp_path, many(5, 3)))
    assert shown.run("return document.querySelectorAll('#detail pre').length") == 0
    assert shown.open(3) == ["One and one.\n</think>", "\n\n\\boxed{3}"]
    assert shown.run("return document.querySelector('#detail mark').textContent") == "\\boxed{3}"
    assert shown.texts("document.querySelectorAll('#detail > .fold pre')") == ["What is 1 + 1?<think>\n"]
    fields = shown.fields()
    assert dict(zip(fields[::2], fields[1::2], strict=True)) == {
        "gold": "2",
        "answer": "3",
        "verdict": "different",
        "reason": "same",
        "tokens": "32",
        "stratum": "tiny",
    }
    assert shown.clean()


def test_flips_between_two_settings_stand_beside_each_other(browser, tmp_path):
    rows = many(6, 4) + many(6, 2, "general")
    shown = Page(browser, write(tmp_path, rows))
    shown.choose("setting", "precise")
    shown.choose("beside", "general")
    assert shown.place() == "6 of 12 rollouts"
    shown.choose("flips", "any")
    assert shown.listed() == ["p0002", "p0003"]
    shown.choose("flips", "won")
    assert shown.listed() == []
    shown.choose("flips", "lost")
    texts = shown.open(1)
    assert [text for text in texts if "boxed" in text] == ["\n\n\\boxed{2}", "\n\n\\boxed{3}"]
    heads = shown.texts("document.querySelectorAll('#detail article h3')")
    assert heads == ["correctprecisep0003sample 0", "wronggeneralp0003sample 0"]
    assert shown.clean()


def test_the_grid_of_problems_by_settings_opens_rollouts(browser, tmp_path):
    rows = [*many(6, 4), *many(6, 2, "general"), *many(6, 5, "general", sample=1)]
    shown = Page(browser, write(tmp_path, rows))
    shown.press("g")
    first = "document.querySelectorAll('#grid .line')[2]"
    assert shown.texts(f"{first}.querySelectorAll('.id, .cell')") == ["p0002", "1/2", "✓"]
    shown.run(f"{first}.querySelectorAll('.cell')[1].click()")
    shown.opened()
    assert shown.texts("document.querySelectorAll('#detail article h3 bdi')") == [
        "precise",
        "p0002",
        "sample 0",
    ]
    shown.choose("q", "p0005")
    assert len(shown.texts("document.querySelectorAll('#grid .line .id')")) == 1
    shown.press("g")
    assert len(shown.listed()) == 3
    assert shown.clean()


def test_the_address_keeps_the_filter_and_the_rollout_over_a_reload(browser, tmp_path):
    path = write(tmp_path, many(30, 20) + many(30, 12, "general"))
    shown = Page(browser, path)
    shown.choose("setting", "general")
    shown.choose("outcome", "wrong")
    shown.open(2)
    place = shown.run("return location.hash")
    assert place.startswith("#rollouts?")
    for again in (Page(browser, path, place), shown):
        browser.refresh()
        again.wait("return document.documentElement.dataset.ready === 'true'")
        assert again.place() == "18 of 60 rollouts"
        again.opened()
        assert again.texts("document.querySelectorAll('#detail h3 bdi')") == ["general", "p0014", "sample 0"]
    shown.press("j")
    assert shown.run("return location.hash") != place
    browser.back()
    shown.wait("return location.hash === arguments[0]", place)
    shown.wait("return document.querySelector('#detail h3').textContent.includes('p0014')")
    shown.run("location.hash = '#table-1-1'")
    shown.wait("return document.querySelector('#table-1-1').closest('details').open")
    assert shown.clean()


def test_the_keyboard(browser, tmp_path):
    shown = Page(browser, write(tmp_path, many(40, 20) + many(40, 12, "general")))
    head = "document.querySelector('#detail h3')"
    shown.press("jjj")
    shown.wait(f"return {head}?.textContent.includes('p0002')")
    shown.press("k")
    shown.wait(f"return {head}.textContent.includes('p0001')")
    shown.press("l")
    shown.wait(f"return {head}.textContent.includes('generalp0001')")
    shown.press(["h", "ArrowDown"])
    shown.wait(f"return {head}.textContent.includes('precisep0002')")
    shown.press("/")
    assert shown.run("return document.activeElement.id") == "q"
    shown.press("j" * 30)
    box = "document.querySelector('{}').getBoundingClientRect()"
    line, list_ = box.format("#list .open"), box.format("#list")
    shown.wait(f"return {line}.top >= {list_}.top - 1 && {line}.bottom <= {list_}.bottom + 1")
    assert shown.clean()


def test_a_loop_is_marked_where_it_begins_and_folded(browser, tmp_path):
    loop = "Wait, let me check: 7 - 2 + 12 = 17. "
    text = "Once upon a time. " + loop * 200
    rows = [rollout("loop", text, finish_reason="length", looped=True), rollout("plain", THINKING)]
    shown = Page(browser, write(tmp_path, rows))
    shown.run("document.querySelectorAll('#list .line')[0].click()")
    shown.wait("return document.querySelector('mark.loop')")
    before = shown.run("return document.querySelector('mark.loop').previousSibling.textContent")
    after = shown.run("return document.querySelector('mark.loop').nextSibling.textContent")
    assert text.startswith(before + after)
    assert len(before) < len("Once upon a time. ") + len(loop)
    assert len(after) == len(loop)
    fold = shown.run("return document.querySelector('.repeated summary').textContent")
    assert fold.startswith(("198 repetitions", "199 repetitions"))
    texts = shown.opened()
    assert before + after + texts[-1] == text
    assert shown.clean()


def test_mathematics_is_typeset_and_its_text_is_a_click_away(browser, tmp_path):
    text = "</think>So $\\frac{1}{2}$ and \\(x^2\\): $\\boxed{\\sqrt{3}}$"
    shown = Page(browser, write(tmp_path, [rollout(response=text, gold="\\frac{1}{2}", answer="\\sqrt{3}")]))
    shown.open(0)
    assert shown.texts("document.querySelectorAll('#detail article pre math mfrac, #detail mark msqrt')") == [
        "12",
        "3",
    ]
    assert shown.run("return document.querySelector('#detail dd math mfrac').namespaceURI") == (
        "http://www.w3.org/1998/Math/MathML"
    )
    shown.run("document.querySelector('#detail pre .formula').click()")
    assert shown.run("return document.querySelector('#detail pre .formula').textContent") == "$\\frac{1}{2}$"
    shown.press("r")
    shown.wait("return !document.querySelector('#detail math')")
    assert text in shown.opened()[-1] or "".join(shown.opened()).endswith(text.removeprefix("</think>"))
    assert shown.clean()


def test_tables_are_sorted_and_copied(browser, tmp_path):
    shown = Page(browser, write(tmp_path, [*many(9, 3, "a&_b"), *many(9, 7, "b"), *many(9, 5, "c")]))
    table = "document.querySelector('table.data')"
    accuracy = f"{table}.tHead.querySelectorAll('button')[2]"
    names = f"{table}.tBodies[0].querySelectorAll('th')"
    shown.run(f"{accuracy}.click()")
    assert shown.texts(names) == ["b", "c", "a&_b"]
    shown.run(f"{accuracy}.click()")
    assert shown.texts(names) == ["a&_b", "c", "b"]
    shown.run("navigator.clipboard.writeText = (text) => { window.copied = text; }")
    copied = {}
    for place, name in enumerate(("CSV", "Markdown", "LaTeX")):
        shown.run(f"document.querySelectorAll('.copy')[0].querySelectorAll('button')[{place}].click()")
        copied[name] = shown.wait("return window.copied").splitlines()
    assert copied["CSV"][0].startswith("setting,n,accuracy (%)")
    assert copied["CSV"][1].startswith('a&_b,9,"33.3 [')
    assert copied["Markdown"][2].startswith("| a&amp;_b | 9 |")
    assert copied["LaTeX"][4].startswith(r"a\&\_b & 9 &")
    assert copied["LaTeX"][-1] == r"\end{tabular}"
    assert shown.clean()


@pytest.mark.parametrize("width", [400, 1200])
def test_nothing_is_wider_than_the_screen(browser, tmp_path, width):
    rows = many(9, 3, "a setting with quite a long name, T=1.5") + many(9, 7, "b")
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width == 400},
    )
    try:
        shown = Page(browser, write(tmp_path, rows))
        shown.run("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
        shown.open(0)
        assert shown.run("return document.documentElement.scrollWidth") <= width
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_print_shows_every_table(browser, tmp_path):
    shown = Page(browser, write(tmp_path, many(9, 3) + many(9, 7, "general")))
    tables = "[...document.querySelectorAll('table.data')]"
    assert (
        shown.run(f"return {tables}.every((table) => table.checkVisibility({{contentVisibilityAuto: true}}))")
        is False
    )
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert shown.run(f"return {tables}.every((table) => table.offsetHeight > 20)")
        assert shown.run("return getComputedStyle(document.getElementById('rollouts')).display") == "none"
        assert shown.run(
            f"return {tables}.every((table) => getComputedStyle(table.parentElement).overflow === 'visible')"
        )
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


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
    shown.press("r")
    for number, text in enumerate([*HOSTILE.values(), RIGHT]):
        assert "".join(shown.open(number)).replace("show 848,576 characters more", "") in (
            text,
            text[:200_008],
        )
    shown.press("r")
    for number in range(len(rows)):
        shown.open(number)
    shown.press("g")
    shown.choose("q", "hacked")
    assert shown.run("return window.hacked") is None
    inside = (
        "main script, main iframe, #browser img, #browser a, #browser b, .formula [style], .formula [href]"
    )
    assert shown.run(f"return document.querySelectorAll('{inside}').length") == 0
    assert shown.run("return document.scripts.length") == 3
    assert shown.run("return document.documentElement.scrollWidth") <= 1200, "no text is wider than the page"
    assert shown.run("return getComputedStyle(document.getElementById('place')).direction") == "ltr"
    assert shown.clean()


@pytest.mark.slow
def test_twenty_thousand_rollouts_stay_fluent(browser, tmp_path):
    random = Random(0)
    words = ["".join(random.choices("aeioustnrlkm", k=random.randint(2, 9))) for _ in range(5000)]
    rows = [
        rollout(
            f"p{n % 1000}",
            " ".join(random.choices(words, k=450)) + (RIGHT if n % 3 else WRONG),
            setting=f"s{n // 1000}",
            sample=0,
            token_ends=[1],
        )
        for n in range(20_000)
    ]
    path = write(tmp_path, rows)
    began = time.monotonic()
    shown = Page(browser, path)
    first = time.monotonic() - began
    assert shown.place() == "20,000 of 20,000 rollouts"
    times = {}
    for name, value in (("q", "nowhere in the texts"), ("q", ""), ("outcome", "wrong"), ("setting", "s9")):
        began = time.monotonic()
        shown.choose(name, value)
        times[value] = time.monotonic() - began
    print({"first row": first, **times, "bytes": path.stat().st_size})  # noqa: T201 - the figures for the docs
    assert shown.clean()
    assert path.stat().st_size < 60_000_000
    assert first < 10
    assert times.pop("nowhere in the texts") < 20
    assert max(times.values()) < 1
