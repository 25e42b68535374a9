"""Text and token ends: each prefix of the tokens is a prefix of the response, to the byte."""

import pytest
import tiny
from hypothesis import given
from hypothesis import strategies as st
from sdtool.detokenize import Detokenizer, think_close_token
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers
from transformers import PreTrainedTokenizerFast

TOKENIZER = tiny.tokenizer()
DETOKENIZE = Detokenizer(TOKENIZER)
SPECIAL = {token for token, entry in TOKENIZER.added_tokens_decoder.items() if entry.special}


def decoded(tokens):
    return TOKENIZER.decode([token for token in tokens if token not in SPECIAL])


@given(st.lists(st.integers(0, len(TOKENIZER) - 1), max_size=40))
def test_any_tokens_decode_as_the_tokenizer_decodes_them(tokens):
    text, ends = DETOKENIZE(tokens)
    assert text == decoded(tokens)
    assert len(ends) == len(tokens)
    assert list(ends) == sorted(ends)
    assert (ends[-1] if ends else 0) == len(text.encode())


@given(st.lists(st.integers(0, len(TOKENIZER) - 1), max_size=25))
def test_a_token_end_cuts_the_response_where_the_prefix_of_the_tokens_ends(tokens):
    text, ends = DETOKENIZE(tokens)
    for count, end in enumerate(ends, 1):
        cut = text.encode()[:end].decode(errors="ignore")
        # Where the cut is inside a character, the tokenizer shows replacement characters for its first bytes.
        assert decoded(tokens[:count]).rstrip("\ufffd") == cut.rstrip("\ufffd")


@given(st.text())
def test_tokens_of_a_text_give_the_text_back(text):
    ids = TOKENIZER(text, add_special_tokens=False).input_ids
    got, ends = DETOKENIZE(ids)
    if not any(tag in text for tag in ("<|endoftext|>", "<|im_start|>", "<|im_end|>")):
        assert got == text
        assert (ends[-1] if ends else 0) == len(text.encode())


def test_a_character_spread_over_tokens_ends_with_its_last_byte():
    ids = TOKENIZER("é🦊", add_special_tokens=False).input_ids
    text, ends = DETOKENIZE(ids)
    assert text == "é🦊"
    assert ends == tuple(range(1 + 6 - len(ids), 7))


def test_special_tokens_are_dropped_and_think_tags_are_kept():
    end = TOKENIZER.eos_token_id
    ids = [*TOKENIZER("a</think>b", add_special_tokens=False).input_ids, end]
    assert DETOKENIZE(ids) == ("a</think>b", (1, 9, 10, 10))


def test_think_tags_are_kept_also_where_they_are_marked_special():
    marked = tiny.tokenizer()
    marked.add_special_tokens({"additional_special_tokens": ["</think>"]})
    ids = marked("a</think>b", add_special_tokens=False).input_ids
    assert Detokenizer(marked)(ids)[0] == "a</think>b"


def test_ids_beyond_the_vocabulary_have_no_text():
    assert DETOKENIZE([10**6])[1] == (0,)


@pytest.mark.parametrize(
    ("response", "ends", "expected"),
    [
        ("ab", (1, 2), None),
        ("a</think>b", (1, 9, 10), 1),
        ("a</think>b", (4, 8, 10), 2),
        ("é</think>", (2, 10), 1),
        ("</think></think>", (8, 16), 0),
        ("</think>", (3, 8, 8), 1),
    ],
)
def test_the_token_that_completes_the_first_think_close(response, ends, expected):
    assert think_close_token(response, ends) == expected


def test_a_tokenizer_of_pieces_with_byte_fallback():
    pieces = {"<unk>": 0, "</s>": 1, "▁a": 2, "b": 3, "▁": 4, "</think>": 5}
    pieces |= {f"<0x{byte:02X}>": 6 + byte for byte in range(256)}
    backend = Tokenizer(models.BPE(vocab=pieces, merges=[], byte_fallback=True, unk_token="<unk>"))
    backend.normalizer = normalizers.Replace(" ", "▁")
    backend.pre_tokenizer = pre_tokenizers.Metaspace()
    backend.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="</s>", unk_token="<unk>")
    fox = [6 + byte for byte in "🦊".encode()]
    text, ends = Detokenizer(tokenizer)([2, 3, *fox, 4, 3, 1])
    assert text == " ab🦊 b"
    assert ends == (2, 3, 4, 5, 6, 7, 8, 9, 9)
