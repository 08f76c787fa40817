import Foundation

/// How much a perturbation is enlarged to be seen: a factor that can be printed.
public enum Amplification {
  /// The largest of 1, 2, 5, 10, 20, 50, … (or a tenth, a hundredth of these) that keeps a change inside the range of
  /// grey, half a unit to either side. 1 for no change.
  public static func factor(forLargest change: Double) -> Double {
    guard change > 0 else { return 1 }
    // Where a pixel is 0 it can move by less than any factor could show.
    let limit = 0.5 / max(change, 1e-30) * (1 + 1e-5)  // x + ε − x is ε only within rounding
    let power = pow(10, floor(log10(limit)))
    return [5, 2, 1].map { $0 * power }.first { $0 <= limit } ?? power
  }
}
