import Foundation

/// Seconds since 1970 whose differences are durations: the time of day at the beginning, and from then on a clock that
/// nobody sets. The rules of a study judge by such differences, and a machine's time of day may be corrected meanwhile.
struct StudyClock: Sendable {
  private let start = Date().timeIntervalSince1970
  private let beginning = ContinuousClock.now

  var now: Double { start + (ContinuousClock.now - beginning) / .seconds(1) }
}
