import Foundation

/// Softmax cross-entropy of one row of logits.
///
///     L = log Σⱼ exp(zⱼ) − z_y,     ∂L/∂zⱼ = softmax(z)ⱼ − [j = y]
///
/// The largest logit is taken off first, so nothing overflows.
enum CrossEntropy {
  /// Writes `scale · ∂L/∂z` and returns L and whether the largest logit is the label's (ties: the first wins).
  static func evaluate(
    _ logits: UnsafePointer<Float>, count: Int, label: Int, scale: Float,
    gradient: UnsafeMutablePointer<Float>
  ) -> (loss: Double, isCorrect: Bool) {
    var best = 0
    for index in 1..<count where logits[index] > logits[best] { best = index }
    let largest = logits[best]
    var total = 0.0
    for index in 0..<count {
      let power = exp(logits[index] - largest)
      gradient[index] = power
      total += Double(power)
    }
    let factor = scale / Float(total)
    for index in 0..<count { gradient[index] *= factor }
    gradient[label] -= scale
    return (log(total) + Double(largest) - Double(logits[label]), best == label)
  }
}
