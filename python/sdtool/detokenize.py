"""From generated token ids to text, with the byte at which each token ends."""

from __future__ import annotations

import codecs
import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from transformers import PreTrainedTokenizerBase

THINK_CLOSE = "</think>"
_THINK_TAGS = ("<think>", THINK_CLOSE)
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
    """Decodes responses without special tokens, but with `<think>` and `</think>`, special or not.

    For byte-level BPE the ends are exact: a token's bytes are known, also where a character is spread
    over several tokens. For other tokenizers a character counts for the token that completes it.
    """

    def __init__(self, tokenizer: PreTrainedTokenizerBase) -> None:
        self._backend = tokenizer.backend_tokenizer
        added = tokenizer.added_tokens_decoder
        self._dropped = {
            token for token, entry in added.items() if entry.special and entry.content not in _THINK_TAGS
        }
        self._bytes: dict[int, bytes] | None = None
        if _is_byte_level(self._backend.to_str()):
            alphabet = _byte_alphabet()
            self._bytes = {
                token: bytes(alphabet[character] for character in piece)
                for piece, token in self._backend.get_vocab(with_added_tokens=False).items()
                if all(character in alphabet for character in piece)
            }
            self._bytes |= {token: entry.content.encode() for token, entry in added.items()}

    def __call__(self, tokens: Sequence[int]) -> tuple[str, tuple[int, ...]]:
        """Return the text and, for each token, the offset in its UTF-8 where the token ends.

        A dropped token ends where its predecessor does. Bytes that are not UTF-8 become U+FFFD.
        """
        return self._by_pieces(tokens) if self._bytes is None else self._by_bytes(tokens, self._bytes)

    def _by_bytes(self, tokens: Sequence[int], table: dict[int, bytes]) -> tuple[str, tuple[int, ...]]:
        # An id beyond the vocabulary (models pad their embeddings) has no text.
        pieces = [b"" if token in self._dropped else table.get(token, b"") for token in tokens]
        ends, end = [], 0
        for piece in pieces:
            end += len(piece)
            ends.append(end)
        return _decode(b"".join(pieces), ends)

    def _by_pieces(self, tokens: Sequence[int]) -> tuple[str, tuple[int, ...]]:
        from tokenizers.decoders import DecodeStream

        stream = DecodeStream(skip_special_tokens=False)
        text, ends = [], []
        end = 0
        for token in tokens:
            piece = None if token in self._dropped else stream.step(self._backend, token)
            if piece:
                text.append(piece)
                end += len(piece.encode())
            ends.append(end)
        return "".join(text), tuple(ends)


def think_close_token(response: str, token_ends: Sequence[int]) -> int | None:
    """Return the index of the token that completes the first `</think>`, or None."""
    start = response.find(THINK_CLOSE)
    if start < 0:
        return None
    end = len(response[:start].encode()) + len(THINK_CLOSE)
    return next((index for index, token_end in enumerate(token_ends) if token_end >= end), None)


def _decode(data: bytes, ends: list[int]) -> tuple[str, tuple[int, ...]]:
    """Decode UTF-8 with replacement and move the offsets from the bytes to the text."""
    marked = data.decode(errors=_MARK_BROKEN)
    parts = _BROKEN.split(marked)
    if len(parts) == 1:
        return marked, tuple(ends)
    offsets = [0]  # in the text, of each byte and of the end
    for part in parts:
        start = offsets[-1]
        if _BROKEN.fullmatch(part):
            inside = ord(part) - _FIRST_SURROGATE - 1
            offsets += [start] * inside + [start + len(_REPLACEMENT.encode())]
        else:
            offsets += range(start + 1, start + len(part.encode()) + 1)
    return _BROKEN.sub(_REPLACEMENT, marked), tuple(offsets[end] for end in ends)


def _is_byte_level(tokenizer: str) -> bool:
    decoder = json.loads(tokenizer)["decoder"]
    return decoder is not None and decoder["type"] == "ByteLevel"


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
