#include <string.h>

#include "optimizer.h"
#include "pixels.h"

#define STRETCH 512

#define KERNELS "elementwise.inc"
#include "each_instruction_set.inc"

void kernels_write_pixels(const uint8_t *bytes, size_t count, float *pixels) {
  DISPATCH(write_pixels, bytes, count, pixels);
}

void kernels_prefetch(const void *bytes, size_t count) {
  // From the line of the first byte to that of the last.
  const char *first = (const char *)bytes - (uintptr_t)bytes % 64;
  for (const char *line = first; line < (const char *)bytes + count; line += 64) __builtin_prefetch(line);
}

void optimizer_sgd(
    float *parameters, float *velocity, float *const *gradients, size_t part_count, size_t first, size_t end,
    float momentum, float weight_decay, float rate) {
  DISPATCH(sgd, parameters, velocity, gradients, part_count, first, end, momentum, weight_decay, rate);
}

void optimizer_adam(
    float *parameters, float *mean, float *square, float *const *gradients, size_t part_count, size_t first,
    size_t end, float first_decay, float second_decay, float epsilon, float weight_decay, float kept,
    float step_size, float correction) {
  DISPATCH(
      adam, parameters, mean, square, gradients, part_count, first, end, first_decay, second_decay, epsilon,
      weight_decay, kept, step_size, correction);
}
