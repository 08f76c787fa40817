#pragma once

// Every kernel exists once for each of these and takes the widest that the processor has.
typedef enum { kernels_portable = 0, kernels_avx2 = 1, kernels_avx512 = 2 } kernels_instruction_set;

// The widest of this processor, or the narrower one that was asked for.
kernels_instruction_set kernels_current(void);

// For tests: not wider than this from now on, on the calling thread.
void kernels_limit(kernels_instruction_set widest);
