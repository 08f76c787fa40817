import Foundation
import Testing

@testable import Study

/// That phones read the code is for the browser's scenario, which has it read; here is what the standard fixes.
@Suite struct QRCodeTests {
  @Test(
    "The smallest code that holds the text, with its three finder patterns and nothing in the quiet zone",
    arguments: [(14, 1), (15, 2), (26, 2), (27, 3), (100, 6)])
  func versions(byteCount: Int, version: Int) throws {
    // Capacity in bytes at level M: 14, 26, 42, 62, 84, 106 (ISO/IEC 18004, table 7).
    let code = try #require(QRCode(String(repeating: "a", count: byteCount)))
    #expect(code.width == 17 + 4 * version && code.isDark.count == code.width * code.width)
    func isDark(_ x: Int, _ y: Int) -> Bool { code.isDark[y * code.width + x] }
    for (left, top) in [(0, 0), (code.width - 7, 0), (0, code.width - 7)] {
      for y in 0..<7 {
        for x in 0..<7 {
          // A ring, a light ring and a square of three.
          let distance = max(abs(x - 3), abs(y - 3))
          #expect(isDark(left + x, top + y) == (distance != 2), "\(x), \(y)")
        }
      }
    }
    let svg = code.svg
    let side = code.width + 8
    #expect(svg.contains("viewBox=\"0 0 \(side) \(side)\""))
    let starts = svg.matches(of: #/M(\d+) (\d+)h1v1h-1z/#).compactMap { match in
      Int(match.1).flatMap { x in Int(match.2).map { (x, $0) } }
    }
    #expect(starts.count == code.isDark.count { $0 })
    #expect(starts.allSatisfy { (4..<side - 4).contains($0.0) && (4..<side - 4).contains($0.1) })
  }

  @Test("Text that no code holds has none")
  func limits() {
    #expect(QRCode("") == nil)
    #expect(QRCode(String(repeating: "a", count: 2331)) != nil)
    #expect(QRCode(String(repeating: "a", count: 2332)) == nil)
  }
}
