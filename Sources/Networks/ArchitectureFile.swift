import Foundation
import Storage
import Tensors

// The JSON form of an architecture, a public format: docs/file-formats.md.

extension Architecture: Codable {
  private enum Keys: String, CodingKey { case name, input, nodes }

  public init(from decoder: Decoder) throws {
    let values = try decoder.container(keyedBy: Keys.self)
    let shape = try values.decode(InputForm.self, forKey: .input)
    guard min(shape.channels, shape.height, shape.width) > 0 else {
      throw DecodingError.dataCorruptedError(
        forKey: .input, in: values, debugDescription: "extents must be positive")
    }
    let name = try values.decode(String.self, forKey: .name)
    if let problem = LongestName.problem(of: name) {
      throw DecodingError.dataCorruptedError(
        forKey: .name, in: values, debugDescription: "the architecture has \(problem)")
    }
    self.init(
      name: name,
      input: ImageShape(channels: shape.channels, height: shape.height, width: shape.width),
      nodes: try values.decode([Node].self, forKey: .nodes))
  }

  public func encode(to encoder: Encoder) throws {
    var values = encoder.container(keyedBy: Keys.self)
    try values.encode(name, forKey: .name)
    try values.encode(
      InputForm(channels: input.channels, height: input.height, width: input.width), forKey: .input)
    try values.encode(nodes, forKey: .nodes)
  }

  private struct InputForm: Codable {
    let channels: Int
    let height: Int
    let width: Int
  }

  /// Reads an architecture file and checks it as a whole.
  ///
  /// - Throws: ``FileError`` when the file is not the JSON of an architecture, or the architecture is none.
  public init(contentsOf file: URL) throws {
    self = try JSONFile.read(Architecture.self, from: file)
    _ = try Graph(self, from: file)
  }

  /// Canonical JSON: sorted keys, so equal architectures have equal bytes.
  public var json: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }
}

extension Architecture.Node: Codable {
  private enum Keys: String, CodingKey {
    case name, layer, inputs
    case mean, standardDeviation
    case outputChannels, kernel, stride, padding, dilation, groups, bias
    case outputs, epsilon, momentum, rate, count, pieces
  }

  public init(from decoder: Decoder) throws {
    let values = try decoder.container(keyedBy: Keys.self)
    name = try values.decode(String.self, forKey: .name)
    if let problem = LongestName.problem(of: name) {
      throw DecodingError.dataCorruptedError(
        forKey: .name, in: values, debugDescription: "a node has \(problem)")
    }
    inputs = try values.decodeIfPresent([String].self, forKey: .inputs) ?? []
    func extent(_ key: Keys, default value: Extent? = nil) throws -> Extent {
      if let value, !values.contains(key) { return value }
      return try values.decode(Extent.self, forKey: key)
    }
    func pooling() throws -> Pooling {
      let kernel = try extent(.kernel)
      return Pooling(
        kernel: kernel, stride: try extent(.stride, default: kernel),
        padding: try extent(.padding, default: 0))
    }
    let kind = try values.decode(String.self, forKey: .layer)
    layer =
      switch kind {
      case "normalise":
        .normalise(
          mean: try values.decode([Float].self, forKey: .mean),
          standardDeviation: try values.decode([Float].self, forKey: .standardDeviation))
      case "conv2d":
        .convolution(
          Convolution(
            outputChannels: try values.decode(Int.self, forKey: .outputChannels),
            kernel: try extent(.kernel), stride: try extent(.stride, default: 1),
            padding: try extent(.padding, default: 0), dilation: try extent(.dilation, default: 1),
            groups: try values.decodeIfPresent(Int.self, forKey: .groups) ?? 1,
            bias: try values.decodeIfPresent(Bool.self, forKey: .bias) ?? true))
      case "linear":
        .linear(
          outputs: try values.decode(Int.self, forKey: .outputs),
          bias: try values.decodeIfPresent(Bool.self, forKey: .bias) ?? true)
      case "maxPool": .maxPool(try pooling())
      case "averagePool": .averagePool(try pooling())
      case "globalAveragePool": .globalAveragePool
      case "relu": .relu
      case "sigmoid": .sigmoid
      case "tanh": .tanh
      case "batchNorm":
        .batchNorm(
          epsilon: try values.decodeIfPresent(Float.self, forKey: .epsilon) ?? 1e-5,
          momentum: try values.decodeIfPresent(Float.self, forKey: .momentum) ?? 0.1)
      case "dropout": .dropout(rate: try values.decode(Float.self, forKey: .rate))
      case "add": .add
      case "flatten": .flatten
      case "topK": .topK(count: try values.decode(Int.self, forKey: .count))
      case "maxout": .maxout(pieces: try values.decode(Int.self, forKey: .pieces))
      case "rbf": .rbf(outputs: try values.decode(Int.self, forKey: .outputs))
      default:
        throw DecodingError.dataCorruptedError(
          forKey: .layer, in: values,
          debugDescription: "no layer is called \"\(kind)\"; there are normalise, conv2d, linear, maxPool, "
            + "averagePool, globalAveragePool, relu, sigmoid, tanh, batchNorm, dropout, add, flatten, topK, "
            + "maxout, rbf")
      }
  }

  public func encode(to encoder: Encoder) throws {
    var values = encoder.container(keyedBy: Keys.self)
    try values.encode(name, forKey: .name)
    try values.encode(layer.kind, forKey: .layer)
    if !inputs.isEmpty { try values.encode(inputs, forKey: .inputs) }
    switch layer {
    case .normalise(let mean, let standardDeviation):
      try values.encode(mean, forKey: .mean)
      try values.encode(standardDeviation, forKey: .standardDeviation)
    case .convolution(let convolution):
      try values.encode(convolution.outputChannels, forKey: .outputChannels)
      try values.encode(convolution.kernel, forKey: .kernel)
      try values.encode(convolution.stride, forKey: .stride)
      try values.encode(convolution.padding, forKey: .padding)
      try values.encode(convolution.dilation, forKey: .dilation)
      try values.encode(convolution.groups, forKey: .groups)
      try values.encode(convolution.bias, forKey: .bias)
    case .linear(let outputs, let bias):
      try values.encode(outputs, forKey: .outputs)
      try values.encode(bias, forKey: .bias)
    case .maxPool(let pooling), .averagePool(let pooling):
      try values.encode(pooling.kernel, forKey: .kernel)
      try values.encode(pooling.stride, forKey: .stride)
      try values.encode(pooling.padding, forKey: .padding)
    case .batchNorm(let epsilon, let momentum):
      try values.encode(epsilon, forKey: .epsilon)
      try values.encode(momentum, forKey: .momentum)
    case .dropout(let rate): try values.encode(rate, forKey: .rate)
    case .topK(let count): try values.encode(count, forKey: .count)
    case .maxout(let pieces): try values.encode(pieces, forKey: .pieces)
    case .rbf(let outputs): try values.encode(outputs, forKey: .outputs)
    case .globalAveragePool, .relu, .sigmoid, .tanh, .add, .flatten: break
    }
  }
}

extension Extent: Codable {
  /// One number for both directions, or [height, width].
  public init(from decoder: Decoder) throws {
    let single = try decoder.singleValueContainer()
    do {
      let value = try single.decode(Int.self)
      self.init(height: value, width: value)
      return
    } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
      // A number, but beyond what is read.
      throw DecodingError.dataCorrupted(context)
    } catch {
      // A list, then.
    }
    let pair = try single.decode([Int].self)
    guard pair.count == 2 else {
      throw DecodingError.dataCorruptedError(
        in: single, debugDescription: "expected one number or [height, width], found \(pair.count) numbers")
    }
    self.init(height: pair[0], width: pair[1])
  }

  public func encode(to encoder: Encoder) throws {
    var single = encoder.singleValueContainer()
    if height == width { try single.encode(height) } else { try single.encode([height, width]) }
  }
}
