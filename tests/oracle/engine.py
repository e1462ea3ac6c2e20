"""Hadal's tokenizer: the program of `examples/oracle.rs`, asked over pipes.

In: texts, ids. Out: counts, ids, bytes. Never: more than one question under way.
"""

import array
import struct
import subprocess


class Engine:
    """One family over all packs."""

    def __init__(self, program, family, packs):
        self.packs = [pack.name for pack in packs]
        command = [program, family, *packs]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def encode(self, text):
        """By pack, the count and the count of a meter; and the ids."""
        self._ask(b"e", text.encode())
        counts = {pack: struct.unpack("<II", self._read(8)) for pack in self.packs}
        (length,) = struct.unpack("<I", self._read(4))
        return counts, array.array("I", self._read(4 * length)).tolist()

    def decode(self, ids):
        """The bytes of ids."""
        self._ask(b"d", array.array("I", ids).tobytes())
        (length,) = struct.unpack("<I", self._read(4))
        return self._read(length)

    def _ask(self, kind, content):
        self.process.stdin.write(kind + struct.pack("<I", len(content)) + content)
        self.process.stdin.flush()

    def _read(self, length):
        answer = self.process.stdout.read(length)
        if len(answer) < length:
            raise SystemExit(f"examples/oracle.rs ended early, with {self.process.wait()}")
        return answer
