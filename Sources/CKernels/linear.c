#include "linear.h"

#include "vector.h"

static int padded(int length) { return (length + LANES - 1) / LANES * LANES; }

size_t linear_scratch_count(linear_extents e, int images) {
  const int wider = e.inputs > e.outputs ? e.inputs : e.outputs;
  return (size_t)images * padded(wider);
}

size_t linear_transposed_count(linear_extents e) { return (size_t)e.outputs * padded(e.inputs); }

void linear_transpose_weights(linear_extents e, const float *weights, float *transposed) {
  const int inputs = padded(e.inputs);
  for (int o = 0; o < e.outputs; o++) {
    const float *panel = weights + (ptrdiff_t)(o / LANES) * inputs * LANES + o % LANES;
    for (int i = 0; i < inputs; i++) transposed[(ptrdiff_t)o * inputs + i] = panel[(ptrdiff_t)i * LANES];
  }
}

#define KERNELS "linear.inc"
#include "each_instruction_set.inc"

void linear_forward(
    linear_extents extents, int images, const float *source, const float *weights, const float *bias, int rectify,
    float *result, float *scratch) {
  DISPATCH(linear_forward, extents, images, source, weights, bias, rectify, result, scratch);
}

void linear_weights_gradient(
    linear_extents extents, int images, const float *source, const float *result_gradient,
    float *weights_gradient, float *bias_gradient, float *scratch) {
  DISPATCH(
      linear_weights_gradient, extents, images, source, result_gradient, weights_gradient, bias_gradient, scratch);
}

void linear_source_gradient(
    linear_extents extents, int images, const float *result_gradient, const float *transposed,
    float *source_gradient, float *scratch) {
  DISPATCH(linear_source_gradient, extents, images, result_gradient, transposed, source_gradient, scratch);
}
