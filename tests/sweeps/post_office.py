"""A mail server on loopback that takes every letter and keeps it."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message


@dataclass
class PostOffice:
    """The running server and the letters it was given."""

    port: int = 0
    letters: list[bytes] = field(default_factory=list)

    def letter(self, number: int = 0) -> tuple[str, str]:
        """Subject and text of a letter."""
        message: Message = message_from_bytes(self.letters[number])
        texts = [
            part.get_payload(decode=True).decode()  # type: ignore[union-attr]
            for part in message.walk()
            if part.get_content_maintype() == "text"
        ]
        return str(make_header(decode_header(message["Subject"]))), "\n".join(texts)


@contextmanager
def post_office() -> Iterator[PostOffice]:
    """A post office for the length of the block."""
    office = PostOffice()

    class Clerk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.say(b"220 here")
            for line in self.rfile:
                match line[:4].upper():
                    case b"DATA":
                        self.say(b"354 go on")
                        office.letters.append(self.letter())
                        self.say(b"250 taken")
                    case b"QUIT":
                        self.say(b"221 bye")
                        return
                    case _:
                        self.say(b"250 ok")

        def say(self, line: bytes) -> None:
            self.wfile.write(line + b"\r\n")

        def letter(self) -> bytes:
            lines: list[bytes] = []
            for line in self.rfile:
                if line == b".\r\n":
                    break
                lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
            return b"".join(lines)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clerk) as server:
        office.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield office
        finally:
            server.shutdown()
            thread.join()
