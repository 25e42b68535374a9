"""Running an experiment into a directory: plan, workers, grading, journals, and going on after a stop."""

from __future__ import annotations

import hashlib
import json
import logging
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import torch

import sdtool
from sdtool import checkpoint, problems, signals
from sdtool.engine import Completion
from sdtool.engine.queue import Claims, Queue, SoleClaims
from sdtool.generation import Generation, Plan
from sdtool.grading import GRADER_VERSION, looped
from sdtool.journal import Journal
from sdtool.parameters import values
from sdtool.prompts import prompt_format, thought_tags
from sdtool.store import RunDirectory
from sdtool.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sdtool.config import Experiment
    from sdtool.engine import Partial
    from sdtool.schema import Key, Problem, Rollout

    Watch = Callable[[Tally], None]
    """Called often while a run goes on; it decides how often it does something."""


log = logging.getLogger(__name__)

THREADED_PARAMETERS = 10_000_000
"""A CPU computes smaller models on one thread: their steps are shorter than what threads wait for each other,
which on a busy machine made the embedded study take 25 times as long."""


class Run:
    """An experiment bound to its directory. Every process that takes part in a run makes one.

    Args:
        experiment: what to do.
        path: the run's directory.
        begun: whether the run has been opened: its own problems are read then, not what the data have become.

    Raises:
        InputError: the problems or the prompts cannot be had.
    """

    def __init__(self, experiment: Experiment, path: Path, *, begun: bool = False) -> None:
        self.experiment = experiment
        self.directory = RunDirectory(path)
        loaded = self.directory.read_problems() if begun else _loaded(experiment)
        self.plan = Plan(tuple(loaded), experiment.settings, experiment.samples)

    def open(self, *, resume: bool) -> None:
        """Prepare the directory: check what is there, and put away what an earlier attempt left.

        Raises:
            InputError: it holds something else, or the model cannot be had.
        """
        provenance = self._provenance()
        self.directory.open(self.experiment, resume=resume)
        self.directory.check_provenance(provenance)
        self.directory.write_problems(self.plan.problems)
        self.compact()

    def compact(self) -> None:
        """Move the finished rollouts of the journals to Parquet, in the order of the plan."""
        self.directory.compact([self.plan.key(id_) for id_ in range(len(self.plan))])

    def tally(self) -> Tally:
        """Count what is there."""
        each = len(self.plan.problems) * self.plan.samples
        return Tally(self.directory, {setting.name: each for setting in self.plan.settings})

    def missing(self, finished: set[Key]) -> dict[str, list[int]]:
        """Return the ids that are still to generate, by problem."""
        found: dict[str, list[int]] = {problem.id: [] for problem in self.plan.problems}
        for id_ in range(len(self.plan)):
            key = self.plan.key(id_)
            if key not in finished:
                found[key[0]].append(id_)
        return found

    def alone(self, device: str, tally: Tally, watch: Watch) -> None:
        """Do all that is missing in this process."""
        Worker(self, device, 0).work(SoleClaims(), tally, watch)
        tally.update()
        watch(tally)

    def _provenance(self) -> dict[str, Any]:
        experiment = self.experiment
        tokenizer = checkpoint.load_tokenizer(experiment.model, experiment.revision)
        # Rendering one now tells of an unusable template before any model is loaded.
        prompts = prompt_format(experiment)
        prompts.render(self.plan.problems[0].text, tokenizer)
        if experiment.chat_template is None and not tokenizer.chat_template:
            log.warning(
                "the model's tokenizer has no chat template: problems are sent as plain text, "
                "as to a base model"
            )
        if prompts.ignores_thinking(self.plan.problems[0].text, tokenizer):
            log.warning("enable_thinking makes no difference: the model's chat template does not look at it")
        content = json.dumps([[p.id, p.text, p.gold, p.source] for p in self.plan.problems])
        return {
            "planned": len(self.plan),
            "started": self.directory.provenance().get("started")
            or datetime.now(UTC).isoformat(timespec="seconds"),
            "device": _device(),
            "model": experiment.model,
            "model_hash": checkpoint.digest(experiment.model, experiment.revision),
            "tokenizer_hash": checkpoint.tokenizer_digest(tokenizer),
            "problems_hash": hashlib.sha256(content.encode()).hexdigest(),
            "prompt_template": experiment.prompt_template,
            "chat_template": tokenizer.chat_template,
            "system_prompt": experiment.system_prompt,
            "close_tag": thought_tags(tokenizer, experiment.close_tag).closing,
            "seed": experiment.seed,
            "order": ["presence_penalty", "temperature", "top_k", "top_p", "min_p", "keyed noise"],
            "grader_version": GRADER_VERSION,
            "python": platform.python_version(),
            "machine": f"{platform.system()} {platform.machine()}",
            "versions": {
                "sdtool": GRADER_VERSION,  # one version for the workspace
                **{
                    name: version(name)
                    for name in ("torch", "transformers", "accelerate", "datasets", "pyarrow")
                },
            },
        }


def _loaded(experiment: Experiment) -> list[Problem]:
    return problems.load(
        experiment.data,
        config=experiment.data_config,
        split=experiment.split,
        problem_column=experiment.problem_column,
        gold_column=experiment.gold_column,
        id_column=experiment.id_column,
        limit=experiment.limit,
    )


def _device() -> str:
    """What computes: the GPUs that this process sees, or the kind of CPU."""
    gpus = [torch.cuda.get_device_name(index) for index in range(torch.cuda.device_count())]
    counted = [f"{gpus.count(name)} x {name}" for name in dict.fromkeys(gpus)]
    return ", ".join(counted) or f"CPU {platform.machine()}"


class Worker:
    """One process's model, generating what it claims.

    Args:
        run: what to do.
        device: as torch writes it.
        number: this worker's, from 0.
    """

    def __init__(self, run: Run, device: str, number: int) -> None:
        self._run = run
        self._number = number
        experiment = run.experiment
        model, tokenizer = checkpoint.load(
            experiment.model, device, revision=experiment.revision, dtype=experiment.dtype
        )
        if device == "cpu" and model.num_parameters() < THREADED_PARAMETERS:
            torch.set_num_threads(1)
        self._generation = Generation(
            model,
            tokenizer,
            run.plan,
            cap=experiment.max_new_tokens,
            seed=experiment.seed,
            batch_size=experiment.batch_size,
            engine=experiment.engine,
            prompt_format=prompt_format(experiment),
            close_tag=experiment.close_tag,
        )

    def work(self, claims: Claims, tally: Tally, watch: Watch) -> None:
        """Generate, grade and write down what can be claimed, until there is nothing left.

        Told to stop by a signal, it writes down what there is and raises KeyboardInterrupt.
        """
        run, engine = self._run, self._generation.engine
        generated = run.directory.partials()
        reached = {key: len(tokens) for key, tokens in generated.items()}
        queue = Queue(run.missing(tally.finished), claims)
        book = Journal(run.directory.journals / f"worker-{self._number}.jsonl")

        def handle(event: Completion | Partial) -> None:
            key = run.plan.key(event.id)
            if isinstance(event, Completion):
                queue.learn(key[0], len(event.tokens))
                rollout = self._generation.rollout(event)
                book.rollout(graded_row(rollout, run.experiment, self._generation.tags.closing), engine.rows)
            else:
                start = reached.get(key, 0)
                book.partial(key, start, event.tokens, engine.rows)
                reached[key] = start + len(event.tokens)

        try:
            with signals.stopping(engine.stop) as stopped:
                for event in engine.run(self._generation.requests(queue, generated)):
                    handle(event)
                    if not stopped():  # a terminal that is gone cannot be shown anything
                        watch(tally)
        finally:
            book.close()


def graded_row(rollout: Rollout, experiment: Experiment, close_tag: str) -> dict[str, Any]:
    """Grade a rollout whose thoughts end in `close_tag` and lay it out as a stored row (`schema.COLUMNS`)."""
    problem = rollout.problem
    grade = sdtool.grade(problem.gold, rollout.response, thinking=rollout.thinking, close_tag=close_tag)
    return {
        "problem_id": problem.id,
        "source": problem.source,
        "difficulty": problem.difficulty,
        "date": problem.date,
        "contamination": problem.contamination,
        "setting": rollout.setting.name,
        "sample": rollout.sample,
        **values(rollout.setting),
        "seed": experiment.seed,
        "cap": experiment.max_new_tokens,
        "prompt": rollout.prompt,
        "response": rollout.response,
        "finish_reason": rollout.finish_reason,
        "n_tokens": len(rollout.tokens),
        "token_ends": rollout.token_ends,
        "think_close_token": rollout.think_close_token,
        "gold": problem.gold,
        "answer": grade.answer,
        "verdict": grade.verdict,
        "reason": grade.reason,
        "correct": grade.correct,
        "think_closed": grade.think_closed,
        "boxed": grade.boxed,
        "looped": looped(rollout.tokens),
        "grader_version": GRADER_VERSION,
        # Where there is no text, the tokens are all there is.
        "tokens": rollout.tokens if experiment.keep_tokens or not rollout.response else None,
    }
