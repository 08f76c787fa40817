import Foundation
import Tensors

/// A record as a tree whose values are JSON text, so that it can hold what no number of ours can be.
indirect enum RecordTree: Decodable, Equatable {
  case object([String: RecordTree])
  case list([RecordTree])
  case value(String)

  enum Step: Equatable, CustomStringConvertible {
    case key(String)
    case place(Int)

    var description: String {
      switch self {
      case .key(let key): key
      case .place(let place): "[\(place)]"
      }
    }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .value("null")
    } else if let object = try? container.decode([String: RecordTree].self) {
      self = .object(object)
    } else if let list = try? container.decode([RecordTree].self) {
      self = .list(list)
    } else if let text = try? container.decode(String.self) {
      self = .value(Self.quoted(text))
    } else if let truth = try? container.decode(Bool.self) {
      self = .value("\(truth)")
    } else if let number = try? container.decode(UInt64.self) {
      self = .value("\(number)")
    } else {
      self = .value("\(try container.decode(Double.self))")
    }
  }

  var text: String {
    switch self {
    case .object(let members):
      "{"
        + members.sorted { $0.key < $1.key }.map { "\(Self.quoted($0.key)):\($0.value.text)" }
        .joined(separator: ",") + "}"
    case .list(let elements): "[" + elements.map(\.text).joined(separator: ",") + "]"
    case .value(let text): text
    }
  }

  static func quoted(_ text: String) -> String {
    let encoded = try? JSONEncoder().encode(text)
    return encoded.map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
  }

  /// Every place where something can be changed; of a long list only some elements.
  var places: [[Step]] {
    switch self {
    case .value: return [[]]
    case .object(let members):
      return [[]]
        + members.sorted { $0.key < $1.key }.flatMap { key, member in
          member.places.map { [.key(key)] + $0 }
        }
    case .list(let elements):
      let chosen =
        elements.count <= 6
        ? Array(elements.indices) : [0, 1, elements.count / 2, elements.count - 2, elements.count - 1]
      return [[]] + chosen.flatMap { place in elements[place].places.map { [.place(place)] + $0 } }
    }
  }

  subscript(path: ArraySlice<Step>) -> RecordTree? {
    guard let step = path.first else { return self }
    switch (self, step) {
    case (.object(let members), .key(let key)): return members[key]?[path.dropFirst()]
    case (.list(let elements), .place(let place)): return elements[place][path.dropFirst()]
    default: return nil
    }
  }

  /// With `value` at `path`, or nothing there.
  func replacing(_ path: ArraySlice<Step>, with value: RecordTree?) -> RecordTree? {
    guard let step = path.first else { return value }
    switch (self, step) {
    case (.object(var members), .key(let key)):
      members[key] = members[key]?.replacing(path.dropFirst(), with: value)
      return .object(members)
    case (.list(var elements), .place(let place)):
      if let element = elements[place].replacing(path.dropFirst(), with: value) {
        elements[place] = element
      } else {
        elements.remove(at: place)
      }
      return .list(elements)
    default: return self
    }
  }

  /// What may stand in this one's place; nil: nothing.
  var changes: [RecordTree?] {
    let texts = [
      "null", "true", "-1", "0", "1", "0.5", "-0.5", "1e-40", "1e99", "1e308", "-1e308", "1e999",
      "9007199254740992", "1000000000000", "4611686018427387904", "9223372036854775807",
      "9223372036854775808", "-9223372036854775808", "\"NaN\"", "\"x\"", "\"\"", "\"../x\"",
      "\"/etc/passwd\"", "\"a/..\\u0301/../x\"", "\"\\u0600'\"", "{}", "[]", "[1,2,3]",
      Self.quoted(String(repeating: "x", count: 100_000)),
    ]
    let always: [RecordTree?] = [nil] + texts.map { RecordTree.value($0) }
    switch self {
    case .object: return always
    case .value(let text):
      guard let number = Double(text) else { return always }
      var numbers = [-number, number + 1, number - 1, number * 1000].map { "\($0)" }
      numbers.append(text.contains(".") ? "\(number / 3)" : "\(Int(exactly: number * 10) ?? 0)")
      return always + numbers.map { RecordTree.value($0) }
    case .list(let elements):
      let lists: [[RecordTree]] = [
        Array(elements.dropLast()), Array(elements.dropFirst()), elements + elements.suffix(1),
        elements.reversed(), elements + [.value("0")], Array(elements.prefix(1)),
      ]
      return always + lists.map { RecordTree.list($0) }
    }
  }
}

/// One value of one file of a run folder, changed.
struct RecordDamage: CustomStringConvertible {
  let file: String
  let path: [RecordTree.Step]
  let change: RecordTree?
  let text: String

  /// Draws a change of one of `records`.
  init(of records: [(file: String, tree: RecordTree)], using generator: inout SeededGenerator) throws {
    let (file, tree) = records[generator.place(records.count)]
    let places = tree.places
    self.file = file
    path = places[generator.place(places.count)]
    let changes = tree[path[...]]?.changes ?? [nil]
    change = changes[generator.place(changes.count)]
    text = tree.replacing(path[...], with: change)?.text ?? ""
  }

  var description: String {
    let place = path.isEmpty ? "the top" : path.map(\.description).joined(separator: ".")
    return "\(file): \(place) became \(change.map { String($0.text.prefix(60)) } ?? "nothing")"
  }
}

extension SeededGenerator {
  mutating func place(_ count: Int) -> Int { Int(next() % UInt64(count)) }
}
