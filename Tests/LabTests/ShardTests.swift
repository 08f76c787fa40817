import Foundation
import Testing

@testable import Lab

@Suite struct ShardTests {
  @Test(
    "All shards together have each image once, in order, and differ by at most one image",
    arguments: [1, 2, 3, 7, 12], [0, 1, 5, 12, 1000, 1001])
  func partition(count: Int, imageCount: Int) {
    let shards = (1...count).map { Shard($0, of: count).images(of: imageCount) }
    #expect(shards.flatMap { Array($0) } == Array(0..<imageCount))
    let sizes = shards.map(\.count)
    #expect(sizes.max()! - sizes.min()! <= 1)
  }

  @Test(
    "Only I/N with I from 1 to N is a shard",
    arguments: ["", "1", "/", "0/4", "5/4", "-1/4", "1/0", "1/4/4", "a/4", "1.0/4", "1/ 4", "1/9999999999"])
  func refused(text: String) {
    #expect(Shard(text) == nil)
  }

  @Test("A shard is text in JSON")
  func json() throws {
    let shard = try #require(Shard("2/4"))
    #expect(shard == Shard(2, of: 4))
    let data = try JSONEncoder().encode([shard])
    #expect(try JSONDecoder().decode([Shard].self, from: data) == [shard])
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode([Shard].self, from: Data(#"["5/4"]"#.utf8))
    }
  }
}
