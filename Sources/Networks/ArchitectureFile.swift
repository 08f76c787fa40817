import Foundation
import Storage
import Tensors

// The JSON form of an architecture, a public format: docs/file-formats.md.

extension Architecture: Codable {
  private enum Keys: String, CodingKey { case name, input, nodes }

  public init(from decoder: Decoder) throws {
    let values = try StrictObject(
      from: decoder, name: "the architecture", keys: ["name", "input", "nodes"])
    let input = try values.decode(InputForm.self, "input")
    let name = try values.decode(String.self, "name")
    if let problem = LongestName.problem(of: name) { throw values.problem("it has \(problem)", at: "name") }
    self.init(name: name, input: input.shape, nodes: try values.decode([Node].self, "nodes"))
  }

  public func encode(to encoder: Encoder) throws {
    var values = encoder.container(keyedBy: Keys.self)
    try values.encode(name, forKey: .name)
    try values.encode(InputForm(input), forKey: .input)
    try values.encode(nodes, forKey: .nodes)
  }

  private struct InputForm: Codable {
    let channels: Int
    let height: Int
    let width: Int

    init(_ shape: ImageShape) { (channels, height, width) = (shape.channels, shape.height, shape.width) }

    init(from decoder: Decoder) throws {
      let values = try StrictObject(from: decoder, name: "the input", keys: ["channels", "height", "width"])
      channels = try values.decode(Int.self, "channels")
      height = try values.decode(Int.self, "height")
      width = try values.decode(Int.self, "width")
      for (key, extent) in [("channels", channels), ("height", height), ("width", width)] where extent <= 0 {
        throw values.problem("extents must be positive, found \(extent)", at: key)
      }
    }

    var shape: ImageShape { ImageShape(channels: channels, height: height, width: width) }
  }

  /// Reads an architecture file and checks it as a whole.
  ///
  /// - Throws: ``FileError`` when the file is not the JSON of an architecture, or the architecture is invalid.
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
  private enum Keys: String, CodingKey, CaseIterable {
    case name, layer, inputs
    case mean, standardDeviation
    case outputChannels, kernel, stride, padding, dilation, groups, bias
    case outputs, epsilon, momentum, rate, count, pieces
  }

  /// PyTorch's names for the same keys.
  private static let spellings = [
    "out_channels": "outputChannels", "kernel_size": "kernel", "out_features": "outputs", "eps": "epsilon",
    "p": "rate", "std": "standardDeviation",
  ]

  /// Keys of each layer's settings, by the word for the layer.
  private static let settings: KeyValuePairs<String, [Keys]> = [
    "normalise": [.mean, .standardDeviation],
    "conv2d": [.outputChannels, .kernel, .stride, .padding, .dilation, .groups, .bias],
    "linear": [.outputs, .bias],
    "maxPool": [.kernel, .stride, .padding], "averagePool": [.kernel, .stride, .padding],
    "globalAveragePool": [], "relu": [], "sigmoid": [], "tanh": [],
    "batchNorm": [.epsilon, .momentum], "dropout": [.rate], "add": [], "flatten": [], "topK": [.count],
    "maxout": [.pieces], "rbf": [.outputs],
  ]

  /// Keys read before the settings, which depend on them.
  private struct Head: Decodable {
    let name: String
    let layer: String
  }

  /// Layers of other programs that there are none of here, in small letters.
  private static let missingLayers: Set<String> = [
    "gelu", "silu", "swish", "elu", "selu", "celu", "prelu", "relu6", "mish", "hardswish", "softplus",
    "softmax",
    "logsoftmax", "log_softmax", "layernorm", "groupnorm", "instancenorm", "convtranspose", "attention",
    "lstm", "gru",
  ]

  public init(from decoder: Decoder) throws {
    let head = try Head(from: decoder)
    let kinds = Self.settings.map(\.key)
    let own = Self.settings.first { $0.key == head.layer }
    let values = try StrictObject(
      from: decoder, name: "node \"\(head.name)\"",
      keys: (own == nil ? Keys.allCases : [.name, .layer, .inputs] + own!.value).map(\.rawValue),
      spellings: Self.spellings)
    guard own != nil else {
      // A near name of another function would make another network of it.
      let question =
        Self.missingLayers.contains(head.layer.lowercased())
        ? "" : NearestWord.question(head.layer, among: kinds)
      throw values.problem(
        "no layer is called \"\(head.layer)\""
          + (question.isEmpty ? "; there are \(kinds.joined(separator: ", "))" : question)
          + (head.layer.lowercased().hasSuffix("softmax")
            ? ": leave it out, the last node gives logits" : ""),
        at: "layer")
    }
    name = head.name
    if let problem = LongestName.problem(of: name) { throw values.problem("it has \(problem)", at: "name") }
    inputs = try values.decode([String].self, "inputs", default: [])
    func value<Value: Decodable>(_ key: Keys, _ type: Value.Type = Value.self) throws -> Value {
      try values.decode(type, key.rawValue)
    }
    func value<Value: Decodable>(_ key: Keys, default value: Value) throws -> Value {
      try values.decode(Value.self, key.rawValue, default: value)
    }
    func pooling() throws -> Pooling {
      let kernel: Extent = try value(.kernel)
      return Pooling(
        kernel: kernel, stride: try value(.stride, default: kernel), padding: try value(.padding, default: 0))
    }
    layer =
      switch head.layer {
      case "normalise":
        .normalise(mean: try value(.mean), standardDeviation: try value(.standardDeviation))
      case "conv2d":
        .convolution(
          Convolution(
            outputChannels: try value(.outputChannels), kernel: try value(.kernel),
            stride: try value(.stride, default: 1), padding: try value(.padding, default: 0),
            dilation: try value(.dilation, default: 1), groups: try value(.groups, default: 1),
            bias: try value(.bias, default: true)))
      case "linear": .linear(outputs: try value(.outputs), bias: try value(.bias, default: true))
      case "maxPool": .maxPool(try pooling())
      case "averagePool": .averagePool(try pooling())
      case "globalAveragePool": .globalAveragePool
      case "relu": .relu
      case "sigmoid": .sigmoid
      case "tanh": .tanh
      case "batchNorm":
        .batchNorm(
          epsilon: try value(.epsilon, default: 1e-5), momentum: try value(.momentum, default: 0.1))
      case "dropout": .dropout(rate: try value(.rate))
      case "add": .add
      case "flatten": .flatten
      case "topK": .topK(count: try value(.count))
      case "maxout": .maxout(pieces: try value(.pieces))
      case "rbf": .rbf(outputs: try value(.outputs))
      default: preconditionFailure("the layer \(head.layer) has settings and is not read")
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
      // A number, but out of range.
      throw DecodingError.dataCorrupted(context)
    } catch {
      // Otherwise a list.
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
