"""Finds the settings that take least time."""

import itertools
import sys
import time


def seconds(work, image_count):
    start = time.perf_counter()
    work.run(image_count)
    return time.perf_counter() - start


def fastest(prepare, candidates, image_count):
    """The settings that take least time for `image_count` images, the better of two tries after a warm-up."""
    timed = []
    for settings in candidates:
        try:
            work = prepare(**settings)
            seconds(work, image_count)
            timed.append((min(seconds(work, image_count) for _ in range(2)), settings))
        except RuntimeError as error:
            # Not every machine has every path (torch.compile needs a C++ compiler); the others stay in the race.
            reason = (str(error).splitlines() or ["no reason given"])[0]
            print(f"peer: {settings} does not run here: {reason}", file=sys.stderr)
    return min(timed, key=lambda entry: entry[0])[1]


def variants(**choices):
    return [dict(zip(choices, values)) for values in itertools.product(*choices.values())]
