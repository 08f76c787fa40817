import Foundation

extension SampledGaussian {
  /// The smallest noise multiplier for which `stepCount` steps cost at most ε.
  ///
  /// Found by bisection to one part in 10⁵, since ε falls as noise grows. The returned value always satisfies the
  /// bound.
  ///
  /// - Returns: nil if no noise up to 10⁶ is enough: ε is too close to 0 for the orders tried.
  public static func noiseMultiplier(
    forEpsilon epsilon: Double, delta: Double, samplingRate: Double, stepCount: Int,
    conversion: RenyiConversion = .improved
  ) -> Double? {
    precondition(epsilon > 0 && epsilon.isFinite, "ε must be positive, got \(epsilon)")
    precondition(stepCount > 0, "there must be steps, got \(stepCount)")
    func keeps(_ multiplier: Double) -> Bool {
      RenyiAccountant(
        SampledGaussian(samplingRate: samplingRate, noiseMultiplier: multiplier), stepCount: stepCount
      ).guarantee(delta: delta, conversion: conversion).epsilon <= epsilon
    }
    var enough = 1.0
    while !keeps(enough) {
      enough *= 2
      if enough > 1e6 { return nil }
    }
    var tooLittle = enough / 2
    while keeps(tooLittle) {
      enough = tooLittle
      tooLittle /= 2
      if tooLittle < 1e-2 { return enough }
    }
    while enough / tooLittle > 1 + 1e-5 {
      let middle = (enough * tooLittle).squareRoot()
      if keeps(middle) { enough = middle } else { tooLittle = middle }
    }
    return enough
  }
}
