#pragma once

#include <stddef.h>

/// Directions in a panel.
enum { exact_product_panel_length = 8 };

/// Scores of consecutive images along a panel of directions, added up in Double in the order of the features and
/// rounded to Float.
///
/// - features: `[imageCount, dimension]`.
/// - panel: `[dimension, 8]`, the directions in columns.
/// - scores: `[imageCount, 8]`.
void exact_product(
  const float *features, size_t imageCount, size_t dimension, const double *panel, float *scores);
