import Testing

@testable import CompareRoom
@testable import Lab

@Suite struct ComparisonProtocolTests {
  @Test("The hash tells two protocols apart by any field, and stays for one")
  func hash() throws {
    let one = ComparisonProtocol()
    var others: [ComparisonProtocol] = []
    for change in [
      { (it: inout ComparisonProtocol) in it.topCount = 10 }, { $0.margin = 0.05 }, { $0.layer = "relu1" },
      { $0.pooling = .max }, { $0.activation = .pre },
      { $0.rotationCount = 99 }, { $0.seed = 2 }, { $0.split = .training }, { $0.level = 0.01 },
    ] as [(inout ComparisonProtocol) -> Void] {
      var other = one
      change(&other)
      others.append(other)
    }
    let hashes = try ([one] + others).map { try $0.hash() }
    #expect(Set(hashes).count == hashes.count)
    #expect(try ComparisonProtocol().hash() == hashes[0])
  }

  @Test("The declared size comes first, then those that the images allow")
  func sizes() {
    #expect(ComparisonProtocol(topCount: 9).topCounts(forImages: 10_000) == [9, 4, 16, 25, 100])
    #expect(ComparisonProtocol(topCount: 7).topCounts(forImages: 20) == [7, 4, 9, 16])
  }
}
