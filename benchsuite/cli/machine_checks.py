"""What the facts of a machine mean for figures taken on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from benchsuite.cli.check import Check, warn_if
from benchsuite.record.types import Fact

Facts = Mapping[str, Fact]

_SLOW_CLOCKS = {"hpet", "acpi_pm", "jiffies", "refined-jiffies"}


def machine_checks(facts: Facts) -> Iterator[Check]:
    """One check for each fact, or pair of facts, that a user can mend; what is unread says why."""
    yield from _clocking(facts)
    yield from _sharing(facts)
    yield from _software(facts)


def _said(facts: Facts, name: str) -> str:
    """The fact as text, or why it is unread."""
    fact = facts.get(name)
    if fact is None:
        return str(facts.get(f"{name}_reason", "unknown"))
    return {True: "on", False: "off"}.get(fact, str(fact)) if isinstance(fact, bool) else str(fact)


def _clocking(facts: Facts) -> Iterator[Check]:
    yield warn_if(
        facts["governor"] not in {None, "performance"},
        "frequency governor",
        _said(facts, "governor"),
        "cpupower frequency-set -g performance",
    )
    yield warn_if(
        facts["turbo"] is True,
        "turbo",
        _said(facts, "turbo"),
        "switch boost frequencies off for steadier figures: they depend on heat and on the other cores",
    )
    yield warn_if(
        facts["clock_source"] in _SLOW_CLOCKS,
        "clock source",
        _said(facts, "clock_source"),
        "boot with clocksource=tsc where the processor has a stable one: reading this clock is slow",
    )


def _sharing(facts: Facts) -> Iterator[Check]:
    cores, load = facts["cores_allowed"], facts["load_average_1_minute"]
    if isinstance(load, float) and isinstance(cores, int):
        yield warn_if(
            load >= 0.3 * cores,
            "load",
            f"{load:.2f} on {cores} cores",
            "end other work: figures taken beside it are noisier and may be inconclusive",
        )
    else:
        yield Check("load", "ok", _said(facts, "load_average_1_minute"))
    yield warn_if(
        facts["smt"] is True,
        "hardware threads",
        f"sharing of cores: {_said(facts, 'smt')}",
        "leave the second thread of each core idle, or switch SMT off: two threads of a core share its units",
    )
    quota = facts["cpu_quota_cores"]
    limited = isinstance(quota, float) and isinstance(cores, int) and quota < cores
    yield warn_if(
        limited,
        "CPU quota",
        f"{quota:g} of {cores} cores" if limited else "none below the number of cores",
        "raise the container's CPU limit to whole cores: a throttled process pauses in mid-sample",
    )
    yield warn_if(
        facts["hypervisor"] is True,
        "hypervisor",
        _hypervisor(facts),
        "neighbours cost time: trust intervals, not single figures",
    )
    nodes = facts["numa_nodes"]
    yield warn_if(
        isinstance(nodes, int) and nodes > 1,
        "memory nodes",
        _said(facts, "numa_nodes"),
        "stay on one node (numactl --cpunodebind=0 --membind=0): the memory of another is slower",
    )


def _hypervisor(facts: Facts) -> str:
    if facts["hypervisor"] is None:
        return _said(facts, "hypervisor")
    if facts["hypervisor"] is False:
        return "bare metal"
    stolen = (
        "tells of stolen time" if facts["steal_visible"] else f"stolen time: {_said(facts, 'steal_visible')}"
    )
    return f"virtual machine ({facts['hypervisor_vendor'] or 'vendor unknown'}), {stolen}"


def _software(facts: Facts) -> Iterator[Check]:
    used = facts["swap_used_bytes"]
    yield warn_if(
        isinstance(used, int) and used > 0,
        "swap",
        f"{used >> 20} MiB in use" if isinstance(used, int) else _said(facts, "swap_used_bytes"),
        "free memory, then swapoff -a: a pool that was swapped out is measured from the disk",
    )
    yield warn_if(
        facts["transparent_huge_pages"] == "never",
        "huge pages",
        _said(facts, "transparent_huge_pages"),
        "echo madvise > /sys/kernel/mm/transparent_hugepage/enabled: without them large arrays wait for "
        "address translation, and compare badly with other machines",
    )
    options = facts["python_optimisations"]
    built = " ".join(options) if isinstance(options, list) else _said(facts, "python_optimisations")
    yield warn_if(
        "--with-pydebug" in built,
        "Python",
        f"{facts['python_implementation']} {facts['python_version']} ({built}), "
        f"GIL {_said(facts, 'python_gil')}, JIT {_said(facts, 'python_jit')}",
        "use a build of Python that is not for debugging",
    )
    threads = f"{facts['blas_threads']} in every worker ({_said(facts, 'numpy_blas')})"
    yield Check("BLAS threads", "ok", threads)
