import Foundation
import Networks
import Storage
import TestSupport
import Tensors
import Testing

@testable import Adversarial

/// Against the equations of the papers written out in Python: Tests/Reference/Adversarial holds the file and the
/// script that made it.
@Suite struct AttackReferenceTests {
  private let file: SafetensorsFile
  private let engine: Engine
  private let images: Tensor
  private let labels: [Int]
  private let targets: [Int]

  init() throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Reference/Adversarial/attacks.safetensors")
    let file = try SafetensorsFile(contentsOf: url)
    self.file = file
    let graph = try Graph(
      Architecture(
        name: "reference", input: ImageShape(channels: 1, height: 4, width: 4),
        nodes: [
          .init("flatten", .flatten), .init("fc1", .linear(outputs: 20, bias: true)), .init("tanh1", .tanh),
          .init("fc2", .linear(outputs: 20, bias: true)), .init("tanh2", .tanh),
          .init("fc3", .linear(outputs: 5, bias: true)),
        ]))
    let parameters = try graph.parameters.map { try #require(file["parameter/\($0.name)"]) }
    engine = try Engine(running: Network(graph: graph, parameters: parameters), workerCount: 1)
    images = try #require(file["images"])
    labels = try #require(file["labels"]).elements.map { Int($0) }
    targets = try #require(file["targets"]).elements.map { Int($0) }
  }

  @Test(
    "The best iterates are those of the equations",
    arguments: ["bim", "mi", "apgd"],
    [Norm.linf, .l2].flatMap { norm in
      [AttackLoss.crossEntropy, .differenceOfLogitsRatio].flatMap { loss in
        [false, true].map { (norm, loss, $0) }
      }
    })
  func equations(attack: String, setting: (norm: Norm, loss: AttackLoss, targeted: Bool)) throws {
    let (norm, loss, targeted) = setting
    let model = ThreatModel(
      norm: norm, epsilon: norm == .linf ? 0.06 : 0.3, goal: targeted ? .targeted(targets) : .untargeted)
    let batch = AttackBatch(images: images, labels: labels, imageIDs: Array(labels.indices))
    let found: Tensor
    switch attack {
    case "bim":
      found = try ProjectedGradientDescent.basicIterative(loss: loss)
        .perturbedImages(for: batch, under: model, classifier: engine).images
    case "mi":
      found = try MomentumIterative(loss: loss)
        .perturbedImages(for: batch, under: model, classifier: engine).images
    default:
      var best = BestImages(batch)
      let problem = AscentProblem(loss, on: batch, under: model, classifier: engine)
      try AutoPGD(objective: .loss(loss), stepCount: 20).run(
        problem, goal: model, from: try #require(file["starts/\(norm.rawValue)"]),
        rows: Array(labels.indices), &best)
      found = best.images
    }
    let name = "\(attack)/\(norm.rawValue)/\(loss.rawValue)" + (targeted ? "/targeted" : "")
    // Float on this side: the script has seen to it that twenty steps in float32 stay within 1e-4.
    expectClose(found, try #require(file[name], "no tensor \(name)"), absolute: 2e-4, "\(name)")
  }
}
