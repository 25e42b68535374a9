"""When a text holds a problem: its words in order, its numbers, and its question."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from sdtool.validation.wording import words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sdtool.validation.wording import Statement

Edit = tuple[str, int, int, int, int]  # a tag of difflib, and the tokens from where to where, ours and theirs

SAME = 0.8  # of a problem's words in order, whatever the golds
SAME_WITH_GOLD = 0.55  # and with equal golds
FEWEST = 10  # words of content for equal golds to say anything: many short problems are alike in form
POSSIBLE = 0.7  # from here on a pair that is not the same is worth a look
QUESTION = 0.5  # of the words of the question
QUESTION_WITH_GOLD = 0.9  # from where on equal golds make up for a word of the question that is another
SHORT = 24  # characters: a shorter problem must be a sentence of its own, as its words may stand anywhere
ASKED = 2  # words of content that a question has at least
ASIDE = 12  # tokens: what is inserted beyond that is another matter (a caption), and no change of the problem
LABEL = 8  # tokens at the beginning of a problem that may be its label: `2003 AIME II, Problem 5`
INFLECTED = 4  # letters that two forms of a word have in common

# Words that carry no content of their own, and those that only ask or say how to write the answer.
_EMPTY = words(
    """a an the of in on at to for from by with as is are was were be been being it its this that these those
    there here and if then so such which who whose what whats when where how let suppose given we you your i
    their they he she his her do does did has have had can could may will would should must find compute
    determine evaluate calculate show give state please value values possible any each s t answer answers box
    boxed response solution written expressed represented form relatively coprime terms simplest
    irreducible uniquely problem question number many now denote call called respectively following"""
)
# Where an answer is coded as a whole number, neither do these, nor the names that the code introduces.
_CODE = words("relatively coprime irreducible squarefree lowest simplest")
_CODE_WORDS = words("prime positive integers square divisible not any terms greatest common divisor") | _CODE
_ANSWER_FORM = (
    words("expressed written nearest form modulo terms decimal fraction radians degrees base") | _CODE
)
_SIGNS = frozenset("+-=<>")


@dataclass(frozen=True, slots=True)
class Likeness:
    """How far a text holds a problem.

    `containment` is the share of the problem's content words, numbers and names that the text has in the same
    order; `difference` says what is another in the text, None if nothing that matters is.
    """

    same: bool
    exact: bool
    containment: float
    difference: str | None


def likeness(
    problem: Statement, text: Statement, same_gold: Callable[[], bool] = lambda: False
) -> Likeness | None:
    """Whether a text holds a problem: the same one, possibly (`same` is False), or None for not at all.

    It is the same when the text has at least `SAME` of the problem's words in order, no number or sign is
    another, and the question asks for the same thing. If the golds are equal, `SAME_WITH_GOLD` will do, and a
    number that one side does not mention. So the text may be longer (a prompt, a solution), but sub-questions
    with one stem, and variants in other numbers, are possible matches only.
    """
    if len(problem.key) < SHORT:
        return _short(problem, text)
    ours = problem.tokens
    theirs, end_of_sentence = _window(ours, text)
    found = _aligned(ours, theirs)
    names_count = not (problem.coded or _CODE & set(theirs))
    content = [_is_content(token, names_count) for token in ours]
    start = _question(problem, content)
    containment = _kept(content, found)
    if containment < SAME_WITH_GOLD:
        return None
    number, changed = _other_number(ours, theirs, found)
    question = _other_question(ours, theirs, found, start, end_of_sentence, names_count)
    if question is None and number is None and containment >= SAME:
        return Likeness(True, all(tag == "equal" for tag, *_ in found), containment, None)
    same_question = question is None or _kept(content, found, start) >= QUESTION_WITH_GOLD
    if same_question and not changed and sum(content) >= FEWEST and same_gold():
        return Likeness(True, False, containment, question or number)
    if containment < POSSIBLE:
        return None
    return Likeness(False, False, containment, number or question or "the wording differs")


def _question(problem: Statement, content: Sequence[bool]) -> int:
    """The token at which the problem's question begins; a sentence that only codes the answer is none."""
    start = len(content)
    for sentence in reversed(problem.sentences):
        start -= len(sentence)
        if sum(content[start:]) >= ASKED:
            break
    return start


def _kept(content: Sequence[bool], found: Sequence[Edit], start: int = 0) -> float:
    """The share of the problem's content, from token `start` on, that the text has in the same order."""
    kept = sum(sum(content[max(a, start) : b]) for tag, a, b, *_ in found if tag == "equal")
    return kept / (sum(content[start:]) or 1)


def _short(problem: Statement, text: Statement) -> Likeness | None:
    """A short problem is in a text that has it as a sentence, or as sentences in a row."""
    count = len(problem.sentences)
    keys = ["".join(sentence) for sentence in text.sentences]
    runs = {"".join(keys[i : i + n]) for n in {1, count} for i in range(len(keys) - n + 1)}
    return Likeness(True, True, 1.0, None) if problem.key in runs | {text.key} else None


def _window(ours: Sequence[str], text: Statement) -> tuple[list[str], frozenset[int]]:
    """The part of the text that is most like the problem, and where in it sentences end."""
    theirs = text.tokens
    ends, position = set(), 0
    for sentence in text.sentences:
        position += len(sentence)
        ends.add(position)
    width = 2 * len(ours) + 4 * ASIDE
    first = 0
    if len(theirs) > width:
        runs = {tuple(ours[i : i + 3]) for i in range(len(ours) - 2)}
        hits = [i for i in range(len(theirs) - 2) if tuple(theirs[i : i + 3]) in runs]
        last, most = 0, -1
        for index, hit in enumerate(hits):
            last = max(last, index)
            while last < len(hits) and hits[last] < hit + width // 2:
                last += 1
            if last - index > most:
                most, first = last - index, max(0, hit - width // 4)
        theirs = theirs[first : first + width]
    return theirs, frozenset(end - first for end in ends)


def _aligned(ours: Sequence[str], theirs: Sequence[str]) -> list[Edit]:
    """Edits that make ours of theirs, between the first and the last token in common.

    Replaced tokens that spell the same (`$xy$` and `$x y$`), or are forms of the same words, are equal.
    """
    found = SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes()
    edits: list[Edit] = []
    for tag, a, b, c, d in found:
        same = tag == "replace" and (
            "".join(ours[a:b]) == "".join(theirs[c:d])
            or (b - a == d - c and all(map(_one_word, ours[a:b], theirs[c:d])))
        )
        edits.append(("equal" if same else tag, a, b, c, d))
    if edits and edits[0][0] == "insert":
        edits = edits[1:]
    if edits and edits[-1][0] == "insert":
        edits = edits[:-1]
    if edits and edits[0][0] == "replace":  # what stands before the problem in the text is not in its place
        _, a, b, _, d = edits[0]
        edits[0] = ("replace", a, b, max(0, d - (b - a)), d)
    return edits


def _one_word(ours: str, theirs: str) -> bool:
    if not (ours.isalpha() and theirs.isalpha()):
        return ours == theirs
    common = min(len(ours), len(theirs), INFLECTED)
    return ours[:common] == theirs[:common] and (
        common == INFLECTED or ours.rstrip("s") == theirs.rstrip("s")
    )


def _unmatched(ours: list[str], theirs: list[str]) -> tuple[list[str], list[str]]:
    """The words on either side that are no form of a word on the other."""
    return (
        [word for word in ours if not any(_one_word(word, other) for other in theirs)],
        [word for word in theirs if not any(_one_word(word, other) for other in ours)],
    )


def _is_content(token: str, names_count: bool) -> bool:
    if token in _EMPTY:
        return False
    return names_count or not (token in _CODE_WORDS or (len(token) == 1 and token.isalpha()))


def _figures(tokens: Sequence[str]) -> Counter[str]:
    return Counter(token for token in tokens if token[0].isdigit())


def _other_number(
    ours: Sequence[str], theirs: Sequence[str], found: Sequence[Edit]
) -> tuple[str | None, bool]:
    r"""What numbers or signs of the problem are others in the text, and whether they are, or only missing.

    A number that one side lacks in one place counts only if it lacks it everywhere: who writes of the
    `$25$ cells` of a `$5 \times 5$ grid` may leave the cells out.
    """
    all_ours, all_theirs = set(ours), set(theirs)
    absent, sides = None, set()
    for tag, a, b, c, d in found:
        if tag == "equal" or max(b - a, d - c) > 2 * ASIDE:
            continue
        mine, other = " ".join(ours[a:b]) or "none", " ".join(theirs[c:d]) or "none"
        lost, new = _figures(ours[a:b]), _figures(theirs[c:d])
        lost, new = lost - new, new - lost
        if lost and new:
            return f"numbers differ: {mine} for {other}", True
        signs, others = _SIGNS.intersection(ours[a:b]), _SIGNS.intersection(theirs[c:d])
        if signs - others and others - signs:
            return f"signs differ: {mine} for {other}", True
        missing = {"text": lost.keys() - all_theirs, "problem": new.keys() - all_ours}
        if not (a == 0 and b <= LABEL) and any(missing.values()):
            absent = absent or f"numbers differ: {mine} for {other}"
            sides |= {side for side, numbers in missing.items() if numbers}
    return absent, len(sides) > 1


def _other_question(
    ours: Sequence[str],
    theirs: Sequence[str],
    found: Sequence[Edit],
    start: int,
    end_of_sentence: frozenset[int],
    names_count: bool,
) -> str | None:
    """What the text asks for in place of the problem's question, which begins at token `start`."""
    asked = sum(_is_content(token, names_count) for token in ours[start:]) or 1
    kept = added = 0
    for tag, a, b, c, d in found:
        if b <= start and not (tag == "insert" and a >= start):
            continue
        mine = [token for token in ours[max(a, start) : b] if _is_content(token, names_count)]
        other = [token for token in theirs[c:d] if _is_content(token, names_count)]
        if tag == "equal":
            kept += len(mine)
            continue
        mine, other = _unmatched(mine, other)
        if tag == "replace" and mine and other:
            return f"the question differs: {' '.join(mine)} for {' '.join(other[: 2 * ASIDE])}"
        added += len(other) if d - c <= ASIDE else 0
    if kept < QUESTION * asked:
        return "the question is not there"
    last = found[-1][4]
    rest = next((end for end in sorted(end_of_sentence) if end >= last), last)
    tail = [token for token in theirs[last:rest] if _is_content(token, names_count)]
    if _ANSWER_FORM & set(theirs[last:rest]):
        tail = []
    if 0 < len(tail) <= ASIDE:
        added += len(tail)
    if added > max(1, asked / 3) or (tail and set(tail[0]) & _SIGNS):
        return "the text asks for more: " + " ".join(theirs[last:rest] or theirs[found[-1][3] : last])[:80]
    return None
