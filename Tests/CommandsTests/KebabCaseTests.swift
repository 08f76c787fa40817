import Testing

@testable import Commands

@Suite struct KebabCaseTests {
  private enum Kind: String, CaseIterable { case gaussian, randomSign }

  @Test("A choice is read in either spelling and shown with hyphens")
  func spellings() {
    #expect(KebabCase<Kind>.allValueStrings == ["gaussian", "random-sign"])
    #expect(KebabCase(Kind.randomSign).defaultValueDescription == "random-sign")
    for word in ["random-sign", "randomSign"] {
      #expect(KebabCase<Kind>(argument: word)?.value == .randomSign)
    }
    #expect(KebabCase<Kind>(argument: "random") == nil)
  }
}
