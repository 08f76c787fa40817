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
