/// Height and width of a kernel, a stride or a padding.
public struct Extent: Equatable, Sendable, ExpressibleByIntegerLiteral {
  public let height: Int
  public let width: Int

  public init(height: Int, width: Int) {
    self.height = height
    self.width = width
  }

  /// The same value in both directions.
  public init(integerLiteral value: Int) { self.init(height: value, width: value) }
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
