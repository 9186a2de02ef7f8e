"""Worker processes: spawn, talk to, time-limit and bury them.

Knows no benchmark: a worker serves one function ``(request) -> reply`` over a pipe of JSON messages. An
exception whose ``ends_worker`` is true ends the worker that raised it.
"""

from benchsuite.workers.process import Worker, WorkerError, WorkerLost, blas_threads, first_to_answer

__all__ = ["Worker", "WorkerError", "WorkerLost", "blas_threads", "first_to_answer"]
