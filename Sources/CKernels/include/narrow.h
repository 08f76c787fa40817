#pragma once
#include <stddef.h>

#include "winograd.h"

// Gradient of the input of a convolution that reads one to four channels, such as a network's first.
//
//     ∂L/∂x[c, y, x] = Σ_{o, u, v} ∂L/∂y[o, y + p − u, x + p − v] g[u, v, c, o]
//
// General kernels put the input's channels into vectors and leave most of them empty; here the channels of the result
// stand side by side, and one sum over a vector ends each pixel. Stride 1, dilation 1, `out_channels` a multiple of 16.
//
// `tile` and `kernel` of the geometry are not read.
//
// - weights: [kernel_height][kernel_width][in][out]
// - source_gradient: [images][in][height][width]
// - scratch: as many floats as `narrow_scratch_count` says, aligned to 64 bytes
void narrow_source_gradient(
    const winograd_geometry *geometry, int kernel_height, int kernel_width, int images,
    const float *result_gradient, winograd_layout result_layout, const float *weights, float *source_gradient,
    float *scratch);

size_t narrow_scratch_count(const winograd_geometry *geometry, int kernel_height, int kernel_width);
