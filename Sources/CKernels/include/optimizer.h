#pragma once
#include <stddef.h>

// One step of an optimizer over [first, end) of the parameters; one pass over memory. The gradient is the sum of
// `part_count` arrays, added in their order. Networks/Optimizer.swift has the equations.

void optimizer_sgd(
    float *parameters, float *velocity, float *const *gradients, size_t part_count, size_t first, size_t end,
    float momentum, float weight_decay, float rate);

// `kept` multiplies the parameters before the step (AdamW). step_size = rate / (1 − β₁ᵗ), correction = √(1 − β₂ᵗ).
void optimizer_adam(
    float *parameters, float *mean, float *square, float *const *gradients, size_t part_count, size_t first,
    size_t end, float first_decay, float second_decay, float epsilon, float weight_decay, float kept,
    float step_size, float correction);
