// A subset of CUDA C++'s device side on the CPU. Included before an unmodified .cu text.
#pragma once

#include "language.h"
#include "fiber.h"
#include "scheduler.h"
#include "collectives.h"
#include "intrinsics.h"
#include "atomics.h"
#include "written.h"
#include "launch.h"
