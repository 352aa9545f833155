"""How many threads the passes get."""

from __future__ import annotations

from generators.engines.text.threads import BETWEEN, LOOK, Threads


class Machine:
    """A CPU on which passes take as long as it says, for each number of threads."""

    def __init__(self, **seconds: float) -> None:
        self.seconds = {int(name[1:]): value for name, value in seconds.items()}
        self.threads = max(self.seconds)
        self.now = 0.0

    def use(self, count: int) -> None:
        self.threads = count

    def run(self) -> None:
        self.now += self.seconds[self.threads]


def threads(machine: Machine) -> Threads:
    return Threads(max(machine.seconds), machine.use, lambda: machine.now)


def worked(made: Threads, machine: Machine, passes: int) -> None:
    for _pass in range(passes):
        made.passed(8, machine.seconds[machine.threads])


def test_threads_that_make_passes_faster_are_used() -> None:
    machine = Machine(t1=0.4, t2=0.21, t4=0.12)

    assert threads(machine).pick(machine.run) == machine.threads == 4


def test_threads_that_are_hardly_worth_it_are_left_to_others() -> None:
    machine = Machine(t1=0.4, t2=0.21, t4=0.20)

    assert threads(machine).pick(machine.run) == machine.threads == 2


def test_one_core_has_one_thread_and_measures_nothing() -> None:
    machine = Machine(t1=0.4)

    assert threads(machine).pick(machine.run) == 1
    assert machine.now == 0.0


def test_a_neighbour_who_comes_later_is_noticed_and_so_is_his_leaving() -> None:
    machine = Machine(t1=0.4, t2=0.22)
    made = threads(machine)
    made.pick(machine.run)
    machine.seconds[2] = 3.0  # two threads wait for each other

    worked(made, machine, 2 * (BETWEEN + LOOK) + 1)
    beside = machine.threads
    machine.seconds[2] = 0.22
    worked(made, machine, 2 * (BETWEEN + LOOK) + 1)

    assert (beside, machine.threads) == (1, 2)


def test_passes_of_other_sizes_are_not_compared() -> None:
    machine = Machine(t1=0.4, t2=0.22)
    made = threads(machine)
    made.pick(machine.run)

    for step in range(3 * BETWEEN):
        made.passed(8 if machine.threads == 2 else 80, machine.seconds[machine.threads] + 0.0 * step)

    assert machine.threads == 2
