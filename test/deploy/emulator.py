"""Runs MiniStack until standard input closes, which it does when whoever started this is gone, however that came about.

Then the process group ends: MiniStack and the functions that it started.
"""

import os
import signal
import sys
import threading

from ministack.app import main

import emulator_additions


def end_with_standard_input():
    sys.stdin.buffer.read()
    os.killpg(0, signal.SIGKILL)


threading.Thread(target=end_with_standard_input, daemon=True).start()
emulator_additions.add_all()
main()
