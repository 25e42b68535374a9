"""A stopping signal ends the work, whatever code it meets first."""

import contextlib
import os
import signal

import pytest
from sdtool import signals


@pytest.fixture(autouse=True, params=[signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def send(request):
    """Send a stopping signal to this process, which nothing has told it to ignore."""
    before = signal.signal(request.param, signal.SIG_DFL)
    yield lambda: os.kill(os.getpid(), request.param)
    signal.signal(request.param, before)


def test_it_interrupts(send):
    told = []
    with pytest.raises(KeyboardInterrupt), signals.interrupting(lambda: told.append(1)):
        send()
    assert told == [1]


def test_work_does_not_begin_after_an_interrupt_that_was_swallowed(send):
    begun = []

    def work():
        # As in a callback of the import system, whose exceptions are ignored.
        with contextlib.suppress(KeyboardInterrupt):
            send()
        with signals.stopping(lambda: None):
            begun.append(1)

    with pytest.raises(KeyboardInterrupt), signals.interrupting():
        work()
    assert not begun


def test_an_exception_that_is_made_of_an_interrupt_is_an_interrupt(send):
    def work():
        try:
            send()
        except KeyboardInterrupt as interrupt:
            raise ImportError("half a module") from interrupt

    with pytest.raises(KeyboardInterrupt), signals.interrupting():
        work()


def test_other_exceptions_stay_what_they_are():
    with pytest.raises(RuntimeError, match="out of memory"), signals.interrupting():
        raise RuntimeError("out of memory")


def test_the_next_work_knows_nothing_of_an_earlier_signal(send):
    with pytest.raises(KeyboardInterrupt), signals.interrupting():
        send()
    with signals.interrupting(), signals.stopping(lambda: None) as stopped:
        assert not stopped()
