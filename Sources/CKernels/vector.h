#pragma once
#include <stddef.h>
#include <string.h>

// Sixteen floats. The compiler makes one, two or four registers of them, as the target of the function allows.
typedef float vector __attribute__((vector_size(64), aligned(64)));
typedef float loose_vector __attribute__((vector_size(64), aligned(4)));

typedef int bits __attribute__((vector_size(64)));

#define LANES 16
#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
