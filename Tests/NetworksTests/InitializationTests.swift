import Tensors
import Testing

@testable import Networks

@Suite struct InitializationTests {
  private static func graph(_ activation: Layer, extraLayer: Bool = false) throws -> Graph {
    var nodes: [Architecture.Node] = [
      .init("conv", .convolution(Convolution(outputChannels: 64, kernel: 5, groups: 2))),
      .init("norm", .batchNorm(epsilon: 1e-5, momentum: 0.1)),
      .init("active", activation),
      .init("flatten", .flatten),
      .init("hidden", .linear(outputs: 150, bias: true)),
      .init("activeHidden", activation),
    ]
    if extraLayer {
      nodes += [.init("extra", .linear(outputs: 20, bias: true)), .init("activeExtra", activation)]
    }
    nodes.append(.init("classifier", .linear(outputs: 100, bias: true)))
    return try Graph(
      Architecture(name: "drawn", input: ImageShape(channels: 8, height: 6, width: 6), nodes: nodes))
  }

  private func variance(_ network: Network, _ name: String) throws -> Double {
    let values = try #require(network[parameter: name]).elements
    return values.reduce(0) { $0 + Double($1) * Double($1) } / Double(values.count)
  }

  /// The variance of n normal draws has a relative standard error of √(2/n): 0.018 at the 6,400 of `conv`, the
  /// smallest of the three. The tolerance is five of these; He's and Glorot's variances differ by more here.
  private let tolerance = 0.09

  @Test("Weights before a ReLU have He's variance 2 / fanIn, also past batch normalization")
  func he() throws {
    let network = Network(initializing: try Self.graph(.relu), seed: 3)
    #expect(abs(try variance(network, "conv.weight") * 4 * 25 / 2 - 1) < tolerance)
    #expect(abs(try variance(network, "hidden.weight") * 64 * 4 / 2 - 1) < tolerance)
  }

  @Test("Weights before anything else have Glorot's variance 2 / (fanIn + fanOut)")
  func glorot() throws {
    let network = Network(initializing: try Self.graph(.tanh), seed: 3)
    #expect(abs(try variance(network, "conv.weight") * (4 + 64) * 25 / 2 - 1) < tolerance)
    #expect(abs(try variance(network, "hidden.weight") * (64 * 4 + 150) / 2 - 1) < tolerance)
    let relu = Network(initializing: try Self.graph(.relu), seed: 3)
    #expect(abs(try variance(relu, "classifier.weight") * (150 + 100) / 2 - 1) < tolerance)
  }

  @Test("Weights before maxout keep the mean square of what passes it", arguments: [1, 2, 5])
  func maxout(_ pieces: Int) throws {
    // Of one draw 1, of the larger of two as well; of five, by the known moments of order statistics, 1.8000.
    #expect(abs(largestMeanSquare(of: pieces) - [1: 1, 2: 1, 5: 1.8000][pieces]!) < 1e-4)
    let graph = try Graph(
      Architecture(
        name: "m", input: ImageShape(channels: 1, height: 20, width: 20),
        nodes: [
          .init("flatten", .flatten), .init("fc", .linear(outputs: 100 * pieces, bias: true)),
          .init("maxout", .maxout(pieces: pieces)), .init("classifier", .rbf(outputs: 3)),
        ]))
    let network = Network(initializing: graph, seed: 3)
    #expect(
      abs(try variance(network, "fc.weight") * 400 * largestMeanSquare(of: pieces) - 1) < tolerance)
    let logPrecisions = try #require(network[parameter: "classifier.log_precision"])
    #expect(logPrecisions.elements.allSatisfy { abs($0 + 2.302585) < 1e-5 })
    let centres = try #require(network[parameter: "classifier.centre"]).elements
    #expect(abs(centres.reduce(0, +) / Float(centres.count) - 0.5) < 0.03)
  }

  @Test("Biases, shifts and running means start at 0, scales and running variances at 1")
  func constants() throws {
    let network = Network(initializing: try Self.graph(.relu), seed: 3)
    for (names, value) in [
      (["conv.bias", "norm.bias", "norm.running_mean", "hidden.bias"], Float(0)),
      (["norm.weight", "norm.running_var"], 1),
    ] {
      for name in names {
        #expect(try #require(network[parameter: name]).elements.allSatisfy { $0 == value }, "\(name)")
      }
    }
  }

  @Test("The seed decides the weights, and a layer added behind leaves those before it alone")
  func streams() throws {
    let network = Network(initializing: try Self.graph(.relu), seed: 3)
    #expect(Network(initializing: try Self.graph(.relu), seed: 3) == network)
    #expect(
      Network(initializing: try Self.graph(.relu), seed: 4)[parameter: "conv.weight"]
        != network[parameter: "conv.weight"])
    let longer = Network(initializing: try Self.graph(.relu, extraLayer: true), seed: 3)
    for name in ["conv.weight", "hidden.weight"] {
      #expect(longer[parameter: name] == network[parameter: name])
    }
    // Two weights do not share their draws: scaled alike, their signs would agree.
    func signs(_ name: String) -> [FloatingPointSign]? {
      network[parameter: name]?.elements.prefix(64).map(\.sign)
    }
    #expect(signs("conv.weight") != signs("hidden.weight"))
  }
}
