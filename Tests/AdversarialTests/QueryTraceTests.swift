import Testing

@testable import Adversarial

@Suite struct QueryTraceTests {
  @Test("A trace tells the nearest after so many queries, and when the first was found")
  func trace() {
    var trace = QueryTrace()
    #expect(trace.firstSuccess == nil && trace.distance(after: 10) == nil)
    for query in 1...10 {
      trace.count(differs: false)
      if query == 4 { trace.improve(to: 2) }
      if query == 7 { trace.improve(to: 1) }
    }
    #expect(trace.queryCount == 10 && trace.firstSuccess == 4)
    #expect([3, 4, 6, 7, 99].map { trace.distance(after: $0) } == [nil, 2, 2, 1, 1])
  }

  @Test("Small falls are kept once they add up, and the last always")
  func thinning() {
    var trace = QueryTrace()
    var distance = 1.0
    for _ in 0..<10_000 {
      trace.count(differs: false)
      distance *= 0.9995
      trace.improve(to: distance)
    }
    let kept = trace.improvements
    #expect(kept.count < 600, "\(kept.count)")
    #expect(kept.first == .init(query: 1, distance: 0.9995))
    #expect(kept.last == .init(query: 10_000, distance: distance))
    // Between two that are kept nothing fell by more than a hundredth and a step.
    for (before, after) in zip(kept, kept.dropFirst()) { #expect(after.distance > 0.98 * before.distance) }
  }
}
