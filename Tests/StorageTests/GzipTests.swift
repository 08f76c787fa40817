import Foundation
import Storage
import Testing

@Suite struct GzipTests {
  private static let lines = (0..<200).map { "line \($0)\n" }.joined()

  @Test(
    "Files written by Python unfold, also when they have two members",
    arguments: ["lines.gz", "two-members.gz"])
  func unfolds(name: String) throws {
    let file = reference(name)
    let content = try Gzip.decompress(
      Data(contentsOf: file), file: file, within: UnfoldingBudget(byteCount: 1 << 20))
    #expect(String(decoding: content, as: UTF8.self) == Self.lines)
  }

  @Test("Content of exactly the limit is accepted and one byte more is not")
  func limit() throws {
    let file = reference("lines.gz")
    let data = try Data(contentsOf: file)
    let count = Self.lines.utf8.count
    func unfold(within byteCount: Int) throws -> Int {
      try Gzip.decompress(data, file: file, within: UnfoldingBudget(byteCount: byteCount)).count
    }
    #expect(try unfold(within: count) == count)
    #expect {
      try unfold(within: count - 1)
    } throws: {
      "\($0)".contains("unfolds to more than \(count - 1) bytes")
    }
  }

  @Test("Files that share a budget are limited by their sum, and one that fits takes its own length of it")
  func sharedLimit() throws {
    let file = reference("lines.gz")
    let data = try Data(contentsOf: file)
    let count = Self.lines.utf8.count
    let budget = UnfoldingBudget(byteCount: 2 * count)
    for _ in 0..<2 { #expect(try Gzip.decompress(data, file: file, within: budget).count == count) }
    #expect {
      try Gzip.decompress(data, file: file, within: budget)
    } throws: {
      "\($0)".contains("unfolds to more than 0 bytes, what is left of the \(2 * count)")
    }
  }

  private static let whole = try? Data(contentsOf: reference("lines.gz"))

  private static let broken: [BrokenFile] = {
    guard let whole else { return [] }
    let count = whole.count
    var claimsMuch = whole
    claimsMuch.replaceSubrange(count - 4..<count, with: [0xFF, 0xFF, 0xFF, 0xFF])
    return [
      BrokenFile("an empty file", Data(), "is not a gzip file"),
      BrokenFile("one byte", whole.prefix(1), "is not a gzip file"),
      BrokenFile("another magic", whole.replacing(at: 1, with: [0x8C]), "is not a gzip file"),
      BrokenFile("only a magic", whole.prefix(2), "is truncated"),
      BrokenFile(
        "an unknown compression method", whole.replacing(at: 2, with: [7]), "unknown compression method"),
      BrokenFile("half of the data", whole.prefix(count / 2), "is truncated"),
      BrokenFile("no trailer", whole.prefix(count - 8), "is truncated"),
      BrokenFile("half a trailer", whole.prefix(count - 3), "is truncated"),
      BrokenFile(
        "a wrong CRC", whole.replacing(at: count - 8, with: [whole[count - 8] ^ 1]), "incorrect data check"),
      BrokenFile("a wrong length", whole.replacing(at: count - 4, with: [0]), "incorrect length check"),
      BrokenFile("a length of 4 GB", claimsMuch, "incorrect length check"),
      BrokenFile("an invalid block", whole.replacing(at: 10, with: [0xFF]), "invalid block type"),
      BrokenFile("garbage at the end", whole + Data("garbage".utf8), "has 7 bytes after its end"),
      BrokenFile("zeros at the end", whole + Data(count: 5), "has 5 bytes after its end"),
      BrokenFile("a second member cut short", whole + whole.prefix(20), "is truncated"),
    ]
  }()

  @Test("The reference file is there")
  func reads() { #expect(Self.whole != nil) }

  @Test("A broken gzip file is refused with one sentence", arguments: broken)
  func refuses(broken: BrokenFile) {
    expectRefusal(of: broken) {
      _ = try Gzip.decompress($0, file: $1, within: UnfoldingBudget(byteCount: 1 << 20))
    }
  }
}
