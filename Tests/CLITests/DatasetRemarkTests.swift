import Foundation
import Images
import Testing

/// What was left out or assumed while data were read reaches whoever looks: on the terminal, in records, in reports.
@Suite struct DatasetRemarkTests {
  private static let sentence = "1 file was not read, by its ending: webp (1), such as cross/x.webp"

  @Test(
    "Every command tells a remark once and writes it into its record",
    arguments: [
      ["evaluate", "run/model.safetensors"], ["attack", "fgsm", "run/model.safetensors", "--epsilon", "0.1"],
      [
        "gallery", "run/model.safetensors", "--neurons", "2", "--directions", "2", "--top", "3", "--no-cache",
      ],
      ["train", "--architecture", "network.json", "--epochs", "1"],
    ])
  func commands(_ arguments: [String]) async throws {
    let laboratory = try await Laboratory()
    try laboratory.write("x", to: "images/cross/x.webp")
    let program = Program(laboratory: laboratory)
    let outcome = try await program.run(arguments + ["--data", "images", "--output", "out"])
    #expect(outcome.exitCode == 0)
    #expect(outcome.errors.components(separatedBy: Self.sentence).count == 2, "\(outcome.errors)")
    let record = try JSONSerialization.jsonObject(with: laboratory.read("out/run.json")) as? [String: Any]
    let remarks = (record?["data"] as? [String: Any])?["remarks"] as? [[String: Any]]
    #expect(remarks?.count == 1)
    #expect(remarks?.first?["count"] as? Int == 1 && remarks?.first?["example"] as? String == "cross/x.webp")
    expectSuccess(try await laboratory.run("report", "out", "--output", "page", "--quiet"))
    let page = String(decoding: try laboratory.read("page/index.html"), as: UTF8.self)
    #expect(page.contains(Self.sentence))
  }

  @Test("The sheets of attack, gallery and datasets show say it at their foot")
  func sheets() async throws {
    let laboratory = try await Laboratory()
    try laboratory.write("x", to: "images/cross/x.webp")
    let model = ["run/model.safetensors", "--data", "images", "--quiet", "--output"]
    for arguments in [
      ["attack", "fgsm"] + model + ["attack", "--epsilon", "0.1"],
      ["gallery"] + model
        + ["gallery", "--neurons", "2", "--directions", "2", "--top", "3", "--no-cache"],
      ["datasets", "show", "images", "--quiet", "--output", "show.png"],
    ] { expectSuccess(try await Program(laboratory: laboratory).run(arguments)) }
    for sheet in ["attack/adversarial.png", "gallery/gallery.png", "show.png"] {
      let texts = try PNGFile.readText(laboratory.file(sheet))
      let foot = try #require(texts.first { $0.key == "Description" }, "\(sheet)").value
      #expect(foot.contains(Self.sentence), "\(sheet): \(foot)")
    }
  }

  @Test("datasets show lists all remarks, in its table and as JSON")
  func show() async throws {
    let laboratory = try await Laboratory()
    try laboratory.write("x", to: "images/cross/x.webp")
    let lines = try await laboratory.run("datasets", "show", "images", "--output", "a.png")
    #expect(lines.exitCode == 0)
    #expect(lines.output.contains("remark: \(Self.sentence)\n"))
    // Once.
    #expect(!lines.errors.contains(Self.sentence), "\(lines.errors)")
    let json = try await laboratory.run(
      "datasets", "show", "images", "--output", "a.png", "--json", "--quiet")
    let description = try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any]
    #expect((description?["remarks"] as? [[String: Any]])?.count == 1)
  }
}
