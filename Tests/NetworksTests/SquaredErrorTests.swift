import TestSupport
import Testing

@testable import Networks

@Suite struct SquaredErrorTests {
  private func evaluate(_ output: [Float], _ target: [Float], scale: Double = 1) -> (Double, [Float]) {
    var gradient = [Float](repeating: .nan, count: output.count)
    var span = gradient.mutableSpan
    let loss = SquaredError.writeGradient(
      output: output.span, target: target.span, scale: scale, to: &span)
    return (loss, gradient)
  }

  @Test("The loss is the mean of squared differences, the gradient two differences over their number")
  func closedForm() {
    let (loss, gradient) = evaluate([1, 2, 3, -4], [1, 0, 4, -2], scale: 0.5)
    #expect(loss == 9.0 / 4)
    #expect(gradient == [0, 0.5, -0.25, -0.5])
  }

  @Test("The gradient agrees with central differences")
  func differences() {
    let point = [0.3, -1.2, 2.5]
    let target: [Float] = [0.1, 0.4, -0.7]
    let expected = centralDifferences(
      of: { values in
        var sum = 0.0
        for (y, x) in zip(values, target) { sum += (y - Double(x)) * (y - Double(x)) }
        return sum / 3
      }, at: point)
    let (_, gradient) = evaluate(point.map(Float.init), target)
    for (found, expected) in zip(gradient, expected) {
      expectClose(Double(found), expected, absolute: 1e-6)
    }
  }
}
