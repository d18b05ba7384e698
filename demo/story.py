"""Stories: what people do one after the other, and what must follow. Each step is one sentence, checked."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from demo.timeline import Timeline


class NotSeenError(Exception):
    """What a step expects did not happen; says what was seen instead."""


@dataclass(frozen=True)
class Step:
    """One thing done or expected. `act` raises NotSeenError, or whatever went wrong."""

    sentence: str
    act: Callable[[], None]
    checked: bool = True  # False: something that a person does, which is no expectation


@dataclass
class Story:
    """Steps in order; after one that failed the others are not reached."""

    title: str
    steps: Sequence[Step]
    failed: list[str] = field(default_factory=list)
    passed: int = 0

    def tell(self, timeline: Timeline, stop: threading.Event) -> None:
        """Do every step; write down what did not happen."""
        for position, step in enumerate(self.steps):
            if stop.is_set():
                return
            try:
                step.act()
            except Exception as trouble:  # whatever it is, the step did not happen, and the demo says so
                why = str(trouble) or type(trouble).__name__
                timeline.check(step.sentence, passed=False, why=why)
                self.failed.append(f"{self.title}: {step.sentence}: {why}")
                rest = sum(later.checked for later in self.steps[position + 1 :])
                if rest:
                    self.failed.append(f"{self.title}: {rest} more steps, which were not reached")
                return
            if step.checked:
                self.passed += 1
                timeline.check(step.sentence, passed=True)


def tell_all(stories: Sequence[Story], timeline: Timeline, stop: threading.Event) -> None:
    """Tell the stories at the same time; `stop` ends them early."""
    threads = [
        threading.Thread(target=story.tell, args=(timeline, stop), name=story.title, daemon=True) for story in stories
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        while thread.is_alive():
            thread.join(0.2)  # short, so that Ctrl-C is heard
