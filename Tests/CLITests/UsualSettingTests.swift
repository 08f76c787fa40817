import Foundation
import Storage
import Testing

/// A setting that nobody gave takes what there is, says so, and records it; one that was given is an error where it cannot be.
@Suite struct UsualSettingTests {
  private struct Case: Sendable, CustomTestStringConvertible {
    let command: [String]
    /// What is remarked.
    let remarks: [String]
    /// Options that ask for what is not there, with the error.
    let given: (options: [String], problem: String)

    var testDescription: String { command.joined(separator: " ") }
  }

  private static let cases = [
    Case(
      command: ["gallery", "run/model.safetensors", "--layer", "logits", "--directions", "2", "--no-cache"],
      remarks: [
        "rows of neurons: 3, not 8 as is usual, because layer logits has no more units",
        "images in a row: 6, not 9 as is usual, because there are no more held-out images",
        "κ of 6 images is 0.00 at most, not 1, because no class has as many held-out images",
      ],
      given: (["--neurons", "8"], "8 neurons were asked for: layer logits has 3 units")),
    Case(
      command: ["rank", "run/model.safetensors", "--no-cache"],
      remarks: [
        "images for each direction: 6, not 9 as is usual, because there are no more held-out images",
        "κ of 6 images is 0.00 at most, not 1, because no class has as many held-out images",
      ],
      given: (["--top", "9"], "the top 9 were asked for: there are 6 held-out images")),
    Case(
      command: [
        "compare", "--architecture", "network.json", "--networks", "2", "--epochs", "1", "--rotations", "19",
        "--bases", "none", "--reference", "none",
      ],
      remarks: [
        "images of a top set: 2, not 9 as is usual, because the smallest class has no more held-out images"
      ],
      given: (["--top", "9"], "the top 9 were asked for: there are 6 held-out images")),
    Case(
      command: ["linearity", "run/model.safetensors", "--no-sizes", "--count", "6"],
      remarks: [
        "the logistic regression is of classes 0 (cross) and 1 (dot), not of 3 and 7 as is usual, because the data do not have both"
      ],
      given: (["--pair", "3,7"], "there is no class 3: expected a number from 0 to 2")),
    Case(
      command: [
        "poison", "backdoor", "--architecture", "network.json", "--epochs", "1", "--networks", "1",
        "--components", "2",
      ],
      remarks: [
        "shares of poisoned images: 0, 0.03, 0.1, not 0, 0.001, 0.003, 0.01, 0.03, 0.1 as is usual, because of 30 training images the others are less than one, or more than there are of other classes"
      ],
      given: (["--shares", "0,0.001"], "0.001")),
    Case(
      command: [
        "poison", "collision", "--architecture", "network.json", "--epochs", "20", "--steps", "2", "--pairs",
        "2",
      ],
      remarks: [
        "images of each class: 9, not 100 as is usual, because class cross has no more than 10 training images"
      ],
      given: (["--images-per-class", "100"], "101")),
    Case(
      command: ["poison", "linear", "--steps", "2", "--draws", "1"],
      remarks: [
        "pairs of classes: cross and dot, cross and línea, dot and línea, because the data do not have the usual 7 and 1, 9 and 8, 4 and 0",
        "poison points: 1, not 10 as is usual, because class cross has no more than 10 training images",
        "training points: 6, not 100 as is usual, because class cross has no more than 10 training images",
        "validation points: 12, not 500 as is usual, because class cross has no more than 10 training images",
      ],
      given: (["--pairs", "7,1"], "no class is called \"7\"")),
  ]

  @Test("What is not given adapts, and says to what", arguments: cases)
  private func adapts(_ tried: Case) async throws {
    let laboratory = try await Laboratory()
    let program = Program(laboratory: laboratory)
    let command = tried.command + ["--data", "images", "--held-out", "0.2", "--output", "out"]
    let outcome = try await program.run(command)
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    for remark in tried.remarks {
      #expect(outcome.errors.components(separatedBy: remark).count == 2, "\(remark): \(outcome.errors)")
    }
    let record = try JSONSerialization.jsonObject(with: laboratory.read("out/run.json")) as? [String: Any]
    #expect(record?["remarks"] as? [String] == tried.remarks)
    let refused = try await program.run(command + tried.given.options)
    #expect(refused.exitCode == 64, "\(refused.errors)")
    #expect(refused.errors.contains(tried.given.problem), "\(refused.errors)")
  }

  @Test("The demonstration of a few images leaves its sheets")
  func demo() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    try laboratory.writeImages(to: "few", perClass: 5)
    let outcome = try await laboratory.run(
      "demo", "--data", "few", "--architecture", "softmax", "--epochs", "1", "--output", "demo")
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("κ of the top 3 images"))
    #expect(FileManager.default.fileExists(atPath: laboratory.file("demo/gallery.png").path))
  }

  @Test("Data of one class are told for what they are")
  func oneClass() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    for name in ["dot", "línea"] { try laboratory.remove("images/\(name)") }
    for command in [
      ["train", "--architecture", "mlp"], ["demo"], ["compare", "--architecture", "mlp"],
      ["privacy", "--architecture", "mlp"], ["shift", "--architecture", "mlp"], ["poison", "linear"],
      ["transfer"],
    ] {
      let outcome = try await Program(laboratory: laboratory).run(
        command + ["--data", "images", "--output", "out"])
      #expect(outcome.exitCode != 0)
      #expect(outcome.errors.contains("one class"), "\(command): \(outcome.errors)")
    }
  }
}
