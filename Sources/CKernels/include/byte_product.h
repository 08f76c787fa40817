#pragma once
#include <stddef.h>
#include <stdint.h>

// Scores of images along directions in 8-bit integers, and a test against a threshold in the same registers: a
// score that fails the test is never written anywhere.
//
// Images are unsigned bytes in panels of 48, directions signed bytes in groups of 8, both zero-padded and
// interleaved by quads of four dimensions:
//
//     panel [quad][image 0..<48][4]      group [quad][direction 0..<8][4]

enum { byte_product_panel_length = 48, byte_product_group_length = 8 };

typedef enum {
  byte_product_portable,
  byte_product_avx2,
  byte_product_avx512,  // with VNNI
} byte_product_instructions;

/// Whether this processor has them and `kernels_current` allows them.
int byte_product_is_supported(byte_product_instructions instructions);

/// Largest byte of an image: 127 where sums of two products must fit 16 bits, otherwise 255.
int byte_product_levels(byte_product_instructions instructions);

/// How features become bytes: x = offset + scale·q + remainder. Arrays of `dimension`.
typedef struct {
  const float *offset;
  const float *scale;
  const float *inverseScale;
  /// Where distances of q are measured from.
  const float *centre;
  size_t dimension;
  size_t quadCount;
} byte_product_grid;

/// Widens `lowest` and `highest`, one of each per column, to hold all values of the rows.
void byte_product_extend(
  byte_product_instructions instructions, const float *rows, size_t rowCount, size_t dimension, float *lowest,
  float *highest);

/// Rounds at most 48 rows to the nearest bytes and packs them into a panel.
///
/// - residual: largest ‖x − offset − scale·q‖ of the rows.
/// - distance: largest ‖q − centre‖ of the rows.
///
/// Both are added up in Double from exact or once rounded differences.
void byte_product_pack(
  byte_product_instructions instructions, const byte_product_grid *grid, const float *rows, size_t rowCount,
  uint8_t *panel, double *residual, double *distance);

/// Directions as bytes, with what is needed for the threshold of each. Arrays of `groupCount` × 8.
typedef struct {
  const int8_t *bytes;
  /// The test is score ≥ reach − residual·perResidual − distance·perDistance, rounded down.
  const double *reach;
  const double *perResidual;
  const double *perDistance;
  size_t groupCount;
  size_t quadCount;
} byte_product_directions;

typedef struct {
  int32_t direction;
  /// Position in the panel.
  int32_t image;
  int32_t score;
} byte_product_hit;

/// Multiplies a panel by all directions.
///
/// - hits: Room for `groupCount` × 8 × 48. Sorted by group only.
///
/// Returns the number of hits. Scores are exact for at most 32768 dimensions; thresholds are confined to
/// ±2³⁰, above and below which there is no score.
size_t byte_product_find(
  byte_product_instructions instructions, const uint8_t *panel, const byte_product_directions *directions,
  double residual, double distance, byte_product_hit *hits);

/// Scores added up in Double in the order of the features and rounded to Float, a few images at a time.
void exact_scores(
  const float *features, size_t dimension, const int32_t *images, size_t count, const float *direction,
  float *scores);

/// The same in single precision, off by at most γ Σ|xᵢ vᵢ| of `dimension` terms; as fast as memory gives the rows.
void approximate_scores(
  byte_product_instructions instructions, const float *features, size_t dimension, const int32_t *images,
  size_t count, const float *direction, float *scores);
