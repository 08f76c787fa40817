#pragma once
#include <stddef.h>

// Products of a linear layer with its weights in panels: sixteen outputs side by side, for one input after the other.
//
//     y = x Wᵀ + b        ∂L/∂W = (∂L/∂y)ᵀ x        ∂L/∂b = Σ ∂L/∂y        ∂L/∂x = ∂L/∂y W
//
// weights: [⌈outputs / 16⌉][⌈inputs / 16⌉ · 16][16], the rest zero. Images and results are row-major, without gaps.

typedef struct {
  int inputs, outputs;
} linear_extents;

// Floats that a call for so many images needs for itself; aligned to 64 bytes.
size_t linear_scratch_count(linear_extents extents, int images);

// Negative results are set to zero if `rectify`; `bias` may be null.
void linear_forward(
    linear_extents extents, int images, const float *source, const float *weights, const float *bias, int rectify,
    float *result, float *scratch);

// Also writes the zeros that fill the panels up. `bias_gradient` may be null.
void linear_weights_gradient(
    linear_extents extents, int images, const float *source, const float *result_gradient,
    float *weights_gradient, float *bias_gradient, float *scratch);

// Floats of the transposed weights, and their making: [outputs][⌈inputs / 16⌉ · 16].
size_t linear_transposed_count(linear_extents extents);
void linear_transpose_weights(linear_extents extents, const float *weights, float *transposed);

void linear_source_gradient(
    linear_extents extents, int images, const float *result_gradient, const float *transposed,
    float *source_gradient, float *scratch);
