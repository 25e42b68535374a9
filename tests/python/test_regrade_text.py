"""Texts in the pages of Parquet: each that is not UTF-8 is named with its row, however its page is stored."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sdtool
from sdtool.errors import InputError

# zstd is decompressed, and looked at, in blocks of so many bytes.
BLOCK = 1 << 17
FILLER = "né €, 😀: so we find that ".encode()
ANSWER = b" \\boxed{1}"

STORED = {
    f"{compression}, version {version}": {"compression": compression, "data_page_version": version}
    for compression in ("zstd", "snappy", "gzip", "none")
    for version in ("1.0", "2.0")
}
ENCODED = {
    "plain": {"use_dictionary": False},
    "dictionary": {"use_dictionary": True},
    "delta": {"use_dictionary": False, "column_encoding": {"response": "DELTA_LENGTH_BYTE_ARRAY"}},
}


def text_of(size: int, start: int = 0) -> bytes:
    """So many bytes of UTF-8, the characters in other places for another start."""
    text = b"a" * (start % len(FILLER)) + FILLER * (size // len(FILLER) + 1)
    whole = text[: size - len(ANSWER)].decode(errors="ignore").encode()
    return whole.ljust(size - len(ANSWER)) + ANSWER


def write(path, responses, *, golds=None, nullable=True, **options):
    """A file of one row group whose texts may be any bytes."""

    def column(texts):
        binary = pa.array(texts, pa.binary())
        return pa.Array.from_buffers(pa.string(), len(texts), binary.buffers(), binary.null_count)

    types = [pa.field("gold", pa.string()), pa.field("response", pa.string(), nullable)]
    golds = golds or [b"1"] * len(responses)
    pq.write_table(pa.table([column(golds), column(responses)], pa.schema(types)), path, **options)
    return path


def message_of(path):
    with pytest.raises(InputError) as caught:
        sdtool.regrade(path, path.with_name("out.parquet"), threads=1, keep_text=False)
    assert not path.with_name("out.parquet").exists()
    return str(caught.value)


@pytest.mark.parametrize("stored", STORED)
@pytest.mark.parametrize("encoded", ENCODED)
@pytest.mark.parametrize("nullable", [True, False])
def test_each_text_must_be_utf8_by_itself(tmp_path, stored, encoded, nullable):
    good = [text_of(BLOCK // 3 + row, row) for row in range(8)]
    options = {"nullable": nullable, **STORED[stored], **ENCODED[encoded]}
    path = write(tmp_path / "in.parquet", good, **options)
    assert sdtool.regrade(path, path.with_name("good.parquet"), threads=1).correct == 8

    for row, bad in {
        0: b"\x80" + good[0],
        2: good[2] + b"\xff",
        3: good[3] + b"\xf0\x9f\x98",  # the next text goes on with it
        5: b"\xa9" + good[5],
        7: good[7] + b"\xc3",
    }.items():
        broken = [bad if number == row else text for number, text in enumerate(good)]
        if row == 3:
            broken[4] = b"\x80" + broken[4]
        path = write(tmp_path / "in.parquet", broken, **options)
        assert f"in.parquet: row group 0: row {row}: the text is not UTF-8" in message_of(path)

    golds = [b"1"] * 7 + [b"\xe2\x82"]
    path = write(tmp_path / "in.parquet", good, golds=golds, **options)
    assert "row group 0: row 7: the text is not UTF-8" in message_of(path)


@pytest.mark.parametrize("version", ["1.0", "2.0"])
@pytest.mark.parametrize("character", ["é", "€", "😀"])
def test_a_character_may_lie_across_the_edge_of_a_block_but_not_half_of_one(tmp_path, version, character):
    options = {"compression": "zstd", "data_page_version": version, "use_dictionary": False}
    character = character.encode()
    # Before the text stand its length and, in version 1, the levels.
    for place in range(BLOCK - 16, BLOCK + 2):
        before, after = b"a" * place, b"b" * 50 + ANSWER
        path = write(tmp_path / "in.parquet", [before + character + after], **options)
        assert sdtool.regrade(path, path.with_name("good.parquet"), threads=1).correct == 1
        path = write(tmp_path / "in.parquet", [before + character[:-1] + after], **options)
        assert "row group 0: row 0: the text is not UTF-8" in message_of(path)


@pytest.mark.parametrize("stored", STORED)
def test_texts_of_several_pages_nulls_and_short_ones(tmp_path, stored):
    texts = [None if row % 7 == 3 else text_of(20 + 997 * (row % 50), row) for row in range(400)]
    options = {**STORED[stored], "use_dictionary": False, "data_page_size": 50_000, "write_batch_size": 8}
    path = write(tmp_path / "in.parquet", texts, **options)
    done = sdtool.regrade(path, path.with_name("good.parquet"), threads=1)
    assert (done.rows, done.correct) == (400, sum(text is not None for text in texts))
    for row in (0, 100, 211, 399):
        broken = [
            text[:9] + b"\xff" + text[9:] if number == row else text for number, text in enumerate(texts)
        ]
        path = write(tmp_path / "in.parquet", broken, **options)
        assert f"row group 0: row {row}: the text is not UTF-8" in message_of(path)
