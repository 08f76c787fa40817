/// An image of 8-bit samples, rows from the top, channels interleaved.
public struct Bitmap: Equatable, Sendable {
  public let width: Int
  public let height: Int
  /// 1 grey, 3 RGB.
  public let channels: Int
  /// `height × width × channels`.
  public var samples: [UInt8]

  public init(width: Int, height: Int, channels: Int, samples: [UInt8]) {
    precondition(channels == 1 || channels == 3, "a bitmap has 1 or 3 channels, got \(channels)")
    precondition(
      samples.count == width * height * channels,
      "\(width)×\(height)×\(channels) needs \(width * height * channels) samples, got \(samples.count)")
    self.width = width
    self.height = height
    self.channels = channels
    self.samples = samples
  }
}
