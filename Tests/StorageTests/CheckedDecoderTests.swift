import Foundation
import Tensors
import Testing

@testable import Storage

@Suite struct CheckedDecoderTests {
  private struct Interval: Codable, Equatable, Checked {
    var lower: Double
    var upper: Double

    func check() throws(CheckFailure) {
      try require(lower <= upper, "upper", "expected \(lower) or above, found \(upper)")
    }
  }

  private enum Way: Codable, Equatable {
    case straight(Interval)
    case nowhere
  }

  private struct Record: Codable, Equatable {
    var imageCount = 3
    var offset = -3
    var interval: Interval? = Interval(lower: 0, upper: 1)
    var ways: [Way] = [.nowhere, .straight(Interval(lower: 1, upper: 2))]
    var named: [String: Interval] = ["a": Interval(lower: 0, upper: 0)]
    var seed = UInt64.max
    var scores: [Float?] = [nil, .greatestFiniteMagnitude]
    var losses: [[Double]] = [[0.1], []]
    var kind: Checksum.Algorithm? = nil
    var text = "é\u{0301}"
    var yes = true
  }

  private func read(_ text: String) throws -> Record {
    try JSONFile.decode(Record.self, from: Data(text.utf8), file: URL(filePath: "/run.json"))
  }

  private func text(_ record: Record = Record()) throws -> String {
    String(decoding: try JSONFile.encoded(record, file: URL(filePath: "/run.json")), as: UTF8.self)
  }

  @Test("What can be is read as it was written, through every kind of container")
  func roundTrip() throws {
    #expect(try read(text()) == Record())
  }

  @Test(
    "What cannot be is refused with its place",
    arguments: [
      ("\"imageCount\" : 3", "\"imageCount\" : -1", "imageCount: a count is not negative, found -1"),
      (
        "\"imageCount\" : 3", "\"imageCount\" : 4000000000000",
        "imageCount: 4000000000000 is beyond ±1000000000000"
      ),
      ("\"upper\" : 1", "\"upper\" : -1", "interval.upper: expected 0.0 or above, found -1.0"),
      ("\"upper\" : 2", "\"upper\" : 0.5", "ways[1].straight._0.upper: expected 1.0 or above, found 0.5"),
      ("\"upper\" : 0", "\"upper\" : -2", "named.a.upper: expected 0.0 or above, found -2.0"),
      ("0.1", "1e200", "losses[0][0]: 1e+200 is beyond ±1e+100"),
      ("3.4028235e+38", "1e39", "is not JSON of the expected form"),
    ])
  func refused(written: String, changed: String, problem: String) throws {
    let whole = try text()
    try #require(whole.contains(written), "\(whole)")
    let error = #expect(throws: FileError.self) { try read(whole.replacing(written, with: changed)) }
    #expect(error?.problem.contains(problem) == true, "\(String(describing: error))")
  }
}
