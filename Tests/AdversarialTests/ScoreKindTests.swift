import Foundation
import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

@Suite struct ScoreKindTests {
  private func direction(_ scores: ScoreKind, _ logits: [Float], label: Int) -> [Double] {
    var gradient = [Float](repeating: .nan, count: logits.count)
    var span = gradient.mutableSpan
    scores.writeAscentDirection(of: logits.span, label: label, to: &span)
    return gradient.map(Double.init)
  }

  @Test("Probabilities are those of the equations")
  func closedForm() {
    let logits: [Float] = [0, -1, -3]
    let exponentials = [1, exp(-1.0), exp(-3.0)]
    let total = exponentials.reduce(0, +)
    let expected: [ScoreKind: [Double]] = [
      .softmax: exponentials.map { $0 / total }, .sigmoid: [0.5, 1 / (1 + exp(1.0)), 1 / (1 + exp(3.0))],
      .exponential: exponentials,
    ]
    for scores in ScoreKind.allCases {
      for (found, expected) in zip(scores.probabilities(of: logits), expected[scores] ?? []) {
        expectClose(found, expected, relative: 1e-14)
      }
    }
  }

  @Test("Logits of ten thousand overflow nothing", arguments: ScoreKind.allCases)
  func extremes(_ scores: ScoreKind) {
    let logits: [Float] = scores == .exponential ? [-10_000, 0] : [-10_000, 10_000]
    #expect(scores.probabilities(of: logits) == [0, 1])
    #expect(
      scores.probabilities(of: [-10_000, -10_000] as [Float]) == (scores == .softmax ? [0.5, 0.5] : [0, 0]))
    for label in 0..<2 {
      let direction = direction(scores, logits, label: label)
      #expect(direction.allSatisfy(\.isFinite) && direction[label] == 1)
      #expect(direction[1 - label] == (scores == .softmax ? -1 : 0))
    }
  }

  @Test(
    "The direction is the gradient of the probability times a positive number", arguments: ScoreKind.allCases)
  func finiteDifferences(_ scores: ScoreKind) {
    let logits: [Float] = [-0.5, -2, -0.25, -3]
    func probability(_ z: [Double], _ label: Int) -> Double {
      switch scores {
      case .softmax: exp(z[label]) / z.reduce(0) { $0 + exp($1) }
      case .sigmoid: 1 / (1 + exp(-z[label]))
      case .exponential: exp(z[label])
      }
    }
    for label in 0..<4 {
      let slopes = centralDifferences(of: { probability($0, label) }, at: logits.map(Double.init))
      let direction = direction(scores, logits, label: label)
      let ratio = direction[label] / slopes[label]
      #expect(ratio > 0)
      for (found, slope) in zip(direction, slopes) {
        expectClose(found, ratio * slope, absolute: 1e-7, relative: 1e-6)
      }
    }
  }

  private static func model(_ layer: Layer, _ loss: TrainingLoss?) throws -> Model {
    let graph = try Graph(
      Architecture(
        name: "m", input: ImageShape(channels: 1, height: 2, width: 2),
        nodes: [.init("flatten", .flatten), .init("classifier", layer)]))
    var provenance = Model.Provenance()
    provenance.training = loss.map { TrainingConfiguration(loss: $0) }
    return Model(
      network: Network(initializing: graph, seed: 1), classNames: ["a", "b"], provenance: provenance)
  }

  @Test("A model's layer and then its training decide what suits it; exponentials are of distances alone")
  func suiting() throws {
    let linear = Layer.linear(outputs: 2, bias: true)
    for (layer, loss, expected) in [
      (linear, nil, .softmax), (linear, .softmax, .softmax), (linear, .sigmoid, .sigmoid),
      (.rbf(outputs: 2), .softmax, .exponential), (.rbf(outputs: 2), nil, .exponential),
    ] as [(Layer, TrainingLoss?, ScoreKind)] {
      let model = try Self.model(layer, loss)
      #expect(ScoreKind(suiting: model) == expected)
      #expect(
        ScoreKind.allCases.filter { !$0.suits(model.network.graph) }
          == (layer == linear ? [.exponential] : []))
    }
  }
}
