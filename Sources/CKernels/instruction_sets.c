#include "instruction_sets.h"

static _Thread_local kernels_instruction_set limit = kernels_avx512;

void kernels_limit(kernels_instruction_set widest) { limit = widest; }

kernels_instruction_set kernels_current(void) {
#if defined(__x86_64__)
  if (limit >= kernels_avx512 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
    return kernels_avx512;
  if (limit >= kernels_avx2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    return kernels_avx2;
#endif
  return kernels_portable;
}
