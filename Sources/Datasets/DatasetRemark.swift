/// Something that was left out, assumed or guessed while a data set was read.
///
/// Code that drops or assumes something adds one. Commands print it; records, sheets and reports carry it. What would
/// change which images, labels or classes are read is not a remark but an error.
public struct DatasetRemark: Codable, Equatable, Sendable {
  /// A sentence without its full stop: "8 files were not read: bmp (4), webp (4)".
  public var text: String
  /// How many images, files, folders or classes it is about.
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
  ///   - one: The text after "1".
  ///   - many: The text after any other number.
  init(_ count: Int, _ one: String, _ many: String, _ rest: String = "", example: String? = nil) {
    self.init(
      text: "\(count) \(count == 1 ? one : many)\(rest)", count: count, example: count == 0 ? nil : example)
  }

  /// A remark about several items, with the first as an example.
  ///
  /// - Parameter items: In the order of the data set.
  static func of(
    _ items: [String], _ one: String, _ many: String, _ rest: String = ""
  ) -> DatasetRemark? {
    items.isEmpty ? nil : DatasetRemark(items.count, one, many, rest, example: items[0])
  }
}
