#include "narrow.h"

#include "vector.h"

// A map of the result with zeros around it, as far as any input pixel looks.
typedef struct {
  ptrdiff_t pixel, row;
  size_t count;
} framed;

// Input pixels are worked off by 16 at most; the last of a row look that much further.
static framed framed_of(const winograd_geometry *g, int kernel_height, int kernel_width) {
  const int width = (g->in_width + 16 > g->out_width ? g->in_width + 16 : g->out_width) + 2 * kernel_width;
  const int height = (g->in_height > g->out_height ? g->in_height : g->out_height) + 2 * kernel_height;
  framed f = {.pixel = g->out_channels, .row = (ptrdiff_t)width * g->out_channels};
  f.count = (size_t)height * f.row;
  return f;
}

size_t narrow_scratch_count(const winograd_geometry *geometry, int kernel_height, int kernel_width) {
  return framed_of(geometry, kernel_height, kernel_width).count;
}

#define KERNELS "narrow.inc"
#include "each_instruction_set.inc"

void narrow_source_gradient(
    const winograd_geometry *geometry, int kernel_height, int kernel_width, int images,
    const float *result_gradient, winograd_layout result_layout, const float *weights, float *source_gradient,
    float *scratch) {
  DISPATCH(
      narrow_source_gradient, geometry, kernel_height, kernel_width, images, result_gradient, result_layout,
      weights, source_gradient, scratch);
}
