/// An opaque sRGB colour, 8 bits a channel.
public struct Colour: Hashable, Sendable {
  public let red: UInt8
  public let green: UInt8
  public let blue: UInt8

  public init(red: UInt8, green: UInt8, blue: UInt8) {
    (self.red, self.green, self.blue) = (red, green, blue)
  }

  /// Creates the colour `0xRRGGBB`.
  public init(_ hexadecimal: UInt32) {
    self.init(
      red: UInt8(hexadecimal >> 16 & 0xFF), green: UInt8(hexadecimal >> 8 & 0xFF),
      blue: UInt8(hexadecimal & 0xFF))
  }

  public static func grey(_ level: UInt8) -> Colour { Colour(red: level, green: level, blue: level) }

  public static let white = Colour.grey(255)
  public static let black = Colour.grey(0)

  /// Perceived brightness, from 0 to 255 (ITU-R BT.601 luma).
  public var luma: Double { 0.299 * Double(red) + 0.587 * Double(green) + 0.114 * Double(blue) }

  /// Black or white, whichever can be read on this colour.
  public var ink: Colour { luma > 140 ? .black : .white }
}
