/// One of several parts of a set of images, of almost the same size, that are worked on apart: `2/4`.
public struct Shard: Equatable, Sendable, CustomStringConvertible {
  /// From 1.
  public let number: Int
  public let count: Int

  public init(_ number: Int, of count: Int) {
    precondition(1 <= number && number <= count, "shard \(number) of \(count) does not exist")
    self.number = number
    self.count = count
  }

  /// `nil` for anything but two numbers like `2/4`, the first from 1 to the second.
  public init?(_ text: String) {
    let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == 2, let number = numbers[0], let count = numbers[1], 1 <= number, number <= count,
      count <= 1 << 20
    else { return nil }
    self.init(number, of: count)
  }

  /// The images of this part. All shards together have each of `0..<imageCount` once, in their order.
  public func images(of imageCount: Int) -> Range<Int> {
    (number - 1) * imageCount / count..<number * imageCount / count
  }

  public var description: String { "\(number)/\(count)" }
}

extension Shard: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let shard = Shard(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected a shard like 2/4")
    }
    self = shard
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
