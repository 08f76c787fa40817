import Testing

@testable import Storage

@Suite struct NearestWordTests {
  @Test(
    "The nearest word is asked for, and none that is far",
    arguments: [
      ("pading", "padding"), ("paddign", "padding"), ("Kernel", "kernel"), ("kernal", "kernel"),
      ("out_put_channels", "outputChannels"), ("strides", "stride"), ("bais", "bias"), ("dilate", nil),
      ("x", nil), ("", nil),
    ] as [(String, String?)])
  func nearest(word: String, expected: String?) {
    let known = ["outputChannels", "kernel", "stride", "padding", "dilation", "groups", "bias"]
    #expect(NearestWord.nearest(to: word, among: known) == expected)
    let question = NearestWord.question(word, among: known)
    #expect(question == (expected.map { ": did you mean \"\($0)\"?" } ?? ""))
  }

  @Test("Of equally near words the first is taken")
  func ties() { #expect(NearestWord.nearest(to: "cat", among: ["car", "cap"]) == "car") }
}
