"""What every engine is asked for, and what is told of each answer."""

from __future__ import annotations

from dataclasses import dataclass

TOLD = (
    "Names that people gave to places, each of them short, friendly and new.",
    "What these places are called by those who opened them.",
    "Good names are short, easy to say, and a little funny.",
    "Signs over doors in our street, and the trades behind them.",
)
KNOWN = (("barber", "Shear Delight"), ("bakery", "Rise & Shine"), ("book shop", "Dog Ears"), ("bike shop", "Spoke Easy"))
PLACES = (
    "tea bar",
    "bike shop",
    "bakery",
    "second-hand book shop",
    "climbing hall",
    "flower shop",
    "swimming pool",
    "toy library",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Some ideas to make, each of `tokens` tokens; temperature 1, min-p 0.05, no end before that."""

    prompts: tuple[str, ...]
    n: int  #: ideas of each prompt
    tokens: int
    adapters: bool = False  #: prompt i is asked of adapter i modulo 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One task, done once."""

    tokens: int  #: that came
    wall_s: float
    cpu_s: float  #: of all threads of the engine's process
    first_s: float  #: until the first idea was whole

    @property
    def per_cpu_s(self) -> float:
        """Tokens a CPU-second."""
        return self.tokens / self.cpu_s


def prompt(number: int) -> str:
    """A prompt of 80 to 95 tokens as the service's client writes them; the first 32 all differ."""
    turned = KNOWN[number % len(KNOWN) :] + KNOWN[: number % len(KNOWN)]
    lines = [f'The best name for a {kind} is "{name}".' for kind, name in turned]
    place = PLACES[(number // len(TOLD)) % len(PLACES)]
    return "\n".join([f"List {number + 1}. {TOLD[number % len(TOLD)]}", "", *lines, f'The best name for a {place} is "'])


def tasks(tokens: int, *, round_: int) -> dict[str, Task]:
    """The columns of the table: ideas of one prompt at once, 32 prompts at once, and these with adapters.

    Every column of every round has prompts of its own, so that no engine has the beginning of one kept. Those with adapters
    are the same 32: what a service keeps of a prompt it keeps for each adapter apart.
    """
    counts = (1, 8, 32)
    asked = {
        f"n{n}": Task(prompts=(prompt(1000 + len(counts) * round_ + place),), n=n, tokens=tokens)
        for place, n in enumerate(counts)
    }
    mixed = tuple(prompt(32 * round_ + number) for number in range(32))
    return asked | {
        "mixed": Task(prompts=mixed, n=1, tokens=tokens),
        "lora": Task(prompts=mixed, n=1, tokens=tokens, adapters=True),
    }
