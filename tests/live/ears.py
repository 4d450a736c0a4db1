"""A client that listens to a real server's socket."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

Frame = dict[str, Any]
PATIENCE = 10.0  # seconds


class Ear:
    """One open socket. The first frame has been read: `start` is its position."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.frames: list[Frame] = []
        first = json.loads(socket.recv(PATIENCE))
        assert list(first) == ["position"]
        self.start: int = first["position"]

    def next(self, patience: float = PATIENCE) -> Frame:
        """The next frame. Raises TimeoutError where none comes in time."""
        frame: Frame = json.loads(self._socket.recv(patience))
        self.frames.append(frame)
        return frame

    def whole(self, patience: float = PATIENCE) -> list[Frame]:
        """All frames of the next position."""
        frames = [self.next(patience)]
        while frames[-1].get("more"):
            frames.append(self.next(patience))
        assert {frame["position"] for frame in frames} == {frames[0]["position"]}
        return frames

    def until(self, position: int, patience: float = PATIENCE) -> list[int]:
        """The positions heard, up to this one."""
        heard: list[int] = []
        while not heard or heard[-1] < position:
            heard.append(self.whole(patience)[0]["position"])
        return heard

    def closed(self, patience: float = PATIENCE) -> tuple[int, float]:
        """The code with which it is closed (0: none), and after how many seconds. What comes before is passed over."""
        began = time.monotonic()
        try:
            while True:
                self._socket.recv(max(0.0, patience - (time.monotonic() - began)))
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 0, time.monotonic() - began

    def say(self, words: str) -> None:
        self._socket.send(words)


@contextmanager
def listening(port: int, path: str, *, token: str = "", session: str = "", origin: str | None = None) -> Iterator[Ear]:
    """Raises ConnectionClosed where it is closed before the first frame, InvalidStatus where it is refused."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if session:
        headers["Cookie"] = f"sessionid={session}"
    url = f"ws://127.0.0.1:{port}/ws/{path}"
    with connect(url, additional_headers=headers, origin=origin, open_timeout=30, close_timeout=2) as socket:  # type: ignore[arg-type]
        yield Ear(socket)
