"""From generated token ids to text, with the byte at which each token ends."""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from transformers import PreTrainedTokenizerBase

_REPLACEMENT = "\ufffd"

# A broken sequence is first decoded to one surrogate, which UTF-8 itself never yields, that tells its length.
_MARK_BROKEN = "sdtool.mark-broken"
_FIRST_SURROGATE = 0xDC00
_BROKEN = re.compile("([\udc01-\udc04])")


def _mark(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return chr(_FIRST_SURROGATE + error.end - error.start), error.end


codecs.register_error(_MARK_BROKEN, _mark)


class Detokenizer:
    """Decodes responses as the tokenizer itself does, without special tokens other than the kept ones.

    Any token ids are decoded. An id that the tokenizer does not know has no text, and bytes that are no
    UTF-8 become U+FFFD.

    Args:
        tokenizer: a fast one, of any kind: byte-level, with byte fallback, SentencePiece, WordPiece.
        kept: special tokens that are part of the text all the same, such as the tags around a thought.
    """

    def __init__(
        self, tokenizer: PreTrainedTokenizerBase, kept: Collection[str] = ("<think>", "</think>")
    ) -> None:
        backend = tokenizer.backend_tokenizer
        added = tokenizer.added_tokens_decoder
        self._dropped = {
            token for token, entry in added.items() if entry.special and entry.content not in kept
        }
        steps = _decoder_steps(backend)
        self._decode: Callable[[Sequence[int]], tuple[str, list[int]]]
        if steps == ["ByteLevel"]:
            self._decode = _ByteLevel(backend, {token: entry.content for token, entry in added.items()})
        else:
            self._decode = _Pieces(backend, byte_fallback="ByteFallback" in steps)

    def __call__(self, tokens: Sequence[int]) -> tuple[str, tuple[int, ...]]:
        """Return the text and, for each token, the offset in its UTF-8 where the token ends.

        A dropped token ends where its predecessor does. A character that several tokens spell ends with
        the last of them.
        """
        kept = [token for token in tokens if token not in self._dropped]
        text, kept_ends = self._decode(kept)
        following = iter(kept_ends)
        end, ends = 0, []
        for token in tokens:
            if token not in self._dropped:
                end = next(following)
            ends.append(end)
        return text, tuple(ends)


def think_close_token(response: str, token_ends: Sequence[int], close_tag: str = "</think>") -> int | None:
    """Return the index of the token that completes the first closing tag, or None."""
    start = response.find(close_tag)
    if start < 0:
        return None
    end = len(response[:start].encode()) + len(close_tag.encode())
    return next((index for index, token_end in enumerate(token_ends) if token_end >= end), None)


class _ByteLevel:
    """Byte-level BPE (GPT-2): every token stands for bytes of its own."""

    def __init__(self, backend: Any, added: dict[int, str]) -> None:
        alphabet = _byte_alphabet()
        self._bytes = {
            token: bytes(alphabet[character] for character in piece)
            for piece, token in backend.get_vocab(with_added_tokens=False).items()
            if all(character in alphabet for character in piece)
        }
        self._bytes |= {token: content.encode() for token, content in added.items()}

    def __call__(self, tokens: Sequence[int]) -> tuple[str, list[int]]:
        pieces = [self._bytes.get(token, b"") for token in tokens]
        return _utf8(b"".join(pieces), _running_sum(map(len, pieces)))


class _Pieces:
    """Tokenizers whose tokens are pieces of text, in part bytes written as `<0x0A>`.

    The text is what the tokenizer's own decoder gives for the whole. Where a token ends is measured by
    decoding it between two others, which keeps the space that a decoder takes off the first one.
    """

    def __init__(self, backend: Any, *, byte_fallback: bool) -> None:
        self._backend = backend
        pieces = {byte: backend.token_to_id(f"<0x{byte:02X}>") for byte in range(256 * byte_fallback)}
        self._bytes = {token: byte for byte, token in pieces.items() if token is not None}
        self._lengths: dict[int, int] = {}
        self._neighbour = _plain_token(backend)
        self._alone = len(self._text([self._neighbour] * 2).encode())

    def __call__(self, tokens: Sequence[int]) -> tuple[str, list[int]]:
        text = self._text(tokens)
        whole = len(text.encode())
        ends = _running_sum(self._all_lengths(tokens))
        # What a decoder takes off the beginning of a text is missing from the first token's length.
        surplus = ends[-1] - whole if ends else 0
        ends = [min(max(end - max(surplus, 0), 0), whole) for end in ends]
        if ends:
            ends[-1] = whole
        return text, ends

    def _text(self, tokens: Sequence[int]) -> str:
        return str(self._backend.decode(tokens, skip_special_tokens=False))

    def _all_lengths(self, tokens: Sequence[int]) -> list[int]:
        """Bytes of text of each token; those of a run of byte tokens depend on the whole run."""
        lengths: list[int] = []
        run: list[int] = []
        for token in tokens:
            if token in self._bytes:
                run.append(self._bytes[token])
                continue
            lengths += _run_lengths(run)
            run = []
            if token not in self._lengths:
                between = self._text([self._neighbour, token, self._neighbour])
                self._lengths[token] = max(len(between.encode()) - self._alone, 0)
            lengths.append(self._lengths[token])
        return lengths + _run_lengths(run)


def _run_lengths(run: Sequence[int]) -> list[int]:
    """Bytes of text of each token of a run of byte tokens: itself, or U+FFFD where the run is no UTF-8."""
    try:
        bytes(run).decode()
    except UnicodeDecodeError:
        return [len(_REPLACEMENT.encode())] * len(run)
    return [1] * len(run)


def _running_sum(lengths: Any) -> list[int]:
    ends, end = [], 0
    for length in lengths:
        end += length
        ends.append(end)
    return ends


def _utf8(data: bytes, ends: list[int]) -> tuple[str, list[int]]:
    """Decode UTF-8 with replacement and move the offsets from the bytes to the text."""
    marked = data.decode(errors=_MARK_BROKEN)
    parts = _BROKEN.split(marked)
    if len(parts) == 1:
        return marked, ends
    offsets = [0]  # in the text, of each byte and of the end
    for part in parts:
        start = offsets[-1]
        if _BROKEN.fullmatch(part):
            inside = ord(part) - _FIRST_SURROGATE - 1
            offsets += [start] * inside + [start + len(_REPLACEMENT.encode())]
        else:
            offsets += range(start + 1, start + len(part.encode()) + 1)
    return _BROKEN.sub(_REPLACEMENT, marked), [offsets[end] for end in ends]


def _decoder_steps(backend: Any) -> list[str]:
    """The kinds of decoder that a tokenizer applies, in order, those aside that only join pieces."""
    decoder = json.loads(backend.to_str())["decoder"]
    if decoder is None:
        return []
    steps = decoder["decoders"] if decoder["type"] == "Sequence" else [decoder]
    return [step["type"] for step in steps if step["type"] != "Fuse"]


def _plain_token(backend: Any) -> int:
    """A token that is text by itself: one letter or digit, else whatever there is."""
    vocabulary = backend.get_vocab(with_added_tokens=False)
    plain = (token for piece, token in vocabulary.items() if len(piece) == 1 and piece.isalnum())
    return int(next(plain, min(vocabulary.values(), default=0)))


def _byte_alphabet() -> dict[str, int]:
    """Return the printable characters that byte-level BPE (GPT-2) writes for the 256 bytes."""
    printable = [
        *range(ord("!"), ord("~") + 1),
        *range(ord("¡"), ord("¬") + 1),
        *range(ord("®"), ord("ÿ") + 1),
    ]
    others = [byte for byte in range(256) if byte not in printable]
    return {chr(byte): byte for byte in printable} | {
        chr(256 + index): byte for index, byte in enumerate(others)
    }
