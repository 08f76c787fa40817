/// Extents of one image: channels × height × width.
public struct ImageShape: Hashable, Codable, Sendable, CustomStringConvertible {
  public let channels: Int
  public let height: Int
  public let width: Int

  public init(channels: Int, height: Int, width: Int) {
    precondition(
      channels > 0 && height > 0 && width > 0,
      "extents must be positive, got \(channels)×\(height)×\(width)")
    self.channels = channels
    self.height = height
    self.width = width
  }

  /// Values in one image.
  public var pixelCount: Int { channels * height * width }

  public var description: String { "\(channels)×\(height)×\(width)" }
}

extension ImageShape: Checked {
  public func check() throws(CheckFailure) {
    let product = Double(channels) * Double(height) * Double(width)
    try require(
      min(channels, height, width) > 0 && product <= 1e12, "",
      "\(channels)×\(height)×\(width) are no extents of an image")
  }
}
