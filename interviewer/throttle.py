"""How often something may be tried: so many times in so many seconds for each key."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

MOST_KEYS = 10_000  # remembered; the longest unused are forgotten first


class Throttle:
    """Counts tries by key; forgets them when the process ends."""

    def __init__(
        self, most: int, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._tries: OrderedDict[str, list[float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Count a try; seconds to wait when there were too many already, else 0."""
        with self._lock:
            now = self._clock()
            recent = [t for t in self._tries.pop(key, []) if now - t < self._seconds]
            self._tries[key] = recent
            while len(self._tries) > MOST_KEYS:
                self._tries.popitem(last=False)
            if len(recent) >= self._most:
                return self._seconds - (now - recent[0])
            recent.append(now)
            return 0.0

    def give_back(self, key: str) -> None:
        """The last try of a key does not count: it was a good one."""
        with self._lock:
            if self._tries.get(key):
                self._tries[key].pop()
