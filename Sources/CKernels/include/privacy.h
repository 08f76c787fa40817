#pragma once
#include <stddef.h>
#include <stdint.h>

// Σ values², added up in double precision in a fixed order.
double privacy_square(const float *values, size_t count);

// total[i] += factor · values[i]
void privacy_add_scaled(float *total, const float *values, size_t count, float factor);

// values[i] += scale[i] · z_i for i in [first, end), both multiples of 4; z_i standard normal.
//
//     u, v = word 0 and 1 of block i / 4 for z_i, z_i+1; word 2 and 3 for z_i+2, z_i+3
//     z = √(−2 log((u + ½) / 2³²)) · (cos, sin)(2π v / 2³²)
//
// Blocks are those of `SeededGenerator(seed:stream:)`: Philox 4×32 with ten rounds. Largest |z|: 6.76.
void privacy_add_noise(
    float *values, const float *scale, size_t first, size_t end, uint64_t seed, uint64_t stream);
