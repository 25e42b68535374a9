"""The plain engine: batches through `model.generate` with sdtool's logits processors.

It works for every causal language model of transformers, and it is the specification that the
faster engine is tested against. A batch runs until its longest row has ended.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from transformers import (
    GenerationConfig,
    LogitsProcessor,
    LogitsProcessorList,
    StoppingCriteria,
    TemperatureLogitsWarper,
    TopKLogitsWarper,
)

from sdtool.engine import Completion, Partial
from sdtool.errors import SdtoolError
from sdtool.logits import (
    KeyedNoiseLogitsProcessor,
    MinPLogitsProcessor,
    PresencePenaltyLogitsProcessor,
    TopPLogitsProcessor,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from sdtool.config import Setting
    from sdtool.engine import Processor, Request


def processors(
    setting: Setting,
    keys: torch.Tensor,
    prompt_length: int | torch.Tensor,
    users: Sequence[Processor] = (),
) -> list[Processor]:
    """Return the chain that a setting stands for, in the order that `sdtool.logits` documents.

    Its argmax is the sample, so it is used with `do_sample=False`.

    Args:
        setting: what to apply; whatever it switches off is left out.
        keys: int64 [rows], from `logits.noise_key`.
        prompt_length: as for the processors.
        users: further processors, which see the logits after the presence penalty.
    """
    chain: list[Processor] = []
    if setting.presence_penalty:
        chain.append(PresencePenaltyLogitsProcessor(setting.presence_penalty, prompt_length))
    chain += users
    if setting.temperature == 0:
        return chain
    if setting.temperature != 1:
        chain.append(TemperatureLogitsWarper(setting.temperature))
    if setting.top_k:
        chain.append(TopKLogitsWarper(setting.top_k))
    if setting.top_p < 1:
        chain.append(TopPLogitsProcessor(setting.top_p))
    if setting.min_p:
        chain.append(MinPLogitsProcessor(setting.min_p))
    chain.append(KeyedNoiseLogitsProcessor(keys, prompt_length))
    return chain


class BatchedEngine:
    """Runs requests in left-padded batches of one setting each.

    Args:
        model: any causal language model of transformers.
        cap: the most new tokens of a rollout.
        end_tokens: the ids that end a rollout.
        pad_token: what fills a prompt from the left.
        batch_size: the most rows of a batch; halved when memory runs out.
        processors: users' logits processors; they see left-padded rows, as in `model.generate`.
    """

    def __init__(
        self,
        model: Any,
        *,
        cap: int,
        end_tokens: Collection[int],
        pad_token: int,
        batch_size: int,
        processors: Sequence[Processor] = (),
    ) -> None:
        self.rows = 0
        self._processors = processors
        self._model = model
        self._cap = cap
        self._end_tokens = list(end_tokens)
        self._pad_token = pad_token
        self._batch_size = batch_size
        self._stopped = False

    def stop(self) -> None:
        """Bring `run` to its end; see `sdtool.engine.Engine`."""
        self._stopped = True

    def run(self, requests: Iterable[Request]) -> Iterator[Completion | Partial]:
        """Yield each batch's completions when its longest row has ended; see `Engine.run`."""
        waiting: dict[Setting, list[Request]] = {}
        for request in requests:
            batch = waiting.setdefault(request.setting, [])
            batch.append(request)
            if len(batch) >= self._batch_size:
                yield from self._batch(waiting.pop(request.setting))
            if self._stopped:
                return
        for batch in waiting.values():
            yield from self._batch(batch)

    def _batch(self, batch: Sequence[Request]) -> Iterator[Completion | Partial]:
        if self._stopped:
            return
        self.rows = len(batch)
        try:
            yield from self._results(batch, self._generate(batch))
        except torch.OutOfMemoryError:
            if len(batch) == 1:
                raise
        else:
            return
        finally:
            self.rows = 0
        # Outside the handler, so that the failed attempt's tensors are free.
        torch.cuda.empty_cache()
        half = len(batch) // 2
        self._batch_size = min(self._batch_size, half)
        for part in (batch[:half], batch[half:]):
            yield from self._batch(part)

    @torch.inference_mode()
    def _generate(self, batch: Sequence[Request]) -> Any:
        """Return the new tokens [rows, steps], each row's generated ones of earlier not included."""
        device = self._model.device
        rows = [(*request.prompt, *request.generated) for request in batch]
        width = max(map(len, rows))
        padded = [[self._pad_token] * (width - len(row)) + list(row) for row in rows]
        mask = [[0] * (width - len(row)) + [1] * len(row) for row in rows]
        earlier = [len(request.generated) for request in batch]
        chain = processors(
            batch[0].setting,
            torch.tensor([request.key for request in batch], device=device),
            width - torch.tensor(earlier, device=device) if any(earlier) else width,
            self._processors,
        )
        with _no_defaults(self._model):
            output = self._model.generate(
                torch.tensor(padded, device=device),
                attention_mask=torch.tensor(mask, device=device),
                generation_config=GenerationConfig(  # type: ignore[no-untyped-call]
                    do_sample=False,
                    max_new_tokens=self._cap - min(earlier),
                    eos_token_id=self._end_tokens,
                    pad_token_id=self._pad_token,
                ),
                logits_processor=LogitsProcessorList([_RefuseBroken(), *chain]),
                stopping_criteria=[_When(lambda: self._stopped)],
            )
        return output[:, width:]

    def _results(self, batch: Sequence[Request], tokens: torch.Tensor) -> Iterator[Completion | Partial]:
        for request, row in zip(batch, tokens.tolist(), strict=True):
            new = row[: self._cap - len(request.generated)]
            end = next((index for index, token in enumerate(new) if token in self._end_tokens), None)
            if end is not None:
                yield Completion(request.id, (*request.generated, *new[: end + 1]), "stop")
            elif len(request.generated) + len(new) == self._cap:
                yield Completion(request.id, (*request.generated, *new), "length")
            else:
                yield Partial(request.id, tuple(new))


class _When(StoppingCriteria):
    """Ends all rows of a batch once something is so."""

    def __init__(self, so: Callable[[], bool]) -> None:
        self._so = so

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor, **_: object) -> torch.Tensor:  # noqa: ARG002 - the interface
        return torch.full((len(input_ids),), self._so(), device=input_ids.device)


class _RefuseBroken(LogitsProcessor):
    """Raises where logits are no numbers, which would be drawn from all the same."""

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:  # noqa: ARG002 - the interface
        if not scores.amax(-1).isfinite().all():
            raise SdtoolError(
                "the model's logits are no numbers; what is finished is kept. If its type is float16, "
                "load it in bfloat16 or float32"
            )
        return scores


@contextmanager
def _no_defaults(model: Any) -> Iterator[None]:
    """Keep the checkpoint's own generation config out: it would add penalties that no setting asked for."""
    defaults = model.generation_config
    model.generation_config = GenerationConfig()  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        model.generation_config = defaults
