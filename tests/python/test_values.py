"""Numbers as people write them."""

import pytest
from sdtool import values
from sdtool.errors import InputError


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["16k"], [16384]),
        (["16k,32K,48k"], [16384, 32768, 49152]),
        (["16k", "100"], [16384, 100]),
        ([" 2k , 1k"], [2048, 1024]),
    ],
)
def test_tokens_are_written_in_full_or_in_k(texts, expected):
    assert values.token_list(texts, "--cap") == expected


@pytest.mark.parametrize("text", ["", "0", "-1", "16kk", "1.5k", "k", "16k,,32k", "many", "\uff11\uff16"])
def test_other_tokens_are_refused(text):
    with pytest.raises(InputError, match=r"--cap: .* is not a number of tokens"):
        values.token_list([text], "--cap")


@pytest.mark.parametrize(
    ("texts", "whole", "expected"),
    [
        (["0.6"], False, [0.6]),
        (["1"], False, [1.0]),
        (["0.6,1"], False, [0.6, 1.0]),
        (["0.6", "1"], False, [0.6, 1.0]),
        (["20,50"], True, [20, 50]),
    ],
)
def test_several_values_have_commas_between_or_are_repeated(texts, whole, expected):
    assert values.numbers(texts, "--x", whole=whole) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0,6", "'0,6' can be read in two ways: write 0.6 for a decimal, 0.0,6.0 for 2 values"),
        ("0,6,1", "write 0.6,1 for a decimal, 0.0,6.0,1.0 for 3 values"),
        ("0.6,", "'' is not a number"),
        ("warm", "'warm' is not a number"),
    ],
)
def test_what_can_be_read_in_two_ways_or_in_none_is_refused(text, message):
    with pytest.raises(InputError, match=message):
        values.numbers([text], "--temperature")
