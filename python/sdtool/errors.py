"""The errors that sdtool raises on purpose. Only the command line catches them."""


class SdtoolError(Exception):
    """Something failed; the message says what, where, and what to do.

    `exit_code` is what the command line ends with: 1 failed, 2 bad usage or input.
    """

    exit_code = 1


class InputError(SdtoolError, ValueError):
    """What the user gave (a file, a flag, a column, a value) cannot be used."""

    exit_code = 2
