#include "winograd.h"

#include "vector.h"

static const float POINTS_6[] = {2.0f / 3, 1.5f};
static const float SQUARES_6[] = {4.0f / 9, 2.25f};
static const float POINTS_8[] = {0.5f, 1, 2};
static const float SQUARES_8[] = {0.25f, 1, 4};
static const float zeros[LANES] = {0};

// The tiles of all images in one sequence, worked off in chunks that stay in the second-level cache.
typedef struct {
  int down, across, total, chunk;
} tiling;

typedef struct {
  int image, row, column;
} place;

static int chunk_length(const winograd_geometry *g) {
  const size_t cache = 640 * 1024;
  const size_t each = (size_t)g->tile * g->tile * (g->in_channels + g->out_channels) * sizeof(float);
  const int fitting = (int)(cache / each) / 6 * 6;
  return fitting < 6 ? 6 : fitting > 96 ? 96 : fitting;
}

static tiling tiling_of(const winograd_geometry *g, int images) {
  const int m = g->tile - g->kernel + 1;
  tiling t = {.down = (g->out_height + m - 1) / m, .across = (g->out_width + m - 1) / m};
  t.total = images * t.down * t.across;
  t.chunk = chunk_length(g);
  return t;
}

static place place_of(const tiling *t, int index) {
  const int within = index % (t->down * t->across);
  return (place){
      .image = index / (t->down * t->across), .row = within / t->across, .column = within % t->across};
}

size_t winograd_weights_count(const winograd_geometry *g) {
  return (size_t)g->tile * g->tile * g->in_channels * g->out_channels;
}

size_t winograd_scratch_count(const winograd_geometry *g) {
  const size_t channels = (size_t)chunk_length(g) * (g->in_channels + g->out_channels);
  return g->tile * g->tile * (channels + (size_t)g->in_channels * g->out_channels + 3 * LANES);
}

#define KERNELS "winograd.inc"
#include "each_instruction_set.inc"

void winograd_transform_weights(const winograd_geometry *geometry, const float *weights, float *transformed) {
  DISPATCH(transform_weights, geometry, weights, transformed);
}

void winograd_transform_turned_weights(
    const winograd_geometry *geometry, const float *weights, float *transformed) {
  DISPATCH(transform_turned_weights, geometry, weights, transformed);
}

void winograd_convolution(
    const winograd_geometry *geometry, int images, const float *source, winograd_layout source_layout,
    const float *transformed, const float *bias, int rectify, float *result, winograd_layout result_layout,
    float *scratch) {
  DISPATCH(
      convolution, geometry, images, source, source_layout, transformed, bias, rectify, result, result_layout,
      scratch);
}

void winograd_weights_gradient(
    const winograd_geometry *geometry, int images, const float *source, winograd_layout source_layout,
    const float *result_gradient, winograd_layout result_layout, float *weights_gradient, float *bias_gradient,
    float *scratch) {
  DISPATCH(
      weights_gradient, geometry, images, source, source_layout, result_gradient, result_layout,
      weights_gradient, bias_gradient, scratch);
}
