/// Something that was left out, assumed or guessed while a data set was read.
///
/// Whoever drops or assumes something adds one. Commands tell it, records, sheets and reports carry it. What would change
/// which images, labels or classes are read is no remark but an error.
public struct DatasetRemark: Codable, Equatable, Sendable {
  /// A sentence without its full stop: "8 files were not read: bmp (4), webp (4)".
  public var text: String
  /// Images, files, folders or classes that it is about.
  public var count: Int
  /// The first of them, in the order of the data set; nil where it is about all.
  public var example: String?

  public init(text: String, count: Int, example: String? = nil) {
    self.text = text
    self.count = count
    self.example = example
  }

  /// With the example: "…, such as a/1.webp".
  public var sentence: String { text + (example.map { ", such as \($0)" } ?? "") }
}

extension DatasetRemark {
  /// - Parameters:
  ///   - one: What goes on behind "1".
  ///   - many: Behind any other number.
  init(_ count: Int, _ one: String, _ many: String, _ rest: String = "", example: String? = nil) {
    self.init(
      text: "\(count) \(count == 1 ? one : many)\(rest)", count: count, example: count == 0 ? nil : example)
  }

  /// Of several the first example, and all together.
  ///
  /// - Parameter items: In the order of the data set.
  static func of(
    _ items: [String], _ one: String, _ many: String, _ rest: String = ""
  ) -> DatasetRemark? {
    items.isEmpty ? nil : DatasetRemark(items.count, one, many, rest, example: items[0])
  }
}
