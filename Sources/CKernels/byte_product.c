#include "byte_product.h"

#include <math.h>
#include <string.h>

#include "instruction_sets.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum { panelLength = byte_product_panel_length, groupLength = byte_product_group_length };

int byte_product_is_supported(byte_product_instructions instructions) {
  switch (instructions) {
    case byte_product_portable:
      return 1;
#if defined(__x86_64__)
    case byte_product_avx2:
      return kernels_current() >= kernels_avx2;
    case byte_product_avx512:
      return kernels_current() == kernels_avx512 && __builtin_cpu_supports("avx512vnni");
#endif
    default:
      return 0;
  }
}

int byte_product_levels(byte_product_instructions instructions) {
  return instructions == byte_product_avx2 ? 127 : 255;
}

#define INLINE static inline __attribute__((always_inline))

// MARK: Packing

// Widths that the compiler cuts to those of the processor.
enum { width = 16 };
typedef float Floats __attribute__((vector_size(64), aligned(4)));
typedef int32_t Integers __attribute__((vector_size(64), aligned(4)));
typedef float HalfFloats __attribute__((vector_size(32), aligned(4)));
typedef int32_t HalfIntegers __attribute__((vector_size(32), aligned(4)));
typedef double Doubles __attribute__((vector_size(64)));

INLINE void extend(const float *rows, size_t rowCount, size_t dimension, float *lowest, float *highest) {
  for (size_t start = 0; start < dimension; start += width) {
    if (dimension - start < width) {
      for (size_t row = 0; row < rowCount; row++) {
        for (size_t index = start; index < dimension; index++) {
          const float value = rows[row * dimension + index];
          lowest[index] = value < lowest[index] ? value : lowest[index];
          highest[index] = value > highest[index] ? value : highest[index];
        }
      }
      continue;
    }
    Floats low, high, value;
    memcpy(&low, lowest + start, sizeof low);
    memcpy(&high, highest + start, sizeof high);
    for (size_t row = 0; row < rowCount; row++) {
      memcpy(&value, rows + row * dimension + start, sizeof value);
      const Integers below = value < low, above = value > high;
      low = (Floats)(((Integers)value & below) | ((Integers)low & ~below));
      high = (Floats)(((Integers)value & above) | ((Integers)high & ~above));
    }
    memcpy(lowest + start, &low, sizeof low);
    memcpy(highest + start, &high, sizeof high);
  }
}

INLINE double sum(const Doubles *values) {
  double total = 0;
  for (int lane = 0; lane < 8; lane++) total += (*values)[lane];
  return total;
}

INLINE void multiply(
  const float *features, size_t dimension, const int32_t *images, size_t count, const float *direction,
  float *scores) {
  for (size_t place = 0; place < count; place++) {
    const float *values = features + (size_t)images[place] * dimension;
    if (place + 2 < count) {
      const float *ahead = features + (size_t)images[place + 2] * dimension;
      for (size_t index = 0; index < dimension; index += 16) __builtin_prefetch(ahead + index);
    }
    Floats sums = {0};
    size_t index = 0;
    for (; index + width <= dimension; index += width) {
      sums += *(const Floats *)(values + index) * *(const Floats *)(direction + index);
    }
    float total = 0;
    for (int lane = 0; lane < width; lane++) total += sums[lane];
    for (; index < dimension; index++) total += values[index] * direction[index];
    scores[place] = total;
  }
}

INLINE void pack(
  int levels, const byte_product_grid *grid, const float *rows, size_t rowCount, uint8_t *panel,
  double *residual, double *distance) {
  const size_t dimension = grid->dimension;
  double largestResidual = 0, largestDistance = 0;
  if (rowCount < panelLength) memset(panel, 0, grid->quadCount * panelLength * 4);
  for (size_t row = 0; row < rowCount; row++) {
    Doubles residuals = {0}, distances = {0};
    for (size_t start = 0; start < dimension; start += width) {
      const size_t count = dimension - start < width ? dimension - start : width;
      // Beyond the dimension offset, scale and centre are zero, and so is what comes of them.
      float values[width], offsets[width], scales[width], inverses[width], centres[width];
      int32_t bytes[width];
      if (count == width) {
        memcpy(values, rows + row * dimension + start, sizeof values);
        memcpy(offsets, grid->offset + start, sizeof values);
        memcpy(scales, grid->scale + start, sizeof values);
        memcpy(inverses, grid->inverseScale + start, sizeof values);
        memcpy(centres, grid->centre + start, sizeof values);
      } else {
        memset(values, 0, sizeof values);
        memset(offsets, 0, sizeof values);
        memset(scales, 0, sizeof values);
        memset(inverses, 0, sizeof values);
        memset(centres, 0, sizeof values);
        memcpy(values, rows + row * dimension + start, count * sizeof(float));
        memcpy(offsets, grid->offset + start, count * sizeof(float));
        memcpy(scales, grid->scale + start, count * sizeof(float));
        memcpy(inverses, grid->inverseScale + start, count * sizeof(float));
        memcpy(centres, grid->centre + start, count * sizeof(float));
      }
      Floats place = (*(Floats *)values - *(Floats *)offsets) * *(Floats *)inverses + 0.5f;
      // Comparisons with NaN (0·∞) are false and leave 0; any byte is allowed, the remainder tells its error.
      place = (Floats)((Integers)place & (place > 0.0f));
      const Floats top = (Floats){0} + (float)levels;
      const Integers below = place < top;
      place = (Floats)(((Integers)place & below) | ((Integers)top & ~below));
      *(Integers *)bytes = __builtin_convertvector(place, Integers);
      for (int half = 0; half < 2; half++) {
        const Doubles byte = __builtin_convertvector(*(HalfIntegers *)(bytes + 8 * half), Doubles);
        const Doubles value = __builtin_convertvector(*(HalfFloats *)(values + 8 * half), Doubles);
        const Doubles offset = __builtin_convertvector(*(HalfFloats *)(offsets + 8 * half), Doubles);
        const Doubles scale = __builtin_convertvector(*(HalfFloats *)(scales + 8 * half), Doubles);
        const Doubles centre = __builtin_convertvector(*(HalfFloats *)(centres + 8 * half), Doubles);
        const Doubles remainder = (value - offset) - scale * byte;
        residuals += remainder * remainder;
        distances += (byte - centre) * (byte - centre);
      }
      uint8_t narrow[width];
      for (int lane = 0; lane < width; lane++) narrow[lane] = (uint8_t)bytes[lane];
      for (size_t quad = 0; quad * 4 < count; quad++) {
        memcpy(panel + ((start / 4 + quad) * panelLength + row) * 4, narrow + quad * 4, 4);
      }
    }
    largestResidual = fmax(largestResidual, sum(&residuals));
    largestDistance = fmax(largestDistance, sum(&distances));
  }
  *residual = sqrt(largestResidual);
  *distance = sqrt(largestDistance);
}

// MARK: Product

// 2³⁰: scores of at most 32768 dimensions stay inside, and score − threshold fits 32 bits.
static const double largestThreshold = 1073741824;

INLINE void setThresholds(
  const byte_product_directions *directions, size_t group, double residual, double distance,
  int32_t *thresholds) {
  const size_t first = group * groupLength;
  for (int lane = 0; lane < groupLength; lane++) {
    double threshold = directions->reach[first + lane] - residual * directions->perResidual[first + lane] -
                       distance * directions->perDistance[first + lane];
    threshold = threshold > -largestThreshold ? threshold : -largestThreshold;
    threshold = threshold < largestThreshold ? threshold : largestThreshold;
    thresholds[lane] = (int32_t)floor(threshold);
  }
}

static size_t findPortable(
  const uint8_t *panel, const byte_product_directions *directions, double residual, double distance,
  byte_product_hit *hits) {
  size_t count = 0;
  const size_t quadCount = directions->quadCount;
  for (size_t group = 0; group < directions->groupCount; group++) {
    int32_t thresholds[groupLength];
    setThresholds(directions, group, residual, distance, thresholds);
    const int8_t *bytes = directions->bytes + group * quadCount * groupLength * 4;
    for (int lane = 0; lane < groupLength; lane++) {
      int32_t scores[panelLength] = {0};
      for (size_t quad = 0; quad < quadCount; quad++) {
        const uint8_t *images = panel + quad * panelLength * 4;
        const int8_t *direction = bytes + (quad * groupLength + (size_t)lane) * 4;
        for (int image = 0; image < panelLength; image++) {
          scores[image] += images[4 * image] * direction[0] + images[4 * image + 1] * direction[1] +
                           images[4 * image + 2] * direction[2] + images[4 * image + 3] * direction[3];
        }
      }
      for (int image = 0; image < panelLength; image++) {
        if (scores[image] < thresholds[lane]) continue;
        hits[count++] = (byte_product_hit){(int32_t)group * groupLength + lane, image, scores[image]};
      }
    }
  }
  return count;
}

#if defined(__x86_64__)

INLINE int32_t quadAt(const int8_t *bytes) {
  int32_t quad;
  memcpy(&quad, bytes, sizeof quad);
  return quad;
}

__attribute__((target("avx2,fma"))) static size_t findAVX2(
  const uint8_t *panel, const byte_product_directions *directions, double residual, double distance,
  byte_product_hit *hits) {
  size_t count = 0;
  const size_t quadCount = directions->quadCount;
  const __m256i ones = _mm256_set1_epi16(1);
  for (size_t group = 0; group < directions->groupCount; group++) {
    int32_t thresholds[groupLength];
    setThresholds(directions, group, residual, distance, thresholds);
    const int8_t *bytes = directions->bytes + group * quadCount * groupLength * 4;
    // 16 images × 4 directions: eight sums, two vectors of images and one of a direction fill the registers.
    for (int part = 0; part < groupLength; part += 4) {
      for (int start = 0; start < panelLength; start += 16) {
        __m256i sums[4][2];
        for (int lane = 0; lane < 4; lane++) {
          // The sums begin at −threshold, so that a score passes when it is not negative.
          sums[lane][0] = sums[lane][1] = _mm256_set1_epi32(-thresholds[part + lane]);
        }
        for (size_t quad = 0; quad < quadCount; quad++) {
          const uint8_t *place = panel + (quad * panelLength + (size_t)start) * 4;
          const __m256i first = _mm256_load_si256((const __m256i *)place);
          const __m256i second = _mm256_load_si256((const __m256i *)(place + 32));
          for (int lane = 0; lane < 4; lane++) {
            const __m256i direction = _mm256_set1_epi32(
              quadAt(bytes + (quad * groupLength + (size_t)(part + lane)) * 4));
            // 127 · 127 · 2 fits 16 bits, so nothing saturates.
            sums[lane][0] = _mm256_add_epi32(
              sums[lane][0], _mm256_madd_epi16(_mm256_maddubs_epi16(first, direction), ones));
            sums[lane][1] = _mm256_add_epi32(
              sums[lane][1], _mm256_madd_epi16(_mm256_maddubs_epi16(second, direction), ones));
          }
        }
        __m256i all = _mm256_and_si256(sums[0][0], sums[0][1]);
        for (int lane = 1; lane < 4; lane++) {
          all = _mm256_and_si256(all, _mm256_and_si256(sums[lane][0], sums[lane][1]));
        }
        if (_mm256_movemask_ps(_mm256_castsi256_ps(all)) == 0xFF) continue;  // every sum is negative
        for (int lane = 0; lane < 4; lane++) {
          for (int half = 0; half < 2; half++) {
            unsigned passed = 0xFF & ~(unsigned)_mm256_movemask_ps(_mm256_castsi256_ps(sums[lane][half]));
            if (!passed) continue;
            int32_t scores[8];
            _mm256_storeu_si256((__m256i *)scores, sums[lane][half]);
            for (; passed; passed &= passed - 1) {
              const int image = __builtin_ctz(passed);
              hits[count++] = (byte_product_hit){
                (int32_t)group * groupLength + part + lane, start + half * 8 + image,
                scores[image] + thresholds[part + lane]};
            }
          }
        }
      }
    }
  }
  return count;
}

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))

AVX512 INLINE void setThresholdsAVX512(
  const byte_product_directions *directions, size_t group, double residual, double distance,
  int32_t *thresholds) {
  const size_t first = group * groupLength;
  __m512d threshold = _mm512_loadu_pd(directions->reach + first);
  threshold = _mm512_fnmadd_pd(
    _mm512_set1_pd(residual), _mm512_loadu_pd(directions->perResidual + first), threshold);
  threshold = _mm512_fnmadd_pd(
    _mm512_set1_pd(distance), _mm512_loadu_pd(directions->perDistance + first), threshold);
  // Of a NaN and a number, the second comes back.
  threshold = _mm512_max_pd(threshold, _mm512_set1_pd(-largestThreshold));
  threshold = _mm512_min_pd(threshold, _mm512_set1_pd(largestThreshold));
  _mm256_store_si256(
    (__m256i *)thresholds, _mm512_cvt_roundpd_epi32(threshold, _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC));
}

// Rare, and out of the way of the registers of the loop.
AVX512 __attribute__((noinline)) static size_t collectAVX512(
  const int32_t (*scores)[panelLength], const int32_t *thresholds, size_t group, byte_product_hit *hits) {
  size_t count = 0;
  const __m512i zero = _mm512_setzero_si512();
  for (int lane = 0; lane < groupLength; lane++) {
    const int32_t *row = scores[lane];
    uint64_t passed = (uint64_t)_mm512_cmpge_epi32_mask(_mm512_load_si512(row), zero) |
                      (uint64_t)_mm512_cmpge_epi32_mask(_mm512_load_si512(row + 16), zero) << 16 |
                      (uint64_t)_mm512_cmpge_epi32_mask(_mm512_load_si512(row + 32), zero) << 32;
    for (; passed; passed &= passed - 1) {
      const int image = __builtin_ctzll(passed);
      hits[count++] =
        (byte_product_hit){(int32_t)group * groupLength + lane, image, row[image] + thresholds[lane]};
    }
  }
  return count;
}

#define UNROLL _Pragma("clang loop unroll(full)")

AVX512 static size_t findAVX512(
  const uint8_t *panel, const byte_product_directions *directions, double residual, double distance,
  byte_product_hit *hits) {
  size_t count = 0;
  const size_t quadCount = directions->quadCount;
  for (size_t group = 0; group < directions->groupCount; group++) {
    _Alignas(32) int32_t thresholds[groupLength];
    setThresholdsAVX512(directions, group, residual, distance, thresholds);
    const int8_t *bytes = directions->bytes + group * quadCount * groupLength * 4;
    // 48 images × 8 directions: 24 sums and three vectors of images leave registers for one direction at a time.
    __m512i sums[groupLength][3];
    UNROLL for (int lane = 0; lane < groupLength; lane++) {
      // The sums begin at −threshold, so that a score passes when it is not negative.
      sums[lane][0] = sums[lane][1] = sums[lane][2] = _mm512_set1_epi32(-thresholds[lane]);
    }
    for (size_t quad = 0; quad < quadCount; quad++) {
      const uint8_t *place = panel + quad * panelLength * 4;
      const __m512i first = _mm512_load_si512(place);
      const __m512i second = _mm512_load_si512(place + 64);
      const __m512i third = _mm512_load_si512(place + 128);
      UNROLL for (int lane = 0; lane < groupLength; lane++) {
        const __m512i direction = _mm512_set1_epi32(quadAt(bytes + (quad * groupLength + (size_t)lane) * 4));
        sums[lane][0] = _mm512_dpbusd_epi32(sums[lane][0], first, direction);
        sums[lane][1] = _mm512_dpbusd_epi32(sums[lane][1], second, direction);
        sums[lane][2] = _mm512_dpbusd_epi32(sums[lane][2], third, direction);
      }
    }
    __m512i all = _mm512_set1_epi32(-1);
    UNROLL for (int lane = 0; lane < groupLength; lane++) {
      // 0x80: the and of three.
      all = _mm512_and_si512(
        all, _mm512_ternarylogic_epi32(sums[lane][0], sums[lane][1], sums[lane][2], 0x80));
    }
    if (_mm512_cmpge_epi32_mask(all, _mm512_setzero_si512()) == 0) continue;  // every sum is negative
    _Alignas(64) int32_t scores[groupLength][panelLength];
    UNROLL for (int lane = 0; lane < groupLength; lane++) {
      UNROLL for (int part = 0; part < 3; part++) {
        _mm512_store_si512(scores[lane] + 16 * part, sums[lane][part]);
      }
    }
    count += collectAVX512((const int32_t(*)[panelLength])scores, thresholds, group, hits + count);
  }
  return count;
}

__attribute__((target("avx2,fma"))) static void extendAVX2(
  const float *rows, size_t rowCount, size_t dimension, float *lowest, float *highest) {
  extend(rows, rowCount, dimension, lowest, highest);
}

AVX512 static void extendAVX512(
  const float *rows, size_t rowCount, size_t dimension, float *lowest, float *highest) {
  extend(rows, rowCount, dimension, lowest, highest);
}

__attribute__((target("avx2,fma"))) static void multiplyAVX2(
  const float *features, size_t dimension, const int32_t *images, size_t count, const float *direction,
  float *scores) {
  multiply(features, dimension, images, count, direction, scores);
}

__attribute__((target("avx2,fma"))) static void packAVX2(
  int levels, const byte_product_grid *grid, const float *rows, size_t rowCount, uint8_t *panel,
  double *residual, double *distance) {
  pack(levels, grid, rows, rowCount, panel, residual, distance);
}

AVX512 static void multiplyAVX512(
  const float *features, size_t dimension, const int32_t *images, size_t count, const float *direction,
  float *scores) {
  multiply(features, dimension, images, count, direction, scores);
}

AVX512 static void packAVX512(
  int levels, const byte_product_grid *grid, const float *rows, size_t rowCount, uint8_t *panel,
  double *residual, double *distance) {
  pack(levels, grid, rows, rowCount, panel, residual, distance);
}

#endif

void byte_product_pack(
  byte_product_instructions instructions, const byte_product_grid *grid, const float *rows, size_t rowCount,
  uint8_t *panel, double *residual, double *distance) {
  const int levels = byte_product_levels(instructions);
  switch (instructions) {
#if defined(__x86_64__)
    case byte_product_avx2:
      packAVX2(levels, grid, rows, rowCount, panel, residual, distance);
      return;
    case byte_product_avx512:
      packAVX512(levels, grid, rows, rowCount, panel, residual, distance);
      return;
#endif
    default:
      pack(levels, grid, rows, rowCount, panel, residual, distance);
  }
}

void byte_product_extend(
  byte_product_instructions instructions, const float *rows, size_t rowCount, size_t dimension, float *lowest,
  float *highest) {
  // The rows of a block are read from memory once, for their first columns.
  enum { blockLength = 32 };
  for (size_t start = 0; start < rowCount; start += blockLength) {
    const float *block = rows + start * dimension;
    const size_t count = rowCount - start < blockLength ? rowCount - start : blockLength;
    switch (instructions) {
#if defined(__x86_64__)
      case byte_product_avx2:
        extendAVX2(block, count, dimension, lowest, highest);
        break;
      case byte_product_avx512:
        extendAVX512(block, count, dimension, lowest, highest);
        break;
#endif
      default:
        extend(block, count, dimension, lowest, highest);
    }
  }
}

size_t byte_product_find(
  byte_product_instructions instructions, const uint8_t *panel, const byte_product_directions *directions,
  double residual, double distance, byte_product_hit *hits) {
  switch (instructions) {
#if defined(__x86_64__)
    case byte_product_avx2:
      return findAVX2(panel, directions, residual, distance, hits);
    case byte_product_avx512:
      return findAVX512(panel, directions, residual, distance, hits);
#endif
    default:
      return findPortable(panel, directions, residual, distance, hits);
  }
}

// MARK: Exact scores

void exact_scores(
  const float *features, size_t dimension, const int32_t *images, size_t count, const float *direction,
  float *scores) {
  // A sum in a fixed order waits for each addition; sums of different images do not wait for each other.
  enum { atOnce = 8 };
  for (size_t start = 0; start < count; start += atOnce) {
    const float *rows[atOnce];
    double sums[atOnce] = {0};
    for (size_t place = 0; place < atOnce; place++) {
      const size_t index = start + place < count ? start + place : start;
      rows[place] = features + (size_t)images[index] * dimension;
      // The images lie anywhere in memory; those of the next turn are on their way during this one.
      if (start + atOnce + place < count) {
        const float *next = features + (size_t)images[start + atOnce + place] * dimension;
        for (size_t index = 0; index < dimension; index += 16) __builtin_prefetch(next + index);
      }
    }
    for (size_t index = 0; index < dimension; index++) {
      const double component = direction[index];
      // The product of two Floats is exact in Double, so fusing it with the addition changes nothing.
      for (size_t place = 0; place < atOnce; place++) sums[place] += rows[place][index] * component;
    }
    for (size_t place = 0; place < atOnce && start + place < count; place++) {
      scores[start + place] = (float)sums[place];
    }
  }
}

void approximate_scores(
  byte_product_instructions instructions, const float *features, size_t dimension, const int32_t *images,
  size_t count, const float *direction, float *scores) {
  switch (instructions) {
#if defined(__x86_64__)
    case byte_product_avx2:
      multiplyAVX2(features, dimension, images, count, direction, scores);
      return;
    case byte_product_avx512:
      multiplyAVX512(features, dimension, images, count, direction, scores);
      return;
#endif
    default:
      multiply(features, dimension, images, count, direction, scores);
  }
}
