/// Text that C wrote into a buffer of bytes, up to its NUL.
enum CText {
  static func string(_ buffer: [CChar]) -> String {
    String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// - Parameter buffer: An array of a C struct, which Swift sees as a tuple.
  static func string<Buffer: BitwiseCopyable>(of buffer: Buffer) -> String {
    withUnsafeBytes(of: buffer) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
