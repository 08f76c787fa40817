#include "CPeak.h"

// 12 independent chains hide the latency of two units with up to 6 cycles each, and leave room for the two
// operands among 16 registers.
enum { chains = 12, repeats = 8 };

// The body is the same for every width; the target of the enclosing function chooses the instructions. The operands
// are unknown to the compiler, and 0.5 and 0.5 keep every chain near 1: neither overflow nor denormal numbers.
#define DEFINE_LOOP(name, target, lanes)                                                  \
    target static double name(uint64_t rounds, float *sink) {                             \
        typedef float vector __attribute__((vector_size(sizeof(float) * lanes)));        \
        vector factor = (vector){0} + 0.5f, summand = (vector){0} + 0.5f;                 \
        __asm__ volatile("" : "+m"(factor), "+m"(summand));                               \
        vector sums[chains];                                                              \
        for (int chain = 0; chain < chains; chain++) sums[chain] = factor + (float)chain; \
        for (uint64_t round = 0; round < rounds; round++) {                               \
            _Pragma("clang loop unroll(full)")                                            \
            for (int repeat = 0; repeat < repeats; repeat++) {                            \
                _Pragma("clang loop unroll(full)")                                        \
                for (int chain = 0; chain < chains; chain++)                              \
                    sums[chain] = sums[chain] * factor + summand;                         \
            }                                                                             \
        }                                                                                 \
        for (int chain = 0; chain < chains; chain++)                                      \
            for (int lane = 0; lane < lanes; lane++) *sink += sums[chain][lane];          \
        return 2.0 * lanes * chains * repeats * (double)rounds;                           \
    }

#pragma STDC FP_CONTRACT ON

#if defined(__x86_64__)
DEFINE_LOOP(run_avx512, __attribute__((target("avx512f"))), 16)
DEFINE_LOOP(run_avx2, __attribute__((target("avx2,fma"))), 8)
#endif
DEFINE_LOOP(run_portable, , 4)

#if defined(__x86_64__)
static int has_avx512(void) { return __builtin_cpu_supports("avx512f"); }
static int has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
#endif

const char *cpeak_instructions(void) {
#if defined(__x86_64__)
    if (has_avx512()) return "AVX-512";
    if (has_avx2()) return "AVX2 with FMA";
    return "SSE2";
#else
    return "four lanes";
#endif
}

double cpeak_run(uint64_t rounds, float *sink) {
#if defined(__x86_64__)
    if (has_avx512()) return run_avx512(rounds, sink);
    if (has_avx2()) return run_avx2(rounds, sink);
#endif
    return run_portable(rounds, sink);
}
