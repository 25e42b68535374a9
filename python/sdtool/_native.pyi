"""The native grader, and what draws tokens on the CPU. Every function is thread-safe."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from numbers import Real
from os import PathLike
from typing import Any, Final, Protocol, TypeAlias, final, overload

import numpy as np
from numpy.typing import NDArray

from sdtool.grading import Policy

__all__ = [
    "Candidates",
    "Comparison",
    "Extraction",
    "GoldCheck",
    "Grade",
    "GradedBatch",
    "NativePolicy",
    "check_gold",
    "compare",
    "equivalent",
    "explain",
    "extract",
    "grade",
    "grade_batch",
    "grader_version",
    "join",
    "layouts",
    "looped",
    "regrade_files",
]

class _ArrowArray(Protocol):
    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...

class _ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

_Gold: TypeAlias = str | float | Real | Decimal
"""A gold answer: text, or a number of Python, `fractions`, `decimal` or numpy."""
_Golds: TypeAlias = _Gold | list[_Gold] | tuple[_Gold, ...]
"""A gold answer, or alternatives of it, of which the best counts."""
_Messages: TypeAlias = Sequence[Mapping[str, Any]] | Sequence[object]
"""Chat messages with `role` and `content`, as dicts or objects."""

grader_version: Final[str]

@final
class NativePolicy:
    """What a `sdtool.Policy` keeps beside its fields, so that they are not read at every call."""

    def __new__(cls, fields: Policy) -> NativePolicy: ...

@final
class Extraction:
    """Where the answer of a response stands, in code points: `response[start:end] == answer`."""

    __match_args__: Final = ("answer", "start", "end", "think_closed", "boxed", "extractor")
    def __new__(
        cls,
        answer: str | None,
        start: int | None,
        end: int | None,
        think_closed: bool,
        boxed: bool,
        extractor: str | None,
    ) -> Extraction: ...
    @property
    def answer(self) -> str | None: ...
    @property
    def start(self) -> int | None: ...
    @property
    def end(self) -> int | None: ...
    @property
    def think_closed(self) -> bool: ...
    @property
    def boxed(self) -> bool:
        """The answer stands in a box."""

    @property
    def extractor(self) -> str | None:
        """What found the answer; None where there is none."""

    def as_dict(self) -> dict[str, Any]: ...
    def _asdict(self) -> dict[str, Any]: ...

@final
class Comparison:
    """A verdict (`equal`, `different` or `undecided`) and the reason for it."""

    __match_args__: Final = ("verdict", "reason")
    def __new__(cls, verdict: str, reason: str) -> Comparison: ...
    @property
    def verdict(self) -> str: ...
    @property
    def reason(self) -> str: ...
    def as_dict(self) -> dict[str, Any]: ...
    def _asdict(self) -> dict[str, Any]: ...

@final
class Grade:
    """What a response is worth: the answer found in it, and how it compares with the gold answer.

    It is true where the response is correct.
    """

    __match_args__: Final = (
        "correct", "verdict", "reason", "answer", "think_closed", "boxed", "extractor",
    )  # fmt: skip
    def __new__(
        cls,
        correct: bool | None,
        verdict: str | None,
        reason: str,
        answer: str | None,
        think_closed: bool,
        boxed: bool,
        extractor: str | None,
    ) -> Grade: ...
    def __bool__(self) -> bool: ...
    @property
    def correct(self) -> bool | None:
        """Whether the verdict is `equal`; None only in a batch, for a row without gold."""

    @property
    def verdict(self) -> str | None:
        """`equal`, `different` or `undecided`; None only in a batch, for a row without gold."""

    @property
    def reason(self) -> str: ...
    @property
    def answer(self) -> str | None: ...
    @property
    def think_closed(self) -> bool: ...
    @property
    def boxed(self) -> bool:
        """The answer stands in a box."""

    @property
    def extractor(self) -> str | None:
        """What found the answer; None where there is none."""

    def as_dict(self) -> dict[str, Any]: ...
    def _asdict(self) -> dict[str, Any]: ...

@final
class GoldCheck:
    """Whether a gold can be matched by an answer written in another way, and what it was read as."""

    __match_args__: Final = ("ok", "verdict", "reason", "value")
    def __new__(cls, ok: bool, verdict: str, reason: str, value: str | None) -> GoldCheck: ...
    @property
    def ok(self) -> bool: ...
    @property
    def verdict(self) -> str: ...
    @property
    def reason(self) -> str:
        """Why; `same-text` says that the gold is words, which only the same words match."""

    @property
    def value(self) -> str | None: ...
    def as_dict(self) -> dict[str, Any]: ...
    def _asdict(self) -> dict[str, Any]: ...

@final
class GradedBatch:
    """Graded rows: a sequence of grades, and Arrow by the `PyCapsule` interface."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __len__(self) -> int: ...
    @overload
    def __getitem__(self, index: int, /) -> Grade: ...
    @overload
    def __getitem__(self, index: slice, /) -> GradedBatch: ...
    def __iter__(self) -> Iterator[Grade]: ...
    def to_pylist(self) -> list[dict[str, Any]]:
        """The rows as dicts."""

    @staticmethod
    def _from_grades(grades: list[Grade]) -> GradedBatch: ...

@final
class Candidates:
    """The likeliest tokens of some rows; `sdtool.engine.narrow.Draw` says what is drawn from them.

    Args:
        logits: `[rows, vocabulary]`.
        penalty: `[rows or more, vocabulary]`, taken off the logits; read in rows with a presence penalty.
        numbers: `[rows, 6]`, as in `narrow.Rules`.
        keys: `[rows]`.
        steps: `[rows]`.
        width: how many candidates there are, at least 1.

    Raises:
        ValueError: an array has another shape, or there are more candidates than tokens.
        BufferError: an array has another type.
    """

    def __new__(
        cls,
        logits: NDArray[np.float32],
        penalty: NDArray[np.float32] | None,
        numbers: NDArray[np.float32],
        keys: NDArray[np.int64],
        steps: NDArray[np.int64],
        width: int,
    ) -> Candidates: ...
    @property
    def cut_by_mass(self) -> bool:
        """Whether top-p may cut in some row."""

    def values(self, into: NDArray[np.float32]) -> None:
        """Write the scores after temperature, `[rows, width]`, ascending; -inf where top-k cuts."""

    def draw(self, mass: NDArray[np.float32] | None, into: NDArray[np.int64]) -> None:
        """Draw one token a row, or `UNDECIDED` or `BROKEN`, and write them.

        `mass` is the softmax of the values; None only where top-p cuts in no row.
        """

def extract(
    response: str,
    thinking: bool | None = None,
    extractor: str | Sequence[str] = "boxed",
    *,
    close_tag: str | None = None,
) -> Extraction:
    r"""Find the answer of a response: in its last box after its thought, or as another extractor does.

    An unterminated or empty last box is no answer, and neither is a box beside something else in
    another box; there is no falling back to an earlier one.

    Args:
        response: any str, lone surrogates included.
        thinking: True: the prompt opened `<think>`, so a response without `</think>` has no answer;
            False: a plain response, all of which is searched; None: as True if `<think>` or `</think>`
            occurs, else as False. A thought that is opened again and not closed leaves no answer.
        extractor: `boxed` (`\boxed{18}`, `\fbox{18}`), `hash` (`#### 18`), `minerva` (`The final
            answer is 18.`), `answer-line` (`Answer: 18`), `answer-tag` (`<answer>18</answer>`), or
            several of them: the first that occurs decides. The last occurrence counts.
        close_tag: the tag that closes a thought, where it is not `</think>`; the tag that opens it
            follows.

    Raises:
        TypeError: an argument is of another type.
        ValueError: there is no such extractor.
    """

def compare(gold: _Golds, answer: str, policy: Policy | None = None) -> Comparison:
    r"""Compare an answer with the gold answer; both may carry `$…$`, `\(…\)` or `\boxed{}` around them.

    A gold that is a whole solution (a box or `####` in longer text) is its answer. Of several golds the
    best counts: an equal one before an undecided one before a different one.
    """

def equivalent(gold: _Golds, answer: str, policy: Policy | None = None) -> bool:
    """Whether the verdict is `equal`; undecided is not equal."""

def grade(
    gold: _Golds,
    response: str | _Messages,
    policy: Policy | None = None,
    thinking: bool | None = None,
    extractor: str | Sequence[str] = "boxed",
    *,
    close_tag: str | None = None,
) -> Grade:
    """Extract the answer of a response and compare it with the gold answer.

    Args:
        gold: a str or a number, or a list of alternatives; see `compare`.
        response: a str, or chat messages, of which the assistant's last one is graded. A thought that
            the message keeps apart (`reasoning_content` and the like) is one.
        policy: what counts as the same answer.
        thinking: as for `extract`.
        extractor: as for `extract`.
        close_tag: as for `extract`.
    """

def explain(gold: _Golds, answer: str, policy: Policy | None = None) -> str:
    """Say in words what was parsed, what was compared, the verdict and why."""

def check_gold(gold: _Golds, policy: Policy | None = None) -> GoldCheck:
    """Say whether a gold can be matched by an answer that is written in another way.

    The same text matches always. Of alternatives the first that can be matched is told.
    """

def grade_batch(
    golds: Sequence[_Golds | None] | _ArrowArray | _ArrowStream,
    responses: Sequence[str | _Messages | None] | _ArrowArray | _ArrowStream,
    policy: Policy | None = None,
    thinking: bool | None = None,
    extractor: str | Sequence[str] = "boxed",
    threads: int | None = None,
    *,
    close_tag: str | None = None,
) -> GradedBatch:
    """Grade many responses, each against the gold of its row, without the GIL.

    Golds and responses are sequences of what `grade` takes, or any Arrow arrays or chunked arrays of text
    or binary, dictionaries included. A null response has no answer; a null gold gives a null verdict, a
    null `correct` and the reason `no-gold`. Ctrl-C ends it.

    Args:
        golds: one gold a row. Runs of equal golds are read once: keep a problem's rollouts together.
        responses: as many responses.
        policy: what counts as the same answer.
        thinking: as for `extract`.
        extractor: as for `extract`.
        threads: at most so many threads; None: one a core. A few hundred rows take one.
        close_tag: as for `extract`.

    Returns:
        Rows `answer`, `verdict`, `reason`, `correct`, `think_closed`, `boxed`, `extractor`.

    Raises:
        TypeError: an array holds no text, or a row is of another type.
        ValueError: golds and responses differ in number, or threads is below 1.
    """

def looped(tokens: Iterable[int]) -> bool:
    """Whether a rollout of these token ids fell into a loop.

    It did if some run of 30 tokens occurs at least 20 times, or if at most half of the runs of 8 tokens
    within the last 128 tokens are distinct. A loop that paraphrases itself or counts upwards, and a cycle
    longer than about 60 tokens that is cut before its twentieth round, are not seen.
    """

def regrade_files(
    inputs: Sequence[tuple[str | PathLike[str], str | PathLike[str], Sequence[tuple[str, str]]]],
    output: str | PathLike[str],
    *,
    gold_column: str | None,
    response_column: str | None,
    part: bool,
    policy: Policy | None,
    thinking: bool | None,
    keep_text: bool,
    threads: int | None,
    progress: Callable[..., object],
    extractor: str | Sequence[str] | None = None,
    close_tag: str | None = None,
) -> list[dict[str, Any]]:
    """Regrade files into one; of each `layout`, `columns`, `close_tag`, `counts` and `finish_reasons`.

    Of each input its path, what messages call it, and columns with one value in every row.
    """

def layouts() -> dict[str, Any]:
    """The table of the layouts of other tools.

    `layouts`, `golds`, `responses`, `names`, `parameters`, `sampling` and `finish_reasons`.
    """

def join(
    parts: Sequence[tuple[str | PathLike[str], str | PathLike[str]]],
    output: str | PathLike[str],
    progress: Callable[..., object],
) -> None: ...
