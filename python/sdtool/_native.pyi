"""The native grader. Every function is thread-safe."""

from collections.abc import Callable, Iterable, Sequence
from os import PathLike
from typing import Final, Protocol, final

from sdtool.grading import Policy

__all__ = [
    "Comparison",
    "Extraction",
    "Grade",
    "GradedBatch",
    "compare",
    "equivalent",
    "explain",
    "extract",
    "grade",
    "grade_batch",
    "grader_version",
    "join",
    "looped",
    "regrade_file",
]

class _ArrowArray(Protocol):
    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...

class _ArrowStream(Protocol):
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

grader_version: Final[str]

@final
class Extraction:
    """Where the answer of a response stands, in code points: `response[start:end] == answer`."""

    __match_args__: Final = ("answer", "start", "end", "think_closed", "boxed")
    def __new__(
        cls, answer: str | None, start: int | None, end: int | None, think_closed: bool, boxed: bool
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
    def boxed(self) -> bool: ...

@final
class Comparison:
    """A verdict (`equal`, `different` or `undecided`) and the reason for it."""

    __match_args__: Final = ("verdict", "reason")
    def __new__(cls, verdict: str, reason: str) -> Comparison: ...
    @property
    def verdict(self) -> str: ...
    @property
    def reason(self) -> str: ...

@final
class Grade:
    """What a response is worth: the answer found in it, and how it compares with the gold answer."""

    __match_args__: Final = ("correct", "verdict", "reason", "answer", "think_closed", "boxed")
    def __new__(
        cls, correct: bool, verdict: str, reason: str, answer: str | None, think_closed: bool, boxed: bool
    ) -> Grade: ...
    @property
    def correct(self) -> bool: ...
    @property
    def verdict(self) -> str: ...
    @property
    def reason(self) -> str: ...
    @property
    def answer(self) -> str | None: ...
    @property
    def think_closed(self) -> bool: ...
    @property
    def boxed(self) -> bool: ...

@final
class GradedBatch:
    """Graded rows as an Arrow table: hand it to anything that reads the Arrow `PyCapsule` interface."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...
    def __len__(self) -> int: ...

def extract(response: str, thinking: bool | None = None) -> Extraction:
    r"""Find the answer in the last `\boxed{` or `\fbox{` after the last `</think>`.

    An unterminated or empty last box is no answer; there is no falling back to an earlier one.

    Args:
        response: any str, lone surrogates included.
        thinking: True: the prompt opened `<think>`, so a response without `</think>` has no answer;
            False: a plain response, all of which is searched; None: as True if `<think>` or `</think>`
            occurs, else as False.
    """

def compare(gold: str, answer: str, policy: Policy | None = None) -> Comparison:
    r"""Compare an answer with the gold answer; both may carry `$…$`, `\(…\)` or `\boxed{}` around them."""

def equivalent(gold: str, answer: str, policy: Policy | None = None) -> bool:
    """Whether the verdict is `equal`; undecided is not equal."""

def grade(gold: str, response: str, policy: Policy | None = None, thinking: bool | None = None) -> Grade:
    """Extract the answer of a response and compare it with the gold answer."""

def explain(gold: str, answer: str, policy: Policy | None = None) -> str:
    """Say in words what was parsed, what was compared, the verdict and why."""

def grade_batch(
    golds: Sequence[str | None] | _ArrowArray | _ArrowStream,
    responses: Sequence[str | None] | _ArrowArray | _ArrowStream,
    policy: Policy | None = None,
    thinking: bool | None = None,
    threads: int | None = None,
) -> GradedBatch:
    """Grade many responses, each against the gold of its row, without the GIL.

    Golds and responses are sequences of str, or any Arrow arrays or chunked arrays of text or binary,
    dictionaries included. A null response has no answer; a null gold gives a null verdict, a null
    `correct` and the reason `no-gold`.

    Args:
        golds: one gold a row. Runs of equal golds are read once: keep a problem's rollouts together.
        responses: as many responses.
        policy: what counts as the same answer.
        thinking: as for `extract`.
        threads: at most so many threads; None: one a core.

    Returns:
        Columns `answer`, `verdict`, `reason`, `correct`, `think_closed`, `boxed`, as Arrow.

    Raises:
        TypeError: an array holds no text.
        ValueError: golds and responses differ in number, or threads is below 1.
    """

def looped(tokens: Iterable[int]) -> bool:
    """Whether a rollout of these token ids fell into a loop.

    It did if some run of 30 tokens occurs at least 20 times, or if at most half of the runs of 8 tokens
    within the last 128 tokens are distinct. A loop that paraphrases itself or counts upwards, and a cycle
    longer than about 60 tokens that is cut before its twentieth round, are not seen.
    """

def regrade_file(
    input: str | PathLike[str],  # noqa: A002 - what it is
    output: str | PathLike[str],
    gold_column: str | None,
    response_column: str | None,
    policy: Policy | None,
    thinking: bool | None,
    keep_text: bool,
    threads: int | None,
    progress: Callable[..., object],
) -> None: ...
def join(
    parts: Sequence[str | PathLike[str]], output: str | PathLike[str], progress: Callable[..., object]
) -> None: ...
