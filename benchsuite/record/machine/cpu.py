"""Facts of the processor: what it is, how it clocks, what it shares, what it guards against."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping

from benchsuite.record.machine.files import CPUS, Files, Unread, allowed_cpus, cpu_list, fields
from benchsuite.record.types import Fact

# Of hundreds: those by which libraries choose their fastest code for ciphers, hashes and codes.
_FEATURES = re.compile(
    r"ssse3|sse4_[12]|avx\w*|bmi[12]|adx|fma|aes|vaes|v?pclmulqdq|sha_ni|gfni"  # x86
    r"|asimd|pmull|sha[1-5]+|crc32|sve\w*|atomics"  # ARM
)
_CLOCKS = "sys/devices/system/clocksource/clocksource0"
_NO_SCALING = "no frequency scaling here (a virtual machine, or no driver)"
# What a guest can see of who runs it: a clock that only this hypervisor offers.
_HYPERVISOR_CLOCKS = {"kvm-clock": "KVM", "hyperv_clocksource": "Hyper-V", "xen": "Xen", "vmware": "VMware"}


def _info(files: Files, *names: str) -> str:
    found = fields(files.text("proc/cpuinfo", "this system has no cpuinfo"))
    for name in names:
        if found.get(name):
            return found[name]
    raise Unread(f"cpuinfo has no field {' or '.join(names)}")


def _number(files: Files, *names: str) -> int:
    return int(_info(files, *names), 0)


def _features(files: Files) -> list[str]:
    return sorted(name for name in _info(files, "flags", "Features").split() if _FEATURES.fullmatch(name))


def _online(files: Files) -> list[int]:
    return cpu_list(files.text(f"{CPUS}/online", "the kernel does not list its CPUs"))


def _cores(files: Files) -> int:
    """Distinct (package, core) of the CPUs that are on."""
    cores = set()
    for cpu in _online(files):
        folder = f"{CPUS}/cpu{cpu}/topology"
        cores.add(
            tuple(
                files.text(f"{folder}/{name}", "the kernel does not say which CPUs share a core")
                for name in ("physical_package_id", "core_id")
            )
        )
    return len(cores)


def _sockets(files: Files) -> int:
    where = (f"{CPUS}/cpu{cpu}/topology/physical_package_id" for cpu in _online(files))
    return len({files.text(name, "the kernel does not say") for name in where})


def caches(files: Files) -> dict[str, tuple[int, int | None]]:
    """``l1d``, ``l1i``, ``l2`` … -> (bytes, CPUs that share it), as the first allowed core has it."""
    try:
        first = allowed_cpus(files)[0]
    except (Unread, IndexError):
        return {}
    found = {}
    for folder in files.below(f"{CPUS}/cpu{first}/cache", "index*"):
        try:
            level, kind, size = (files.text(f"{folder}/{name}", "") for name in ("level", "type", "size"))
        except Unread:
            continue  # virtual machines offer some caches without a size
        if amount := re.fullmatch(r"(\d+)([KMG]?)", size):
            suffix = {"Data": "d", "Instruction": "i"}.get(kind, "")
            number = int(amount[1]) << {"": 0, "K": 10, "M": 20, "G": 30}[amount[2]]
            found[f"l{level}{suffix}"] = number, _sharers(files, folder)
    return found


def _sharers(files: Files, folder: str) -> int | None:
    try:
        return len(cpu_list(files.text(f"{folder}/shared_cpu_list", ""))) or None
    except Unread:
        return None


def _cache(files: Files, name: str) -> int:
    if name not in (known := caches(files)):
        raise Unread("the kernel does not list this cache")
    return known[name][0]


def _shared_by(files: Files, name: str) -> int:
    _, sharers = caches(files).get(name, (0, None))
    if sharers is None:
        raise Unread("the kernel does not say")
    return sharers


def _policy(files: Files, name: str) -> str:
    return files.text(f"{CPUS}/cpufreq/policy0/{name}", _NO_SCALING)


def _hertz(files: Files, name: str) -> int:
    return int(_policy(files, name)) * 1000  # the kernel counts in kHz


def _base_hertz(files: Files) -> int:
    _policy(files, "scaling_driver")
    if not files.exists(f"{CPUS}/cpufreq/policy0/base_frequency"):
        raise Unread("this driver does not say")
    return _hertz(files, "base_frequency")


def _turbo(files: Files) -> bool:
    if files.exists(f"{CPUS}/intel_pstate/no_turbo"):
        return files.text(f"{CPUS}/intel_pstate/no_turbo", "unreadable") == "0"
    boost = files.text(f"{CPUS}/cpufreq/boost", "no switch for turbo here (a virtual machine, or no driver)")
    return boost == "1"


def _hypervisor(files: Files) -> bool:
    try:
        return "hypervisor" in _info(files, "flags").split()
    except Unread:
        if files.exists("sys/hypervisor/type"):
            return True
        raise Unread("only x86 on Linux has a flag for it") from None


def _hypervisor_vendor(files: Files) -> str:
    if files.exists("sys/hypervisor/type"):
        return files.text("sys/hypervisor/type", "unreadable")
    for name in ("available_clocksource", "current_clocksource"):
        clocks = files.text(f"{_CLOCKS}/{name}", "the kernel does not say") if files.exists(_CLOCKS) else ""
        for mark, vendor in _HYPERVISOR_CLOCKS.items():
            if mark in clocks:
                return vendor
    if not _hypervisor(files):
        raise Unread("the processor does not say that it is virtual")
    return files.text("sys/class/dmi/id/sys_vendor", "nothing that a guest may read names it")


def _steal_visible(files: Files) -> bool:
    """Whether stolen time was ever counted: a hypervisor may keep it to itself."""
    total = files.text("proc/stat", "this system does not count it").splitlines()[0].split()
    if int(total[8]) > 0:
        return True
    raise Unread("none since the machine was started: there was none, or the hypervisor hides it")


def _mitigations(files: Files) -> list[str]:
    """Vulnerabilities that cost speed here: what is mitigated or open, not what the CPU is free of."""
    listed = files.below(f"{CPUS}/vulnerabilities", "*")
    if not listed:
        raise Unread("the kernel does not list vulnerabilities")
    found = ((name.rpartition("/")[2], files.text(name, "unreadable")) for name in listed)
    return [f"{name}: {state}" for name, state in found if state != "Not affected"]


READERS: Mapping[str, Callable[[Files], Fact]] = {
    "cpu_model": lambda files: _info(files, "model name", "Model", "cpu model", "Hardware"),
    "cpu_vendor": lambda files: _info(files, "vendor_id", "CPU implementer"),
    "cpu_family": lambda files: _number(files, "cpu family", "CPU architecture"),
    "cpu_model_number": lambda files: _number(files, "model", "CPU part"),
    "cpu_stepping": lambda files: _number(files, "stepping", "CPU revision"),
    "cpu_microcode": lambda files: _info(files, "microcode"),
    "cpu_features": _features,
    "sockets": _sockets,
    "cores_physical": _cores,
    "cores_logical": lambda files: len(_online(files)),
    "cores_allowed": lambda files: len(allowed_cpus(files)),
    "numa_nodes": lambda files: len(
        cpu_list(files.text("sys/devices/system/node/online", "the kernel does not list its memory nodes"))
    ),
    "cache_l1d_bytes": lambda files: _cache(files, "l1d"),
    "cache_l1i_bytes": lambda files: _cache(files, "l1i"),
    "cache_l2_bytes": lambda files: _cache(files, "l2"),
    "cache_l2_shared_by": lambda files: _shared_by(files, "l2"),
    "cache_l3_bytes": lambda files: _cache(files, "l3"),
    "cache_l3_shared_by": lambda files: _shared_by(files, "l3"),
    "frequency_base_hertz": _base_hertz,
    "frequency_max_hertz": lambda files: _hertz(files, "cpuinfo_max_freq"),
    "frequency_driver": lambda files: _policy(files, "scaling_driver"),
    "governor": lambda files: _policy(files, "scaling_governor"),
    "turbo": _turbo,
    "smt": lambda files: files.text(f"{CPUS}/smt/active", "the kernel does not say") == "1",
    "hypervisor": _hypervisor,
    "hypervisor_vendor": _hypervisor_vendor,
    "steal_visible": _steal_visible,
    "mitigations": _mitigations,
    "clock_source": lambda files: files.text(f"{_CLOCKS}/current_clocksource", "the kernel does not say"),
    "clock_resolution_seconds": lambda files: time.get_clock_info("perf_counter").resolution,
}
