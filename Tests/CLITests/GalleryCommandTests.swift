import Foundation
import Images
import Testing

/// The flags of `gallery` and the files that they promise.
@Suite struct GalleryCommandTests {
  private func run(_ laboratory: Laboratory, _ options: String...) async throws -> Program.Outcome {
    try await Program(laboratory: laboratory).run(
      [
        "gallery", "run/model.safetensors", "--data", "images", "--neurons", "2", "--directions", "2",
        "--top",
        "2", "--no-cache",
      ] + options)
  }

  @Test("Strata, classes, pages and PDF leave the files that the page names, and the output lists them")
  func files() async throws {
    let laboratory = try await Laboratory()
    let outcome = try await run(
      laboratory, "--rows", "n0,r3,n2", "--strata", "--per-class", "--preset", "slide", "--pdf")
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    let sheets =
      ["gallery", "neurons", "random"]
      + ["n0", "n2", "r003"].flatMap { ["strata/\($0)", "per-class/\($0)"] }
    let wanted =
      sheets.flatMap { ["\($0).png", "\($0).pdf"] }
      + ["rankings.csv", "rankings.json", "strata.csv", "per-class.csv", "run.json"]
      + ["directions.csv", "directions.json", "sprites/directions-1.png"]
    let content = try laboratory.content(of: "output/gallery-images")
    #expect(Set(content.keys) == Set(wanted.map { "output/gallery-images/\($0)" }))
    for name in wanted { #expect(outcome.output.contains("output/gallery-images/\(name)\n"), "\(name)") }
    let bitmap = try PNGFile.read(laboratory.file("output/gallery-images/strata/n0.png"))
    #expect((bitmap.width, bitmap.height) == (1920, 1080))
    let text = try PNGFile.readText(laboratory.file("output/gallery-images/gallery.png"))
    #expect(text.contains { $0.key == "Rows" && $0.value == "Rows selected by name" })
  }

  @Test("Another family takes the place of random directions, in names, words and tables")
  func family() async throws {
    let laboratory = try await Laboratory()
    let outcome = try await run(laboratory, "--against", "pca", "--rows", "p001")
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    let content = try laboratory.content(of: "output/gallery-images")
    #expect(content.keys.contains("output/gallery-images/pca.png"))
    #expect(!content.keys.contains("output/gallery-images/random.png"))
    let table = try #require(content["output/gallery-images/rankings.csv"])
    #expect(String(decoding: table, as: UTF8.self).contains("\nprincipal components,p001,1,"))
    #expect(outcome.output.contains(" principal components "))
    let refused = try await run(laboratory, "--against", "neurons")
    #expect(refused.exitCode == 64 && refused.errors.contains("--against"))
  }

  @Test("A blind gallery leaves three files in a folder of its own, and prints nothing that tells")
  func blind() async throws {
    let laboratory = try await Laboratory()
    let outcome = try await run(laboratory, "--blind")
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    let names = Set(try laboratory.content(of: "output/blind-images").keys)
    #expect(names == Set(["blind.png", "key.json", "run.json"].map { "output/blind-images/\($0)" }))
    #expect(!outcome.output.contains("κ") && outcome.output.contains("the solution is in key.json"))
  }

  @Test("What does not fit model or folder is one sentence, with the exit code of wrong arguments")
  func refusals() async throws {
    let laboratory = try await Laboratory()
    let before = try laboratory.content(of: ".")
    for (options, words) in [
      (["--rows", "n6"], "neuron n6 was asked for: layer act has 6 units, n0 to n5"),
      (["--top", "1", "--rows", "worst"], "needs two images in a row and two classes"),
      (["--blind", "--output", "gallery"], "holds gallery.png of an open gallery"),
    ] {
      let outcome = try await Program(laboratory: laboratory).run(
        ["gallery", "run/model.safetensors", "--data", "images", "--neurons", "2", "--top", "2", "--quiet"]
          + options)
      #expect(outcome.exitCode == 64, "\(options): \(outcome.errors)")
      #expect(outcome.errors.hasPrefix("Error: ") && outcome.errors.contains(words), "\(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1)
    }
    #expect(try laboratory.content(of: ".") == before)
  }
}
