"""A real SMTP server on this machine, just large enough to be sent to."""

import email
import socketserver
import threading
from email import policy
from email.message import EmailMessage


class Mailbox(socketserver.ThreadingTCPServer):
    """Takes whatever it is sent: `messages`. With `busy` it answers 451 to that many recipients first."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.messages: list[EmailMessage] = []
        self.busy = 0
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    @property
    def port(self) -> int:
        return self.server_address[1]


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.say("220 here")
        while line := self.rfile.readline():
            match line.split(b" ")[0].strip().upper():
                case b"RCPT" if self.server.busy:
                    self.server.busy -= 1
                    self.say("451 later")
                case b"DATA":
                    self.say("354 go on")
                    self.take()
                case b"QUIT":
                    self.say("221 bye")
                    return
                case _:
                    self.say("250 ok")

    def take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.server.messages.append(email.message_from_bytes(b"".join(lines), policy=policy.default))
        self.say("250 taken")

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())
