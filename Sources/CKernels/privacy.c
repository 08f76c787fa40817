#include "privacy.h"

// Blocks of random words, of four normal numbers each, that are made side by side.
#define BLOCKS 32

#define KERNELS "privacy.inc"
#include "each_instruction_set.inc"

double privacy_square(const float *values, size_t count) {
  double sum;
  DISPATCH(square, values, count, &sum);
  return sum;
}

void privacy_add_scaled(float *total, const float *values, size_t count, float factor) {
  DISPATCH(add_scaled, total, values, count, factor);
}

void privacy_add_noise(
    float *values, const float *scale, size_t first, size_t end, uint64_t seed, uint64_t stream) {
  DISPATCH(add_noise, values, scale, first, end, seed, stream);
}
