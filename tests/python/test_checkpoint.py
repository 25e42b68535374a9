"""Checkpoints: what one lacks, composite models by their text, types that only the text part names."""

import shutil

import pytest
import tiny
import torch
from safetensors.torch import load_file, save_file
from sdtool import checkpoint as checkpoints
from sdtool.engine import Completion, Request
from sdtool.engine.batched import BatchedEngine
from sdtool.engine.slots import SlotEngine
from sdtool.errors import InputError
from sdtool.parameters import PRESETS
from transformers import Mistral3Config, Mistral3ForConditionalGeneration, MistralConfig, PixtralVisionConfig


@pytest.fixture
def changed(checkpoint, tmp_path):
    """Saves the tiny Llama with some weights changed; the value is its folder."""

    def save(change):
        folder = shutil.copytree(checkpoint(), tmp_path / "changed")
        weights = load_file(folder / "model.safetensors")
        change(weights)
        save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
        return str(folder)

    return save


def test_a_checkpoint_that_lacks_weights_is_refused(changed):
    folder = changed(lambda weights: weights.pop("model.norm.weight"))
    with pytest.raises(InputError, match=r"lacks 1 of the model's weights, among them model.norm.weight"):
        checkpoints.load(folder)


def test_weights_that_the_model_has_no_place_for_are_told_of(changed, caplog):
    checkpoints.load(changed(lambda weights: weights.update(surplus=torch.zeros(2))))
    assert "has no place for 1 weights of the checkpoint" in caplog.text


@pytest.fixture(scope="module")
def composite(tmp_path_factory):
    """A folder with a tiny model that sees, too; only its text part names a type."""
    torch.manual_seed(0)
    text = MistralConfig(
        **tiny.SMALL, vocab_size=322, sliding_window=None, eos_token_id=2, pad_token_id=0, bos_token_id=None
    )
    vision = PixtralVisionConfig(
        hidden_size=16, intermediate_size=16, num_hidden_layers=1, num_attention_heads=2, image_size=16,
        patch_size=8,
    )  # fmt: skip
    config = Mistral3Config(text_config=text, vision_config=vision, image_token_index=5)
    folder = tmp_path_factory.mktemp("composite")
    Mistral3ForConditionalGeneration(config).to(torch.bfloat16).save_pretrained(folder)
    tiny.tokenizer().save_pretrained(folder)
    return str(folder)


def test_a_composite_model_answers_text(composite):
    model, _ = checkpoints.load(composite)
    work = [Request(n, tuple(range(6, 12 + n)), PRESETS["general"], n + 1) for n in range(3)]
    options = {"cap": 8, "end_tokens": frozenset({2}), "pad_token": 0}
    engines = SlotEngine(model, batch_size=2, **options), BatchedEngine(model, batch_size=1, **options)
    ours, theirs = (
        {event.id: event for event in engine.run(work) if isinstance(event, Completion)} for engine in engines
    )
    assert ours == theirs
    assert len(ours) == 3


def test_the_type_of_the_weights_may_stand_in_the_text_part_alone(composite):
    config = checkpoints.load_config(composite)
    config.dtype = None
    config.text_config.dtype = torch.bfloat16
    assert checkpoints.declared_dtype(config) == torch.bfloat16
    assert checkpoints.skeleton(config).dtype == torch.bfloat16
