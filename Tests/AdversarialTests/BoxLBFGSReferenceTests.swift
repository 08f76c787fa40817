import Foundation
import Networks
import Storage
import Tensors
import Testing

@testable import Adversarial

/// Against SciPy's L-BFGS-B doing the same search: Tests/Reference/Attacks holds the file and the script that made it.
@Suite struct BoxLBFGSReferenceTests {
  @Test("On a trained network the median distance is within 3 % of SciPy's, and no image is far from it")
  func scipy() throws {
    let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Reference/Attacks/box_lbfgs.safetensors")
    let file = try SafetensorsFile(contentsOf: url)
    let graph = try Graph(
      Architecture(
        name: "lines", input: ImageShape(channels: 1, height: 8, width: 8),
        nodes: [
          .init("conv", .convolution(Convolution(outputChannels: 4, kernel: 3, stride: 2, padding: 1))),
          .init("relu1", .relu), .init("flatten", .flatten),
          .init("hidden", .linear(outputs: 16, bias: true)),
          .init("relu2", .relu), .init("classifier", .linear(outputs: 4, bias: true)),
        ]))
    let parameters = try graph.parameters.map { try #require(file["parameter/\($0.name)"]) }
    let engine = try Engine(running: Network(graph: graph, parameters: parameters))
    func numbers(_ name: String) throws -> [Double] { try #require(file[name]).elements.map(Double.init) }
    let labels = try numbers("labels").map { Int($0) }
    let batch = AttackBatch(
      images: try #require(file["images"]), labels: labels, imageIDs: Array(labels.indices))
    let example = MinimalAttackCase(attack: BoxLBFGSAttack(), norm: .l2)
    let goal = ThreatModel.Goal.targeted(try numbers("targets").map { Int($0) })
    let found = example.distances(
      try example.proposal(for: batch, goal, classifier: engine).images, from: batch)
    let expected = try numbers("distances")
    #expect(found.count == expected.count && found.allSatisfy { $0 > 0 })
    #expect(abs(median(found) / median(expected) - 1) < 0.03, "\(median(found)), SciPy \(median(expected))")
    // Sums in another order bend a path of ten iterations over kinks, and a c more or less ends elsewhere.
    let ratios = zip(found, expected).map { $0 / $1 }
    #expect(ratios.allSatisfy { (0.8...1.25).contains($0) }, "\(ratios.min() ?? 0)…\(ratios.max() ?? 0)")
    #expect(abs(median(ratios) - 1) < 0.01, "\(median(ratios))")
  }
}
