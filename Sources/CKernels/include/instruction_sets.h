#pragma once

// Every kernel exists once for each of these and takes the widest that the processor has.
typedef enum { kernels_portable = 0, kernels_avx2 = 1, kernels_avx512 = 2 } kernels_instruction_set;

// Whether this processor has the instructions, allowed or not.
int kernels_have(kernels_instruction_set set);

// The widest of this processor, or the narrower one that was asked for.
kernels_instruction_set kernels_current(void);

// Not wider than this from now on, on every thread: sums are taken in another order by each set.
void kernels_limit_process(kernels_instruction_set widest);

// For tests: not wider than this from now on, on the calling thread.
void kernels_limit(kernels_instruction_set widest);
