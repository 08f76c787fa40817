#ifndef CPEAK_H
#define CPEAK_H

#include <stdint.h>

/// Name of the instructions that `cpeak_run` uses on this processor.
const char *cpeak_instructions(void);

/// Multiplies and adds in single precision, in registers only, `rounds` times over.
///
/// Returns how many floating-point operations that took; a fused multiply-add counts as 2. Adds a number that
/// depends on all of them to `sink`, so that none can be left out.
double cpeak_run(uint64_t rounds, float *sink);

#endif
