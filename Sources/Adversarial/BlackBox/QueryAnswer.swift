import Networks

/// What a black box tells of one image. An attack names the kind it can use, and nothing else reaches it.
protocol QueryAnswer: Equatable, Sendable {
  init(logits: Span<Float>)
  /// The class that it says, the first of equal ones.
  var label: Int { get }
}

/// Scores of all classes. A constant added to all of them changes no margin, so logarithms of probabilities, which a
/// service may give, serve as well as logits.
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
  /// The first of several, as in ``Prediction``.
  var indexOfLargest: Int {
    var best = 0
    for index in indices where self[index] > self[best] { best = index }
    return best
  }
}
