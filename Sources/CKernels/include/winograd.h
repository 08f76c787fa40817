#pragma once
#include <stddef.h>

// Convolution by Winograd's minimal filtering: fewer multiplications than the direct sum.
//
//     y = Aᵀ [ (G g Gᵀ) ⊙ (Bᵀ d B) ] A       for each tile of m × m results of an r × r kernel, n = m + r − 1
//
// Winograd (1980); Lavin, Gray (2016), https://arxiv.org/abs/1509.09308. The element-wise products, summed over the
// input channels, are n² matrix products. Per result and channel pair n² / m² multiplications are left of r²:
// with n = 8 that is 4 of 25 (r = 5) or 1.8 of 9 (r = 3).
//
// Points of interpolation: 0, ±1/2, ±1, ±2, ∞ for n = 8; 0, ±2/3, ±3/2, ∞ for n = 6. Of the sets that were tried
// these round best: the root mean square error is five to nine (n = 8) or about two (n = 6) times that of a direct sum.
//
// Both gradients come from the same tiles. The gradient of the input is a convolution of the gradient of the result
// with the kernel turned by 180° and its channels exchanged; that of the kernel is the adjoint in g:
//
//     ∂L/∂g = Gᵀ [ Σ_tiles (Bᵀ d B) ⊙ (A ∂L/∂y Aᵀ) ] G
//
// Stride 1, dilation 1, channels in multiples of 16.

typedef struct {
  int tile;    // n: 6 or 8
  int kernel;  // r: 3 or 5
  int in_channels, out_channels;
  int in_height, in_width, out_height, out_width;
  int padding_top, padding_left;  // at most r − 1
} winograd_geometry;

// Floats from one to the next; 16 channels stand side by side.
typedef struct {
  ptrdiff_t image, channel_block, row, pixel;
} winograd_layout;

// Floats of the kernel after its transformation: n² · in · out.
size_t winograd_weights_count(const winograd_geometry *geometry);

// Floats that each call needs for itself; aligned to 64 bytes.
size_t winograd_scratch_count(const winograd_geometry *geometry);

// The kernel, [r][r][in][out], for `winograd_convolution` of the same geometry.
void winograd_transform_weights(const winograd_geometry *geometry, const float *weights, float *transformed);

// The kernel turned and exchanged, for `winograd_convolution` of the geometry with input and result exchanged.
// `geometry` is that of the forward pass.
void winograd_transform_turned_weights(
    const winograd_geometry *geometry, const float *weights, float *transformed);

// result = convolution of source (+ bias, unless it is null) (and negative results set to zero if `rectify`)
void winograd_convolution(
    const winograd_geometry *geometry, int images, const float *source, winograd_layout source_layout,
    const float *transformed, const float *bias, int rectify, float *result, winograd_layout result_layout,
    float *scratch);

// Gradients of the kernel, [r][r][in][out], and of the bias (unless it is null) from those of the result.
void winograd_weights_gradient(
    const winograd_geometry *geometry, int images, const float *source, winograd_layout source_layout,
    const float *result_gradient, winograd_layout result_layout, float *weights_gradient,
    float *bias_gradient, float *scratch);
