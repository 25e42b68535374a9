"""Rollouts as a library: a model, problems and settings in, rollouts out as they finish. No files."""

from __future__ import annotations

import logging
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sdtool.detokenize import Detokenizer, think_close_token
from sdtool.engine import Completion, Request, choice
from sdtool.errors import InputError
from sdtool.logits import noise_key
from sdtool.problems import of_rows
from sdtool.prompts import PromptFormat, thinking, thought_tags
from sdtool.schema import Rollout

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence

    from transformers import PreTrainedModel, PreTrainedTokenizerBase

    from sdtool.config import Setting
    from sdtool.engine import Processor
    from sdtool.schema import Key, Problem

log = logging.getLogger(__name__)

NOTHING: Mapping[Key, tuple[int, ...]] = {}


def rollouts(
    model: PreTrainedModel,
    tokenizer: PreTrainedTokenizerBase,
    problems: Sequence[Problem | Mapping[str, Any]],
    settings: Sequence[Setting],
    *,
    samples: int = 1,
    cap: int = 32_768,
    seed: int = 0,
    batch_size: int = 64,
    engine: str = "slots",
    prompt_format: PromptFormat | None = None,
    processors: Sequence[Processor] = (),
    memory: int | None = None,
    close_tag: str | None = None,
    progress: bool = False,
) -> Stream:
    """Yield every rollout as it finishes, in no particular order.

    Args:
        model: any causal language model of transformers, on its device.
        tokenizer: the model's.
        problems: what to answer; also dicts with the columns that a file of problems has.
        settings: how to decode; every problem is answered under every setting.
        samples: rollouts of each problem under each setting.
        cap: the most new tokens of a rollout.
        seed: the same seed gives the same rollouts, whatever `batch_size` and `engine` are, as far as the
            logits themselves are equal.
        batch_size: rows in one forward pass.
        engine: `slots` or `generate`.
        prompt_format: how a problem becomes a prompt; by default the model's chat template if it has one.
        processors: logits processors of your own, run in full after the presence penalty. With `slots` they
            see one row at a time, prompt included; with `generate` whole batches, padded from the left.
        memory: bytes that the slots' keys, values and states may take beside whatever else is on the device;
            by default what is free, less a reserve. Fewer rollouts are in flight where it is short. It does
            not bind `generate`, whose memory grows with its longest row.
        close_tag: what ends the model's thoughts; by default what its chat template says, else `</think>`.
        progress: whether to show a bar on stderr; in a notebook with ipywidgets it is a widget.

    Returns:
        An iterator that knows how many rollouts there will be (`total`, and `len`, as tqdm asks for it).

    Raises:
        InputError: a problem lacks its text or gold, the engine is unknown, or what `Generation` raises.
    """
    generation = Generation(
        model,
        tokenizer,
        Plan(tuple(of_rows(problems)), tuple(settings), samples),
        cap=cap,
        seed=seed,
        batch_size=batch_size,
        engine=engine,
        prompt_format=prompt_format or PromptFormat(),
        processors=processors,
        memory=memory,
        close_tag=close_tag,
    )
    return Stream(generation, progress=progress)


class Stream:
    """The rollouts of a generation, one by one as they finish; `total` says how many there will be."""

    def __init__(self, generation: Generation, *, progress: bool = False) -> None:
        self.total = len(generation.plan)
        events = generation.engine.run(generation.requests(range(self.total)))
        found = (generation.rollout(event) for event in events if isinstance(event, Completion))
        self._rollouts = _shown(found, self.total) if progress else found

    def __len__(self) -> int:
        return self.total

    def __iter__(self) -> Iterator[Rollout]:
        return self._rollouts

    def __next__(self) -> Rollout:
        return next(self._rollouts)

    def close(self) -> None:
        """Stop generating; what is unfinished is given up."""
        self._rollouts.close()


def _shown(found: Generator[Rollout], total: int) -> Generator[Rollout]:
    """The same rollouts, counted by a bar."""
    from tqdm.auto import tqdm

    with closing(found), tqdm(found, total=total, unit="rollout") as bar:
        yield from bar


@dataclass(frozen=True, slots=True)
class Plan:
    """Every rollout that is wanted, numbered from 0; those of one problem are neighbours."""

    problems: tuple[Problem, ...]
    settings: tuple[Setting, ...]
    samples: int

    def __len__(self) -> int:
        return len(self.problems) * len(self.settings) * self.samples

    def __getitem__(self, id_: int) -> tuple[Problem, Setting, int]:
        rest, sample = divmod(id_, self.samples)
        problem, setting = divmod(rest, len(self.settings))
        return self.problems[problem], self.settings[setting], sample

    def key(self, id_: int) -> Key:
        """What identifies the rollout in a stored run."""
        problem, setting, sample = self[id_]
        return problem.id, setting.name, sample


class Generation:
    """A plan bound to a model: what one worker needs to do any part of it.

    Raises:
        InputError: the tokenizer cannot be used, no token ends a rollout, or the model has no positions for
            so long a rollout.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        plan: Plan,
        *,
        cap: int,
        seed: int,
        batch_size: int,
        engine: str,
        prompt_format: PromptFormat,
        processors: Sequence[Processor] = (),
        memory: int | None = None,
        close_tag: str | None = None,
    ) -> None:
        self.plan = plan
        self._seed = seed
        self.tags = thought_tags(tokenizer, close_tag)
        ends = end_tokens(model, tokenizer)
        self._detokenizer = Detokenizer(tokenizer, self.tags.kept - {tokenizer.eos_token})
        self._prompts = {
            problem.id: _Prompt.of(problem.text, prompt_format, tokenizer) for problem in plan.problems
        }
        longest_prompt = max((len(prompt.tokens) for prompt in self._prompts.values()), default=0)
        _check_positions(model, longest_prompt, cap)
        pad = tokenizer.pad_token_id
        self.engine = choice.make(
            engine,
            model,
            choice.Options(
                cap=cap,
                longest_prompt=longest_prompt,
                end_tokens=ends,
                pad_token=min(ends) if pad is None else pad,
                batch_size=batch_size,
                processors=processors,
                memory=memory,
            ),
        )

    def requests(
        self, ids: Iterable[int], generated: Mapping[Key, tuple[int, ...]] = NOTHING
    ) -> Iterator[Request]:
        """Yield what the engine is asked for.

        Args:
            ids: numbers of the plan, pulled lazily, so it may be a queue shared with other workers.
            generated: tokens of earlier, interrupted attempts, to go on after.
        """
        for id_ in ids:
            problem, setting, sample = self.plan[id_]
            yield Request(
                id=id_,
                prompt=self._prompts[problem.id].tokens,
                setting=setting,
                key=noise_key(self._seed, problem.id, sample),
                generated=generated.get(self.plan.key(id_), ()),
            )

    def rollout(self, completion: Completion) -> Rollout:
        """Turn a completion into text; one that cannot be decoded has none, and a warning names it."""
        problem, setting, sample = self.plan[completion.id]
        prompt = self._prompts[problem.id].text
        try:
            response, token_ends = self._detokenizer(completion.tokens)
        except Exception as error:  # noqa: BLE001 - a tokenizer is the checkpoint's: it may raise anything
            log.warning(
                "problem %s, setting %s, sample %d cannot be decoded and is stored as its token ids: %s",
                problem.id, setting.name, sample, error,
            )  # fmt: skip
            response, token_ends = "", (0,) * len(completion.tokens)
        return Rollout(
            problem=problem,
            setting=setting,
            sample=sample,
            prompt=prompt,
            response=response,
            finish_reason=completion.finish_reason,
            tokens=completion.tokens,
            token_ends=token_ends,
            think_close_token=think_close_token(response, token_ends, self.tags.closing),
            thinking=thinking(prompt, self.tags),
        )


@dataclass(frozen=True, slots=True)
class _Prompt:
    text: str
    tokens: tuple[int, ...]

    @classmethod
    def of(cls, problem: str, prompt_format: PromptFormat, tokenizer: PreTrainedTokenizerBase) -> _Prompt:
        text = prompt_format.render(problem, tokenizer)
        return cls(text, prompt_format.tokenize(text, tokenizer))


def end_tokens(model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase) -> frozenset[int]:
    """Return the ids that end a rollout: the model's and the tokenizer's end tokens.

    Raises:
        InputError: there are none.
    """
    configured = model.generation_config.eos_token_id
    ends = {configured} if isinstance(configured, int) else set(configured or ())
    if tokenizer.eos_token_id is not None:
        ends.add(tokenizer.eos_token_id)
    if not ends:
        raise InputError("neither the model nor the tokenizer names an end-of-text token (eos_token_id)")
    return frozenset(ends)


def _check_positions(model: PreTrainedModel, longest_prompt: int, cap: int) -> None:
    """Warn of rollouts that may be longer than what a model was made for.

    Raises:
        InputError: it has a table of positions and nothing beyond its end.
    """
    from sdtool.engine.models import positions

    known, learned = positions(model)
    if known is None or longest_prompt + cap <= known:
        return
    told = (
        f"prompt and cap may come to {longest_prompt + cap:,} tokens ({longest_prompt:,} and {cap:,}), "
        f"and the model knows {known:,} positions"
    )
    if learned:
        raise InputError(f"{told}; lower the cap")
    log.warning("%s; beyond them its answers are not what it was trained for", told)
