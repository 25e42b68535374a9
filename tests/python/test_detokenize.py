"""Text and token ends: each prefix of the tokens is a prefix of the response, to the byte."""

from functools import cache

import pytest
import tiny
from hypothesis import given, settings
from hypothesis import strategies as st
from sdtool.detokenize import Detokenizer, think_close_token
from tokenizers import Tokenizer, decoders, models
from transformers import AddedToken, PreTrainedTokenizerFast

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


PIECES = [
    "▁", "▁▁", "▁a", "b", "▁the", "é", "日本", "▁b▁c", ".", " n't", "##ing", "end</w>", "[INST]", "</think>",
]  # fmt: skip
SENTENCEPIECE = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
DECODERS = {
    "llama 2, mistral": decoders.Sequence([*SENTENCEPIECE, decoders.Strip(" ", 1, 0)]),
    "gemma, phi 3": decoders.Sequence(SENTENCEPIECE),
    "metaspace": decoders.Metaspace(),
    "metaspace without a prefix": decoders.Metaspace(prepend_scheme="never"),
    "bytes, then metaspace": decoders.Sequence([decoders.ByteFallback(), decoders.Metaspace()]),
    "wordpiece": decoders.WordPiece(),
    "bpe with suffixes": decoders.BPEDecoder(),
    "none": None,
}


@cache
def of_pieces(decoder):
    """A tokenizer of pieces and of bytes, with special, plain and odd added tokens."""
    pieces = ["<unk>", "</s>", *PIECES, *(f"<0x{byte:02X}>" for byte in range(256))]
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    backend = Tokenizer(models.BPE(vocab=vocabulary, merges=[], byte_fallback=True, unk_token="<unk>"))
    if DECODERS[decoder] is not None:
        backend.decoder = DECODERS[decoder]
    made = PreTrainedTokenizerFast(tokenizer_object=backend, eos_token="</s>", unk_token="<unk>")
    made.add_special_tokens({"additional_special_tokens": ["[INST]", "<|begin▁of▁text|>"]})
    made.add_tokens([AddedToken(tag, special=False) for tag in ("</think>", "ö▁ü")])
    return made


BYTES = len(PIECES) + 2
# As often pieces as bytes, whole characters among them, and ids beyond the vocabulary.
SOME = st.one_of(
    st.integers(0, BYTES - 1).map(lambda token: [token]),
    st.integers(BYTES, BYTES + 265).map(lambda token: [token]),
    st.sampled_from("aé日🦊 \n").map(lambda text: [BYTES + byte for byte in text.encode()]),
)


@pytest.mark.parametrize("decoder", DECODERS)
@given(st.lists(SOME, max_size=20))
@settings(max_examples=60)
def test_any_tokens_of_any_tokenizer_decode_as_the_tokenizer_decodes_them(decoder, parts):
    tokens = [token for part in parts for token in part]
    made = of_pieces(decoder)
    special = {token for token, entry in made.added_tokens_decoder.items() if entry.special}
    text, ends = Detokenizer(made)(tokens)
    kept = [token for token in tokens if token not in special]
    assert text == made.backend_tokenizer.decode(kept, skip_special_tokens=False)
    assert len(ends) == len(tokens)
    assert list(ends) == sorted(ends)
    assert (ends[-1] if ends else 0) == len(text.encode())


@pytest.mark.parametrize(
    "decoder", ["llama 2, mistral", "gemma, phi 3", "metaspace", "metaspace without a prefix"]
)
@given(st.lists(SOME, max_size=20))
@settings(max_examples=60)
def test_a_token_end_cuts_pieces_where_the_prefix_of_the_tokens_ends(decoder, parts):
    tokens = [token for part in parts for token in part]
    detokenize = Detokenizer(of_pieces(decoder))
    text, ends = detokenize(tokens)
    if "\ufffd" in text:  # whether a run of bytes is a text shows at its end
        return
    for count, end in enumerate(ends, 1):
        prefix = detokenize(tokens[:count])[0]
        if "\ufffd" not in prefix:  # the cut is not inside a character
            assert prefix == text.encode()[:end].decode()


def test_a_character_of_several_byte_tokens_ends_with_the_last_one():
    tokens = [4, 5, *(BYTES + byte for byte in "🦊".encode()), 2, 5, 1]
    text, ends = Detokenizer(of_pieces("gemma, phi 3"))(tokens)
    assert text == " ab🦊 b"
    assert ends == (2, 3, 4, 5, 6, 7, 8, 9, 9)


def test_the_space_that_a_decoder_takes_off_a_text_is_taken_off_its_first_token():
    assert Detokenizer(of_pieces("llama 2, mistral"))([4, 4]) == ("a a", (1, 3))
