"""Runs a program on a terminal: terminal.py SCRIPT PROGRAM…; SCRIPT is `pause:key,pause:key,…` (seconds).

Prints what the terminal showed, then the exit status on a line of its own.
"""
import os
import pty
import select
import sys
import time

script = [step.split(":", 1) for step in sys.argv[1].split(",") if step != ""]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])

shown = b""
began = time.monotonic()
at = 0.0
steps = [(at := at + float(pause), key.encode().decode("unicode_escape")) for pause, key in script]
while time.monotonic() - began < 60:
    ready, _, _ = select.select([terminal], [], [], 0.05)
    if ready:
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if piece == b"":
            break
        shown += piece
    while steps and time.monotonic() - began >= steps[0][0]:
        os.write(terminal, steps.pop(0)[1].encode())
_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(shown)
print("\nstatus %d" % os.waitstatus_to_exitcode(status))
