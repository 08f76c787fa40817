#include "CStatistics.h"

#include <limits>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>

namespace {

using namespace boost::math::policies;

// An exception must not cross a Swift frame: errors come back as NaN or infinity instead.
using Quiet = policy<
    domain_error<ignore_error>, pole_error<ignore_error>, overflow_error<ignore_error>,
    underflow_error<ignore_error>, denorm_error<ignore_error>, evaluation_error<ignore_error>,
    rounding_error<ignore_error>, indeterminate_result_error<ignore_error>>;

using Student = boost::math::students_t_distribution<double, Quiet>;
using Normal = boost::math::normal_distribution<double, Quiet>;

constexpr double infinity = std::numeric_limits<double>::infinity();

// Boost calls the ends of an unbounded distribution an overflow, and its ignored overflow has no sign.
template <class Distribution>
double quantileOfUnbounded(const Distribution &distribution, double probability) {
  if (probability == 0) return -infinity;
  if (probability == 1) return infinity;
  return boost::math::quantile(distribution, probability);
}

}  // namespace

extern "C" {

double CStatisticsStudentCumulative(double t, double degreesOfFreedom) {
  return boost::math::cdf(Student(degreesOfFreedom), t);
}

double CStatisticsStudentQuantile(double probability, double degreesOfFreedom) {
  return quantileOfUnbounded(Student(degreesOfFreedom), probability);
}

double CStatisticsNormalCumulative(double z) { return boost::math::cdf(Normal(), z); }

double CStatisticsNormalQuantile(double probability) { return quantileOfUnbounded(Normal(), probability); }

double CStatisticsBetaCumulative(double x, double a, double b) { return boost::math::ibeta(a, b, x, Quiet()); }

double CStatisticsBetaQuantile(double probability, double a, double b) {
  return boost::math::ibeta_inv(a, b, probability, Quiet());
}

}  // extern "C"
