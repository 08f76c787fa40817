#include "exact_product.h"

#include <string.h>

typedef double doubles __attribute__((vector_size(exact_product_panel_length * sizeof(double))));

#define KERNELS "exact_product.inc"
#include "each_instruction_set.inc"

void exact_product(
  const float *features, size_t imageCount, size_t dimension, const double *panel, float *scores) {
  DISPATCH(exact_product, features, imageCount, dimension, panel, scores);
}
