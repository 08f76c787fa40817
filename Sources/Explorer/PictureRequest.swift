/// A picture from outside that a browser wants looked at: drawn by hand or from a file.
struct PictureRequest: Codable, Sendable {
  struct Picture: Codable, Sendable {
    /// A PNG or JPEG file, in base64.
    var file: String
    /// Dark on light, as on paper, where the data are light on dark.
    var isInverted: Bool?
  }

  var run: Int
  var asker: String
  var picture: Picture

  /// Bytes of a file.
  static let byteLimit = 4_000_000
  static let pixelLimit = 1 << 24
  /// Of the request: base64 takes a third more.
  static let bodyLimit = byteLimit / 3 * 4 + 4096
}
