#pragma once

// Distribution functions of Boost.Math as plain C. Nothing is thrown: an argument outside its domain gives NaN,
// and the callers in Inference check theirs.

#ifdef __cplusplus
extern "C" {
#endif

/// P(T ≤ t) of Student's distribution.
double CStatisticsStudentCumulative(double t, double degreesOfFreedom);
/// The t with P(T ≤ t) = probability; infinite at 0 and 1.
double CStatisticsStudentQuantile(double probability, double degreesOfFreedom);

/// P(Z ≤ z) of the standard normal distribution.
double CStatisticsNormalCumulative(double z);
/// The z with P(Z ≤ z) = probability; infinite at 0 and 1.
double CStatisticsNormalQuantile(double probability);

/// P(X ≤ x) of the beta distribution with shapes a, b > 0: the regularised incomplete beta function.
double CStatisticsBetaCumulative(double x, double a, double b);
/// The x with P(X ≤ x) = probability.
double CStatisticsBetaQuantile(double probability, double a, double b);

#ifdef __cplusplus
}
#endif
