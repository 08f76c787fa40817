import Foundation
import TestSupport
import Tensors
import Testing

@testable import Networks

@Suite struct EnsembleTests {
  /// - Parameter likeness: What each has of the first one's parameters; the rest is its own.
  private static func members(_ count: Int, scale: Float = 1, likeness: Float = 0) throws -> [Engine] {
    let graph = try Graph(.named(.fc100, input: ImageShape(channels: 1, height: 3, width: 4), classCount: 5))
    let first = Network(initializing: graph, seed: 1).parameters
    return try (0..<count).map { number in
      let own = Network(initializing: graph, seed: UInt64(number + 1)).parameters
      let mixed = zip(graph.parameters, zip(first, own)).map { parameter, values in
        let factor = parameter.name.hasPrefix("classifier") ? scale : 1
        return Tensor(
          shape: values.0.shape,
          elements: zip(values.0.elements, values.1.elements).map {
            factor * (likeness * $0 + (1 - likeness) * $1)
          })
      }
      return try Engine(running: Network(graph: graph, parameters: mixed), workerCount: 1)
    }
  }

  private static let images: Tensor = {
    var generator = SeededGenerator(seed: 3)
    return Tensor(shape: [6, 1, 3, 4], elements: (0..<72).map { _ in Float(generator.uniform()) })
  }()

  @Test("Its probabilities are the means of its members'")
  func means() throws {
    let members = try Self.members(3, scale: 4)
    let logits = try Ensemble(members).logits(of: Self.images)
    let own = try members.map { try $0.logits(of: Self.images) }
    func probabilities(_ logits: ArraySlice<Float>) -> [Double] {
      let exponentials = logits.map { exp(Double($0)) }
      let total = exponentials.reduce(0, +)
      return exponentials.map { $0 / total }
    }
    for row in 0..<6 {
      let parts = own.map { probabilities($0[row: row]) }
      for (label, probability) in probabilities(logits[row: row]).enumerated() {
        expectClose(probability, parts.reduce(0) { $0 + $1[label] } / 3, relative: 1e-5)
      }
    }
  }

  @Test("An ensemble of one, or of copies, has the gradients of its member")
  func copies() throws {
    let member = try Self.members(1)[0]
    func gradients(_ classifier: some DifferentiableClassifier) throws -> Tensor {
      try classifier.logitsAndImageGradients(of: Self.images) { row, logits, gradient in
        CrossEntropy.writeGradient(logits: logits, label: row % 5, to: &gradient)
      }.imageGradients
    }
    let expected = try gradients(member)
    for count in [1, 3] {
      let found = try gradients(Ensemble(Array(repeating: member, count: count)))
      for (value, other) in zip(found.elements, expected.elements) {
        expectClose(Double(value), Double(other), absolute: 1e-7, relative: 1e-4)
      }
    }
  }

  @Test("Gradients of the loss are the slopes of the loss", arguments: [Float(1), 20])
  func slopes(_ scale: Float) throws {
    let ensemble = Ensemble(try Self.members(3, scale: scale))
    let (_, gradients) = try ensemble.logitsAndImageGradients(of: Self.images) { row, logits, gradient in
      CrossEntropy.writeGradient(logits: logits, label: row % 5, to: &gradient)
    }
    func loss(_ images: Tensor, _ row: Int) throws -> Double {
      CrossEntropy.loss(logits: try ensemble.logits(of: images)[row: row].span, label: row % 5)
    }
    let step: Float = 1e-2
    for row in 0..<6 {
      for pixel in [0, 5, 11] {
        var (up, down) = (Self.images, Self.images)
        up.elements[row * 12 + pixel] += step
        down.elements[row * 12 + pixel] -= step
        let slope = (try loss(up, row) - loss(down, row)) / Double(2 * step)
        expectClose(Double(gradients.elements[row * 12 + pixel]), slope, absolute: 2e-3, relative: 2e-2)
      }
    }
  }

  @Test("Members that are sure and agree leave a gradient that points somewhere")
  func confident() throws {
    let members = try Self.members(3, scale: 2000, likeness: 0.9)
    let said = try members.map { Prediction.rows(of: try $0.logits(of: Self.images)).map(\.label) }
    let agreed = (0..<6).filter { row in said.allSatisfy { $0[row] == said[0][row] } }
    #expect(!agreed.isEmpty)
    let (logits, gradients) = try Ensemble(members).logitsAndImageGradients(of: Self.images) {
      row, logits, gradient in
      CrossEntropy.writeAscentDirection(logits: logits, label: said[0][row], to: &gradient)
    }
    #expect(logits.elements.allSatisfy(\.isFinite) && gradients.elements.allSatisfy(\.isFinite))
    for row in agreed { #expect(gradients[row: row].contains { $0 != 0 }) }
  }
}
