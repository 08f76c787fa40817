import CQRCode

/// A QR code: text as dark and light squares, encoded by libqrencode.
struct QRCode {
  /// Squares on a side, without the quiet zone.
  let width: Int
  /// Row by row.
  let isDark: [Bool]

  /// Light squares around the code, without which readers do not find it (ISO/IEC 18004).
  static let quietZone = 4

  /// - Parameter text: Encoded as UTF-8 in the smallest code that holds it; 15 % of the code may be unreadable.
  /// - Returns: nil for text that no code holds: empty, or more than about 2,300 bytes.
  init?(_ text: String) {
    guard let code = QRcode_encodeString8bit(text, 0, QR_ECLEVEL_M) else { return nil }
    defer { QRcode_free(code) }
    width = Int(code.pointee.width)
    // The lowest bit is the colour; the others say what a square is for.
    isDark = UnsafeBufferPointer(start: code.pointee.data, count: width * width).map { $0 & 1 == 1 }
  }

  /// Black on white on any page, a unit for each square.
  var svg: String {
    let side = width + 2 * Self.quietZone
    let squares = isDark.indices.filter { isDark[$0] }.map { index in
      "M\(index % width + Self.quietZone) \(index / width + Self.quietZone)h1v1h-1z"
    }
    return
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(side) \(side)\" shape-rendering=\"crispEdges\">"
      + "<path fill=\"#fff\" d=\"M0 0h\(side)v\(side)h-\(side)z\"/><path fill=\"#000\" d=\"\(squares.joined())\"/></svg>"
  }
}
