"""Formulas of hostile text as MathML that can only be looked at.

A formula becomes a tree `[element, attributes, children]` (a child is a tree or a text), of elements and
attributes from the lists below and nothing else: no links, no styles, no scripts. The page builds it node by
node, from the same lists; there is no markup at any point.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element, fromstring

if TYPE_CHECKING:
    from collections.abc import Iterable

# Longer ones, and those after so many, stay text.
MOST_CHARACTERS = 400
MOST_FORMULAS = 20_000

# How formulas stand in texts; the page splits texts by the same expression.
IN_TEXT = re.compile(r"\$\$[^$]{1,400}\$\$|\$[^$\n]{1,400}\$|\\\([\s\S]{1,400}?\\\)|\\\[[\s\S]{1,400}?\\\]")
ELEMENTS = frozenset(
    [
        "math",
        "mrow",
        "mi",
        "mn",
        "mo",
        "mtext",
        "mspace",
        "ms",
        "mfrac",
        "msqrt",
        "mroot",
        "mstyle",
        "merror",
        "mpadded",
        "mphantom",
        "menclose",
        "msub",
        "msup",
        "msubsup",
        "munder",
        "mover",
        "munderover",
        "mmultiscripts",
        "mprescripts",
        "none",
        "mtable",
        "mtr",
        "mtd",
    ]
)
ATTRIBUTES = frozenset(
    [
        "display",
        "mathvariant",
        "stretchy",
        "fence",
        "form",
        "separator",
        "accent",
        "accentunder",
        "largeop",
        "movablelimits",
        "symmetric",
        "lspace",
        "rspace",
        "linethickness",
        "columnalign",
        "rowspacing",
        "columnspacing",
        "width",
        "height",
        "depth",
        "minsize",
        "maxsize",
        "notation",
        "displaystyle",
        "scriptlevel",
    ]
)
NAMESPACE = "{http://www.w3.org/1998/Math/MathML}"


@dataclass
class Formulas:
    """The formulas of a page, each converted once.

    `of` gives those of one text by the way they stand in it; a formula that cannot be read is not among them.
    """

    _trees: dict[str, Any] = field(default_factory=dict)

    def of(self, text: str) -> dict[str, Any]:
        """The trees of the formulas in `text`, by the formula with its delimiters."""
        return self._known((match, _inside(match)) for match in IN_TEXT.findall(text))

    def of_answer(self, answer: str) -> dict[str, Any]:
        """The tree of a text that is a formula as a whole, unless delimiters in it say otherwise."""
        return self.of(answer) if IN_TEXT.search(answer) else self._known([(answer, answer)])

    def _known(self, formulas: Iterable[tuple[str, str]]) -> dict[str, Any]:
        found = {}
        for stands, latex in formulas:
            if latex not in self._trees:
                if len(self._trees) >= MOST_FORMULAS:
                    continue
                self._trees[latex] = _tree_of(latex)
            if self._trees[latex] is not None:
                found[stands] = self._trees[latex]
        return found


def _inside(formula: str) -> str:
    width = 1 if formula[0] == "$" and formula[1] != "$" else 2
    return formula[width:-width]


def _tree_of(latex: str) -> Any | None:
    from latex2mathml.converter import convert

    if not latex.strip() or len(latex) > MOST_CHARACTERS:
        return None
    try:
        return tree(fromstring(convert(latex)))  # noqa: S314 - no entity can be declared: it is our own text
    except (Exception, RecursionError):  # noqa: BLE001 - whatever a hostile formula makes of a parser
        return None


def tree(element: Element) -> Any | None:
    """The element as a tree; None where it, or one within, is not of the list."""
    name = element.tag.removeprefix(NAMESPACE)
    if name not in ELEMENTS:
        return None
    children: list[Any] = [element.text] if element.text else []
    for child in element:
        inner = tree(child)
        if inner is None:
            return None
        children.append(inner)
        if child.tail and child.tail.strip():
            children.append(child.tail)
    return [name, {key: value for key, value in element.attrib.items() if key in ATTRIBUTES}, children]
