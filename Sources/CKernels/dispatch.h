#pragma once
#include "instruction_sets.h"

// Calls the version of a function for the current instruction set.
#if defined(__x86_64__)
#define DISPATCH(function, ...)                                   \
  do {                                                            \
    switch (kernels_current()) {                                  \
      case kernels_avx512: avx512_##function(__VA_ARGS__); break; \
      case kernels_avx2: avx2_##function(__VA_ARGS__); break;     \
      default: portable_##function(__VA_ARGS__);                  \
    }                                                             \
  } while (0)
#else
#define DISPATCH(function, ...) portable_##function(__VA_ARGS__)
#endif
