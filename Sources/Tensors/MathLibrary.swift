import Foundation

/// The elementary functions of the C library, whose last digits depend on its version and on the processor.
///
/// glibc has exp, log, sin, pow and others for x86-64 with and without fused multiply–add, and chooses when it is
/// loaded. About one value in a thousand differs.
public enum MathLibrary {
  /// Name and version of the library, and a checksum of values that distinguishes the two: `glibc 2.36 5d1c0e2f`.
  public static let fingerprint: String = {
    let count = 4096
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a
    for index in 0..<count {
      let x = (Double(index) + 0.37) / Double(count)
      for value in [exp(60 * x - 30), log(10 * x), sin(20 * x - 10), cos(20 * x - 10), pow(10 * x, 3.3)] {
        for shift in stride(from: 0, to: 64, by: 8) {
          hash = (hash ^ (value.bitPattern >> UInt64(shift)) & 0xff) &* 0x100_0000_01b3
        }
      }
    }
    return "\(name) \(String(format: "%08x", UInt32(truncatingIfNeeded: hash ^ hash >> 32)))"
  }()

  private static var name: String {
    #if canImport(Glibc)
      let size = confstr(Int32(_CS_GNU_LIBC_VERSION), nil, 0)
      guard size > 1 else { return "libc" }
      var text = [CChar](repeating: 0, count: size)
      confstr(Int32(_CS_GNU_LIBC_VERSION), &text, size)
      return String(decoding: text.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    #else
      return "libc"
    #endif
  }
}
