#include "instruction_sets.h"

#include <stdatomic.h>

static _Atomic kernels_instruction_set process_limit = kernels_avx512;
static _Thread_local kernels_instruction_set thread_limit = kernels_avx512;

void kernels_limit_process(kernels_instruction_set widest) {
  atomic_store_explicit(&process_limit, widest, memory_order_relaxed);
}

void kernels_limit(kernels_instruction_set widest) { thread_limit = widest; }

int kernels_have(kernels_instruction_set set) {
#if defined(__x86_64__)
  if (set == kernels_avx512)
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
           kernels_have(kernels_avx2);
  if (set == kernels_avx2) return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#endif
  return set == kernels_portable;
}

kernels_instruction_set kernels_current(void) {
  const kernels_instruction_set process = atomic_load_explicit(&process_limit, memory_order_relaxed);
  const kernels_instruction_set widest = process < thread_limit ? process : thread_limit;
  if (widest >= kernels_avx512 && kernels_have(kernels_avx512)) return kernels_avx512;
  if (widest >= kernels_avx2 && kernels_have(kernels_avx2)) return kernels_avx2;
  return kernels_portable;
}
