"""Reed-Solomon words with erasures, of every code: registered with the backend by being imported."""

from __future__ import annotations

from benchsuite.api import HostLane, Job, Prepared
from benchsuite.workloads.codes import REED_SOLOMON_DECODE_ERASURES
from benchsuite.workloads.codes.linear import DecodeOutputs
from benchsuite.workloads.codes.reed_solomon import REED_SOLOMON
from benchsuite.workloads.codes.reed_solomon_erasures import ErasedInputs, ErasuresParams
from benchsuite_numpy import wide_codes
from benchsuite_numpy.backend import backend
from benchsuite_numpy.reed_solomon import mend_symbols


@backend.implements(REED_SOLOMON_DECODE_ERASURES, version=1, constant_time="no")
def prepare(job: Job[ErasuresParams, ErasedInputs, DecodeOutputs, HostLane]) -> Prepared:
    """Encode again; where the check symbols differ, start from the locator of the erased symbols.

    Bound: as of a decoder without erasures; of wrong words some microseconds each. Source: Blahut 1983.
    """
    params = job.params
    mend = mend_symbols(params.symbol_bits, params.n, params.k)
    return wide_codes.decode(REED_SOLOMON.code(params), mend, job, job.inputs.erased)
