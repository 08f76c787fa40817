import Testing

@testable import Study

@Suite struct PseudonymTests {
  @Test("A thousand participants have different names, the same for the same seed")
  func names() {
    let names = (0..<1000).map { Pseudonym.name($0, seed: 3) }
    #expect(Set(names).count == 1000)
    #expect(Pseudonym.name(0, seed: 3) == names[0])
    #expect(names[0].split(separator: " ").count == 2 && names[500] == "\(names[0]) 2")
  }
}
