import Storage

/// Key of a setting in architecture files.
struct SettingKey: Equatable {
  let name: String
  /// PyTorch's name for it, which is read too; nil if that is the same or there is none.
  let alias: String?

  init(_ name: String, alias: String? = nil) {
    self.name = name
    self.alias = alias
  }

  // Those of several kinds; a key of one kind only stands in the file of that kind.
  static let kernel = SettingKey("kernel", alias: "kernel_size")
  static let stride = SettingKey("stride")
  static let padding = SettingKey("padding")
  static let bias = SettingKey("bias")
  static let outputs = SettingKey("outputs", alias: "out_features")
}

/// The settings of one layer as an architecture file has them.
struct LayerSettings {
  let object: StrictObject

  func value<Value: Decodable>(_ key: SettingKey) throws -> Value {
    try object.decode(Value.self, key.name)
  }

  func value<Value: Decodable>(_ key: SettingKey, default value: Value) throws -> Value {
    try object.decode(Value.self, key.name, default: value)
  }

  /// An error located at a setting.
  func problem(_ text: String, at key: SettingKey) -> DecodingError { object.problem(text, at: key.name) }
}

/// Writes the settings of one layer into the JSON object of its node.
struct LayerSettingsWriter {
  var container: KeyedEncodingContainer<NodeKey>

  mutating func write(_ value: some Encodable, as key: SettingKey) throws {
    try container.encode(value, forKey: NodeKey(key.name))
  }
}

/// A key of a node in an architecture file.
struct NodeKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(_ name: String) { stringValue = name }
  init(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { nil }

  static let name = NodeKey("name")
  static let layer = NodeKey("layer")
  static let inputs = NodeKey("inputs")
}
