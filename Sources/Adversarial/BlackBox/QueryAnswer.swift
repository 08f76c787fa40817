import Networks

/// A black box's answer for one image. An attack declares the kind it uses and receives nothing else.
protocol QueryAnswer: Equatable, Sendable {
  init(logits: Span<Float>)
  /// The predicted class, the first in a tie.
  var label: Int { get }
}

/// The scores of all classes. A constant added to all of them changes no margin, so log-probabilities, which a service
/// may return, serve as well as logits.
struct ScoreAnswer: QueryAnswer {
  let scores: [Float]

  init(logits: Span<Float>) { scores = logits.indices.map { logits[$0] } }

  var label: Int { scores.span.indexOfLargest }
}

/// The class alone.
struct LabelAnswer: QueryAnswer {
  let label: Int

  init(logits: Span<Float>) { label = logits.indexOfLargest }
}

extension Span<Float> {
  /// The first in a tie, as in ``Prediction``.
  var indexOfLargest: Int {
    var best = 0
    for index in indices where self[index] > self[best] { best = index }
    return best
  }
}
