import Testing

@testable import Figures

@Suite struct ClassKeyTests {
  @Test("Codes are initials where these differ, and the next telling letter where not")
  func codes() {
    #expect(ClassKey(names: fashionNames).codes == ["Ts", "Tr", "P", "D", "C", "Sa", "Sh", "Sn", "B", "A"])
    let cifar = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
    #expect(ClassKey(names: cifar).codes == ["Ai", "Au", "B", "C", "De", "Do", "F", "H", "S", "T"])
    #expect(ClassKey(names: (0...9).map(String.init)).codes == (0...9).map(String.init))
  }

  @Test(
    "Where letters cannot tell classes apart, numbers do",
    arguments: [["aa", "aa", "b"], ["", "x"], ["?", "!"]])
  func numbers(names: [String]) {
    #expect(ClassKey(names: names).codes == names.indices.map(String.init))
  }

  @Test("A hundred classes have a hundred codes")
  func many() {
    let codes = ClassKey(names: (0..<100).map { "class \($0)" }).codes
    #expect(Set(codes).count == 100)
  }

  @Test("Ten classes have ten colours; the eleventh begins again")
  func colours() {
    let key = ClassKey(names: (0..<11).map { "\($0)" })
    #expect(Set((0..<10).map(key.colour)).count == 10)
    #expect(key.colour(10) == key.colour(0))
  }
}
