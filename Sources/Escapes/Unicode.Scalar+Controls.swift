extension Unicode.Scalar {
  /// C0 and C1 controls with delete, and line and paragraph separators: everything that can end a line.
  var isControl: Bool {
    switch value {
    case 0x00...0x1F, 0x7F...0x9F, 0x2028, 0x2029: true
    default: false
    }
  }
}
