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
  /// Keys read before the settings, which depend on them.
  private struct Head: Decodable {
    let name: String
    let layer: String
  }

  /// Layers of other programs in small letters, those that are here too.
  private static let knownElsewhere: Set<String> = [
    "gelu", "silu", "swish", "elu", "selu", "celu", "prelu", "relu6", "mish", "hardswish", "softplus",
    "softmax",
    "logsoftmax", "log_softmax", "layernorm", "groupnorm", "instancenorm", "convtranspose", "attention",
    "lstm", "gru",
  ]

  public init(from decoder: Decoder) throws {
    let head = try Head(from: decoder)
    let words = Layer.kinds.map { $0.word }
    let own = Layer.kinds.first { $0.word == head.layer }
    let keys = own.map { $0.keys } ?? Self.allKeys
    let object = try StrictObject(
      from: decoder, name: "node \"\(head.name)\"",
      keys: [NodeKey.name, .layer, .inputs].map(\.stringValue) + keys.map(\.name),
      spellings: Dictionary(uniqueKeysWithValues: keys.compactMap { key in key.alias.map { ($0, key.name) } })
    )
    guard let own else {
      // A near name of another function would make another network of it.
      let isMissing = Self.knownElsewhere.subtracting(words).contains(head.layer.lowercased())
      let question = isMissing ? "" : NearestWord.question(head.layer, among: words)
      throw object.problem(
        "no layer is called \"\(head.layer)\""
          + (question.isEmpty ? "; there are \(words.joined(separator: ", "))" : question)
          + (head.layer.lowercased().hasSuffix("softmax")
            ? ": leave it out, the last node gives logits" : ""),
        at: NodeKey.layer.stringValue)
    }
    name = head.name
    if let problem = LongestName.problem(of: name) {
      throw object.problem("it has \(problem)", at: NodeKey.name.stringValue)
    }
    inputs = try object.decode([String].self, NodeKey.inputs.stringValue, default: [])
    layer = Layer(try own.init(from: LayerSettings(object: object)))
  }

  /// The keys of all kinds, each once.
  private static var allKeys: [SettingKey] {
    Layer.kinds.reduce(into: []) { all, kind in all += kind.keys.filter { !all.contains($0) } }
  }

  public func encode(to encoder: Encoder) throws {
    var values = encoder.container(keyedBy: NodeKey.self)
    try values.encode(name, forKey: .name)
    try values.encode(layer.kind, forKey: .layer)
    if !inputs.isEmpty { try values.encode(inputs, forKey: .inputs) }
    var settings = LayerSettingsWriter(container: values)
    try layer.definition.write(to: &settings)
  }
}
