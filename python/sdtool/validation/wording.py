"""What a problem says, as tokens: without its typesetting, its drawings, and the prompt around it."""

# ruff: noqa: RUF001 - the symbols that are easily taken for others are what this is about

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# --- What is left out ---------------------------------------------------------------------------------

_DRAWING = re.compile(
    r"""\[asy\](?:(?!\[asy\]).)*?\[/asy\]
      | <asy>(?:(?!<asy>).)*?</asy> | <svg\b(?:(?!<svg\b).)*?</svg>
      | ```\s*(?:asy|asymptote|tikz|svg)\b[^`]*```
      | \\begin\s*\{(asy|tikzpicture|picture|pspicture\*?)\}(?:(?!\\begin\s*\{\1).)*?\\end\s*\{\1\}
      | \\includegraphics\s*(?:\[[^\]]*\])?\s*\{[^}]*\}
      | !\[[^\]]*\]\([^)]*\) | <img\b[^>]*> | <image(?:_\d+|\s*\d+)?>
      # Asymptote whose tags were lost: lines that are calls or declarations, each with its semicolon.
      | ^[ \t]*(?:import\s+\w+|(?:unit)?size\s*\(|(?:real|pair|path|pen|picture|int)\s+[\w\[\], ]+=?
          |(?:filldraw|fill|draw|dot|label|clip|add|defaultpen|dotfactor|markscalefactor|D|MP)\s*[(=]
        )[^\n]*;[ \t]*$""",
    re.DOTALL | re.VERBOSE | re.IGNORECASE | re.MULTILINE,
)
_TURN = re.compile(r"<\|[^|<>]{1,40}\|>(?:\s*(?:system|user|assistant)\b)?")
_LINK = re.compile(r"https?://\S+")
_TAG = re.compile(
    r"</?(?:p|br|b|i|u|em|strong|sub|sup|div|span|center|table|tbody|tr|td|th|ul|ol|li|hr|h\d)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{[a-zA-Z]+\*?\}(?:\{[lcr|@ ]*\}|\[[tbch]\])?")
_THOUSANDS = re.compile(r"(?<=\d)(?:,|\{,\}|\\,|\\!,|,\\!)(?=\d{3}(?!\d))")
_COMMAND = re.compile(r"\\([a-zA-Z]+)|\\[^a-zA-Z]")
_HYPHEN = re.compile(r"-(?=[A-Za-z]{2})")
_TOKEN = re.compile(
    r"\d+(?:\.\d+)?|[A-Z](?![a-z])|[A-Za-z][a-z]*|[-+=<>%]"
    # Of other scripts and symbols each character, but for punctuation and what is left of broken ones.
    r"|[^\x00-\x7f\u2000-\u206f\u3000-\u303f\ufffd\ud800-\udfff]"
)


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


_LAYOUT = words(
    """left right middle big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr displaystyle textstyle limits
    text textit textbf textrm textsf texttt emph mathrm mathbf mathit mathsf mathbb mathcal mathfrak mathscr
    boldsymbol bm operatorname rm bf it overline underline widehat bar hat vec mbox hbox fbox boxed
    frac dfrac tfrac cfrac over cdot times ast quad qquad hspace vspace hfill newline par noindent item hline
    label tag ldots dots cdots dotsc dotsb medskip smallskip bigskip nonumber mathop"""
)
_RENAMED = {
    "le": "<", "leq": "<", "leqslant": "<", "lt": "<", "ge": ">", "geq": ">", "geqslant": ">", "gt": ">",
    "ne": "neq", "circ": "degrees", "degree": "degrees", "dbinom": "binom", "tbinom": "binom",
    "lvert": "", "rvert": "", "vert": "", "colon": "", "mid": "", "to": "rightarrow", "varphi": "phi",
    "varepsilon": "epsilon", "triangle": "triangle", "land": "and",
}  # fmt: skip
_SYMBOLS = str.maketrans(
    {
        "≤": "<", "⩽": "<", "≥": ">", "⩾": ">", "−": "-", "–": " ", "—": " ", "×": " ", "·": " ", "⋅": " ",
        "÷": " ", "°": " degrees ", "π": " pi ", "θ": " theta ", "α": " alpha ", "β": " beta ",
        "γ": " gamma ", "δ": " delta ", "λ": " lambda ", "μ": " mu ", "σ": " sigma ", "ω": " omega ",
        "φ": " phi ", "∠": " angle ", "△": " triangle ", "√": " sqrt ", "∞": " infty ", "∈": " in ",
        "≠": " neq ", "≡": " equiv ", "∑": " sum ", "∏": " prod ", "∫": " int ", "…": " ", "⋯": " ",
        "⁄": " ", "’": "'", "‘": "'", "“": '"', "”": '"', "′": "'", "\u00ad": "", "\u200b": "", "\ufeff": "",
    }
)  # fmt: skip
_NUMBER_WORDS = {
    "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14", "fifteen": "15",
    "sixteen": "16", "seventeen": "17", "eighteen": "18", "nineteen": "19", "twenty": "20",
}  # fmt: skip
_SYNONYMS = {
    "%": "percent", "degree": "degrees", "largest": "greatest", "maximum": "greatest", "maximal": "greatest",
    "biggest": "greatest", "smallest": "least", "minimum": "least", "minimal": "least",
}  # fmt: skip
_SAME_WORD = _NUMBER_WORDS | _SYNONYMS

# For the key: commands that say nothing or are a symbol in other texts, and what is no letter or digit.
_NAMES = "|".join(sorted(_LAYOUT | _RENAMED.keys(), key=len, reverse=True))
_WITHOUT_LETTERS = re.compile(rf"\\(?:{_NAMES})(?![a-zA-Z])")
_NO_LETTERS = dict.fromkeys([*(code for code in range(128) if not chr(code).isalnum()), *_SYMBOLS])

# --- Sentences that ask for a form of the answer, or for work, and not for another thing ----------------

_SENTENCE_END = re.compile(
    r"(?<=[.?!])[$)\]\"'*\\]*\s+|:?[ \t]*\n\s*\n|:[ \t]*\n|(?<=[.?!])\$(?=[A-Z])|(?<=[。？！])"
    r"|\n(?=(?:Put|Remember|Think|Reason|Answer|Give|Write|Express|Solve)\b)|\s(?=Please\b|Let'?s\sthink\b)"
)
_HEADING = re.compile(
    r"^[\s#*>]*(?:(?:problem|question|q|exercise|task|example|user|human|instruction|input)\b[\s\d.#*]*[:.*)]+\s*"
    r"|\([^()]{0,60}\b(?:19|20)\d\d\b[^()]{0,60}\)\s*)",
    re.IGNORECASE,
)
_PROMPT = re.compile(
    r"""step[- ]by[- ]step | \\boxed | \byour\s+(?:final\s+)?(?:answers?|response|reasoning|solution)\b
      | ^\W*(?:please\s+)?
        (?:put|give|express|write|enter|provide|submit|state|present|round|report|return|output|leave)
        \b.*\banswers?\b
      | ^\W*(?:please\s+)?round\s+(?:your|the|to|off|it)\b
      | ^\W*(?:please\s+)?simplify\s+(?:fully|completely)?\W*$
      | ^\W*(?:please\s+)?(?:solve|answer)\s+(?:the\s+following|this)\b
        [^$\\\d]*(?:problem|question)\b[^$\\\d]*$
      | ^\W*you\s+are\s+an?\b.*\b(?:assistant|expert|mathematician|model|solver|tutor)\b
      | \blast\s+line\s+of\b | ^\W*remember\s+to\b | ^\W*proposed\s+by\b
      | ^\W*(?:let'?s\s+)?think\s+(?:step|carefully|about\s+it|it\s+through|before|deeply|hard)\b
      | ^\W*do\s+not\s+(?:use|include|round|enter)\b""",
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)
# What such a sentence says right before the form itself: `… of the form Answer: $Answer`.
_FORM = re.compile(r"\b(?:form|format|follows|like|line|example|answers?)\W*$", re.IGNORECASE)
# The answer coded as a whole number, as the AIME has it: `... is m/n in lowest terms. Find m + n.`
_CODED = re.compile(
    r"relatively\s+prime|co-?prime|lowest\s+terms|simplest\s+form|irreducible|square\s+of\s+(?:any|a)\s+prime"
    r"|square-?free|(?:divided\s+by|modulo)\s+[$\\(]*1000?\b"
    r"|(?:can|may)\s+be\s+(?:uniquely\s+)?(?:written|expressed|represented)",
    re.IGNORECASE,
)
_CODE_SUM = re.compile(
    r"""[,;]?\s*\b(?:(?:then|please|and)\s+)?(?:find|compute|what\s+is|determine|calculate|evaluate|give|enter|submit)\s
        (?:the\s+(?:value|sum|product)\s+of\s)?[$\\(\s]*
        (?:\d*\s?[a-zA-Z](?:\^\{?\d\}?)?(?:\s?(?:[-+*,]|\\cdot|\\times|\band\b)\s?\d*[a-zA-Z]\b(?:\^\{?\d\}?)?){1,8}
          | [a-zA-Z]{2,3}(?=[$\\)])
          | the\s+remainder\s+when\s+(?:(?:this|that)\s\w+|it|your\s+answer|[$\\(]*[a-zA-Z][$\\)]*)
            \s+is\s+divided\s+by\s+[$\\(]*\d+)
        [$\\)\s.?]*$""",
    re.VERBOSE | re.IGNORECASE,
)
_NO_DIVISOR = re.compile(r"\bgreatest\s+common\s+divisor\s+is\s+[$\\(]*1\b", re.IGNORECASE)
_MODULO = re.compile(r",?\s*modulo\s+[$\\(]*1000?\b(?=[$\\)\s.?]*$)", re.IGNORECASE)
_SHOUTED = 40  # characters without a small letter are no names of points
_FEWEST = 2  # tokens of a sentence that can be a question


@dataclass(frozen=True, slots=True)
class Statement:
    """A problem's tokens, sentence by sentence, and the text that they are from; the last is its question."""

    sentences: tuple[tuple[str, ...], ...]
    text: str
    coded: bool = False  # whether the answer is coded as a whole number

    @property
    def tokens(self) -> list[str]:
        """All tokens in order."""
        return [token for sentence in self.sentences for token in sentence]

    @property
    def key(self) -> str:
        """The tokens without what is between them: texts of one key say the same in the same order."""
        return "".join(map("".join, self.sentences))


def without_drawings(text: str) -> str:
    """The text without drawing code, pictures and markup tags."""
    if "&" in text:
        text = html.unescape(text)
    if "[" in text or "\\" in text or "<" in text or "`" in text or ";" in text:
        text = _DRAWING.sub(" ", text)
    if "://" in text:
        text = _LINK.sub(" ", text)
    return _TAG.sub(" ", _TURN.sub("\n\n", text)) if "<" in text else text


def tokens(text: str) -> list[str]:
    """The tokens of a text without drawings: words, numbers, signs, in lower case.

    Capital letters that stand together are names of points and the like, and are split: `$ABC$` is `$A B C$`.
    Number words are numbers; a LaTeX command is a word; layout, brackets and punctuation are nothing.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text.translate(_SYMBOLS))
    if "\\" in text:
        text = _COMMAND.sub(_named, _ENVIRONMENT.sub(" ", _THOUSANDS.sub("", text)))
    elif "," in text:
        text = _THOUSANDS.sub("", text)
    if text.isupper() and len(text) > _SHOUTED:
        text = text.lower()
    if "-" in text:
        text = _HYPHEN.sub(" ", text)
    found = " ".join(_TOKEN.findall(text)).lower().split(" ")
    return [_SAME_WORD.get(token, token) for token in found if token]


def screening_key(text: str) -> str:
    """The letters and digits of a text without drawings: quick to make, and much the same in like texts."""
    text = without_drawings(text)
    if "\\" in text:
        text = _WITHOUT_LETTERS.sub("", _ENVIRONMENT.sub("", text) if "\\begin" in text else text)
    return text.translate(_NO_LETTERS).lower()


def statement(text: str, *, coded: bool = True) -> Statement:
    """The problem in a text, without the prompt around it and without how the answer is to be written.

    Where the text is more than a problem, and may speak of coded answers elsewhere, `coded` is false: then
    `Find $m + n$` stays a question.
    """
    sentences = [part for part in _SENTENCE_END.split(without_drawings(text)) if part]
    told = [_HEADING.sub("", sentence) for sentence in _without_prompts(sentences)]
    told = [_NO_DIVISOR.sub("relatively prime", sentence) for sentence in told]
    coded = coded and any(_CODED.search(sentence) for sentence in told)
    if coded:
        told = [_MODULO.sub(" ", _CODE_SUM.sub(" ", sentence)) for sentence in told]
    parts = [tuple(found) for sentence in told if len(found := tokens(sentence)) >= _FEWEST]
    if not parts:  # nothing but a prompt, or a token or two: take it as it is
        told = sentences
        parts = [tuple(found) for sentence in told if (found := tokens(sentence))]
    return Statement(tuple(parts), " ".join(told), coded)


def _without_prompts(sentences: list[str]) -> Iterator[str]:
    """The sentences that ask for no form or work; of one before the problem, what stands behind its colon.

    `Solve step by step: Ann has 3 apples.` is the problem's first sentence, and `Give it as follows: x, y`
    behind a problem is none.
    """
    begun = False
    for sentence in sentences:
        head, _, rest = sentence.partition(": ")
        asked = not begun and _PROMPT.search(head) and not _FORM.search(head)
        told = rest if asked else sentence
        if told and not _PROMPT.search(told):
            begun = True
            yield told


def _named(command: re.Match[str]) -> str:
    name = command[1]
    if name is None:
        return " % " if command[0] == "\\%" else " "
    return " " if name in _LAYOUT else f" {_RENAMED.get(name, name)} "
