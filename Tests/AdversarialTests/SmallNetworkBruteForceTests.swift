import Networks
import TestSupport
import Tensors
import Testing

@testable import Adversarial

/// Every attack on a ReLU network of two pixels, whose adversarial region a fine grid shows whole.
///
/// A linear oracle does not see an attack that creeps towards a face and never crosses it: kinks do.
@Suite struct SmallNetworkBruteForceTests {
  static let sideCount = 201
  private static let shape = ImageShape(channels: 1, height: 1, width: 2)

  private static func engine(seed: UInt64) throws -> Engine {
    let graph = try Graph(
      Architecture(
        name: "plane", input: shape,
        nodes: [
          .init("flatten", .flatten), .init("hidden", .linear(outputs: 12, bias: true)), .init("relu", .relu),
          .init("classifier", .linear(outputs: 3, bias: true)),
        ]))
    var generator = SeededGenerator(seed: seed, purpose: "plane")
    // Kinks all over the square: every hidden unit's line goes through a random point of it.
    let directions = generator.normals(24)
    let biases = (0..<12).map { unit in
      -directions[2 * unit] * Float(generator.uniform()) - directions[2 * unit + 1]
        * Float(generator.uniform())
    }
    let heads = generator.normals(36)
    return try Engine(
      running: Network(
        graph: graph,
        parameters: graph.parameters.map { parameter in
          switch parameter.name {
          case "hidden.weight": Tensor(shape: [12, 2], elements: directions)
          case "hidden.bias": Tensor(shape: [12], elements: biases)
          case "classifier.weight": Tensor(shape: [3, 12], elements: heads.map { 5 * $0 })
          default: Tensor(shape: parameter.shape)
          }
        }), workerCount: 2)
  }

  /// A grid point shares no coordinate with a random image, so for L0 less than a spacing counts as none.
  private static func length(_ x: Double, _ y: Double, _ norm: Norm, _ spacing: Double) -> Double {
    switch norm {
    case .l0: (abs(x) > spacing ? 1 : 0) + (abs(y) > spacing ? 1 : 0)
    case .l1: abs(x) + abs(y)
    case .l2: (x * x + y * y).squareRoot()
    case .linf: max(abs(x), abs(y))
    }
  }

  @Test(
    "On a ReLU network of two pixels every image is crossed, as near as a grid shows",
    arguments: MinimalAttackCase.all)
  func bruteForce(example: MinimalAttackCase) throws {
    var ratios: [Double] = []
    var (found, possible) = (0, 0)
    for seed in 1...6 as ClosedRange<UInt64> {
      let engine = try Self.engine(seed: seed)
      let count = Self.sideCount
      let grid = Tensor(
        shape: [count * count, 1, 1, 2],
        elements: (0..<count * count).flatMap {
          [$0 / count, $0 % count].map { Float($0) / Float(count - 1) }
        })
      let labels = Prediction.rows(of: try engine.logits(of: grid)).map(\.label)
      let batch = try AttackBatch.correct(count: 25, for: engine, seed: seed)
      let images = try example.proposal(for: batch, classifier: engine).images
      let spacing = 1 / Double(count - 1)
      for (row, distance) in example.distances(images, from: batch).enumerated() {
        let pixels = batch.images[row: row].map(Double.init)
        var nearest = Double.infinity
        for point in labels.indices where labels[point] != batch.labels[row] {
          let (x, y) = (
            Double(point / count) * spacing - pixels[0], Double(point % count) * spacing - pixels[1]
          )
          nearest = min(nearest, Self.length(x, y, example.norm, spacing))
        }
        // Less than a few spacings the grid cannot tell, and a network may say one class everywhere.
        guard nearest.isFinite, example.norm == .l0 ? nearest > 0 : nearest > 5 * spacing else { continue }
        possible += 1
        guard distance > 0 else { continue }
        found += 1
        // A sliver between grid points may be nearer than any of them.
        if example.norm != .l0 { #expect(distance >= nearest - 2 * spacing) }
        ratios.append(distance / nearest)
      }
    }
    #expect(possible > 40)
    // In two dimensions slopes end in hollows and on flat ground more often than in hundreds. An attack that creeps
    // and never crosses finds next to nothing.
    #expect(Double(found) >= 0.7 * Double(possible), "\(found) of \(possible)")
    // One straight line, or pieces of it, may miss what a kink hides.
    let isStraight = ["minimal-fgsm", "deepfool"].contains(example.attack.name)
    #expect(median(ratios) < (isStraight ? 1.3 : 1.05), "median \(median(ratios))")
  }
}
