import Foundation
import Networks
import Testing

/// What a network's training knows of its images need not be typed again, and images that it was trained on are not shown to
/// it as if it had never seen them.
@Suite struct GivenModelsTests {
  /// Data, size, colour, classes and split of the training are another than the usual ones.
  private static let reading = [
    "--resize", "6x6", "--colour", "grey", "--classes", "dot,cross", "--held-out", "0.34", "--split-seed",
    "7",
  ]

  private func laboratory(_ more: [String] = reading) async throws -> Laboratory {
    let laboratory = try await Laboratory(hasResults: false)
    expectSuccess(
      try await Program(laboratory: laboratory).run(
        [
          "train", "--data", "images", "--architecture", "softmax", "--epochs", "1", "--output", "trained",
          "--quiet",
        ]
          + more))
    return laboratory
  }

  private func record(_ laboratory: Laboratory, _ folder: String) throws -> [String: Any] {
    try #require(
      JSONSerialization.jsonObject(with: laboratory.read("\(folder)/run.json")) as? [String: Any])
  }

  private static let commands = [
    ["evaluate"], ["rank", "--no-cache"], ["gallery", "--no-cache", "--layer", "input"],
    ["attack", "fgsm", "--epsilon", "0.1"], ["attack", "ddn", "--targeted", "all"],
    ["attack", "pool", "--epsilon", "0.1", "--methods", "fgsm"], ["linearity", "--no-sizes", "--no-pair"],
    ["pattern"], ["rubbish", "--count", "20"], ["smooth", "--samples", "20", "--no-attack"],
    ["transfer", "--models"],
    [
      "compare", "--reference", "none", "--bases", "none", "--rotations", "19", "--layer", "input",
      "--models",
    ],
  ]

  @Test(
    "A run's folder stands for its network, and every command reads as its training did", arguments: commands)
  func adopts(_ command: [String]) async throws {
    let laboratory = try await laboratory()
    let isSeveral = command.last == "--models"
    let outcome = try await Program(laboratory: laboratory).run(
      command + (isSeveral ? ["trained", "trained"] : ["trained"]) + ["--output", "out"])
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    let words =
      "with the settings of softmax's training: --resize 6x6 --colour grey --held-out 0.34 --split-seed 7 "
      + "--classes dot,cross"
    #expect(outcome.errors.components(separatedBy: words).count == 2, "\(outcome.errors)")
    let (trained, shown) = try (record(laboratory, "trained"), record(laboratory, "out"))
    func data(_ record: [String: Any]) throws -> [String: Any] {
      try #require(record["data"] as? [String: Any])
    }
    let (first, second) = try (data(trained), data(shown))
    #expect(second["checksum"] as? String == first["checksum"] as? String)
    let remarks = try #require(second["remarks"] as? [[String: Any]])
    #expect(remarks.contains { $0["text"] as? String == words })
    // What was read is in the record as if it had been typed.
    func source(_ record: [String: Any]) throws -> NSDictionary {
      try #require((record["configuration"] as? [String: Any])?["data"] as? NSDictionary)
    }
    let (given, adopted) = try (source(trained), source(shown))
    #expect(adopted == given)
  }

  @Test("What is given is read as given")
  func given() async throws {
    let laboratory = try await laboratory()
    let outcome = try await laboratory.run(
      "evaluate", "trained/model.safetensors", "--data", "images", "--held-out", "0.34", "--split-seed", "7",
      "--classes", "dot,cross", "--output", "out")
    #expect(outcome.exitCode == 0)
    #expect(outcome.errors.contains("with the settings of softmax's training: --resize 6x6 --colour grey\n"))
  }

  @Test("Another split would show images that the network was trained on: refused, unless it is wanted")
  func otherSplit() async throws {
    let laboratory = try await laboratory()
    for command in Self.commands where command[0] != "rubbish" {
      let arguments =
        command + (command.last == "--models" ? ["trained", "trained"] : ["trained"])
        + ["--split-seed", "8", "--output", "out"]
      let refused = try await Program(laboratory: laboratory).run(arguments)
      #expect(refused.exitCode == 1, "\(command): \(refused.errors)")
      let pattern =
        /images: (\d) of the 8 held-out images are among those that softmax was trained on \(of 16, its file remembers 16\)/
      let found = try #require(refused.errors.firstMatch(of: pattern), "\(command): \(refused.errors)")
      #expect(refused.errors.contains("with --held-out 0.34 --split-seed 7"))
      #expect(!FileManager.default.fileExists(atPath: laboratory.file("out").path))
      guard command == ["evaluate"] else { continue }
      let wanted = try await Program(laboratory: laboratory).run(arguments + ["--trained-images-too"])
      #expect(wanted.exitCode == 0)
      let remark = "\(found.1) of the 8 held-out images are among those that softmax was trained on"
      #expect(wanted.errors.contains(remark))
      let data = try #require(record(laboratory, "out")["data"] as? [String: Any])
      #expect((data["remarks"] as? [[String: Any]])?.contains { $0["text"] as? String == remark } == true)
      try laboratory.remove("out")
    }
  }

  @Test("The same images under another name, with more beside them, are known again; other images are not")
  func knownAgain() async throws {
    let laboratory = try await laboratory([])
    try laboratory.writeImages(to: "elsewhere/photos", perClass: 13)
    let same = try await laboratory.run(
      "evaluate", "trained", "--data", "elsewhere/photos", "--output", "out")
    #expect(same.exitCode == 1)
    #expect(same.errors.contains("are among those that softmax was trained on"))
    #expect(same.errors.contains("images were added or taken away since"))
    for label in Laboratory.classNames {
      for number in 0..<12 { try laboratory.remove("elsewhere/photos/\(label)/\(number).png") }
      for number in 20..<24 {
        let label = Laboratory.classNames.firstIndex(of: label)!
        try laboratory.writeImage(
          label, number, to: "elsewhere/photos/\(Laboratory.classNames[label])/\(number).png")
      }
    }
    let other = try await laboratory.run(
      "evaluate", "trained", "--data", "elsewhere/photos", "--output", "out")
    #expect(other.exitCode == 0, "\(other.errors)")
  }

  @Test("Size and colours are those that the network takes, and what that changes is said")
  func sizeAndColour() async throws {
    let laboratory = try await laboratory([])
    try laboratory.writeImages(to: "large", perClass: 4, side: 11)
    let outcome = try await laboratory.run("evaluate", "trained", "--data", "large", "--output", "out")
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("12 images were resized to 8×8, such as cross/0.png"))
    #expect(!outcome.errors.contains("with the settings of"))
  }

  @Test("Data with other classes than those of the training are read with all of theirs")
  func otherClasses() async throws {
    let laboratory = try await laboratory()
    for (name, label) in [("a", 0), ("b", 1)] {
      for number in 30..<34 { try laboratory.writeImage(label, number, to: "other/\(name)/\(number).png") }
    }
    let outcome = try await laboratory.run("evaluate", "trained", "--data", "other", "--output", "out")
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(outcome.errors.contains("the model's classes have other names than those of the data"))
    #expect(!outcome.errors.contains("--classes dot,cross"))
  }

  @Test("A folder that stands for no network, or for several, is told for what it is")
  func folders() async throws {
    let laboratory = try await laboratory([])
    let none = try await laboratory.run("evaluate", "images", "--data", "images")
    #expect(none.exitCode == 1)
    #expect(none.errors.contains("images: is a folder that stands for no network; expected a model file"))
    expectSuccess(
      try await laboratory.run(
        "transfer", "--networks", "softmax:epochs=1", "mlp:epochs=1", "--quiet", "--data",
        "images",
        "--count", "4",
        "--output", "several"))
    let several = try await laboratory.run("evaluate", "several")
    #expect(several.exitCode == 1)
    #expect(
      several.errors.contains("it has several in networks/: name one of those folders"), "\(several.errors)")
    // The folder of a run that is about one network stands for it.
    expectSuccess(try await laboratory.run("evaluate", "trained", "--output", "evaluation", "--quiet"))
    expectSuccess(try await laboratory.run("evaluate", "evaluation", "--output", "again", "--quiet"))
    let weights = try await laboratory.run(
      "evaluate", "--weights", "trained/model.safetensors", "--architecture", "network.json")
    #expect(weights.errors.contains("does not fit architecture") || weights.errors.contains("give --data"))
  }

  @Test("A model file without names of classes is given those of the data, without a word about other names")
  func nameless() async throws {
    let laboratory = try await Laboratory()
    var model = try ModelFile.read(laboratory.file("run/model.safetensors"))
    model.classNames = Model.unnamedClasses(model.classNames.count)
    try ModelFile.write(model, to: laboratory.file("nameless.safetensors"))
    let outcome = try await laboratory.run(
      "evaluate", "nameless.safetensors", "--data", "images", "--output", "out")
    #expect(outcome.exitCode == 0 && !outcome.errors.contains("other names"), "\(outcome.errors)")
    #expect(outcome.output.contains("línea") && !outcome.output.contains("class 0"), "\(outcome.output)")
  }

  @Test("Data are asked for where nobody knows them, and an empty name is refused")
  func names() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    for command in [
      ["train", "--architecture", "softmax"], ["shift", "--architecture", "softmax"], ["reproduce", "all"],
      ["demo"],
      ["evaluate", "model"], ["attack", "fgsm", "model", "--epsilon", "0.1"],
      ["compare", "--architecture", "softmax"],
      ["poison", "labels"], ["privacy"], ["transfer"],
    ] {
      let outcome = try await Program(laboratory: laboratory).run(command + ["--data", ""])
      #expect(outcome.exitCode == 64, "\(command): \(outcome.errors)")
      #expect(
        outcome.errors.contains("--data needs a name or a folder, got \"\""), "\(command): \(outcome.errors)")
    }
    for command in [["compare", "--architecture", "softmax"], ["transfer"]] {
      let outcome = try await Program(laboratory: laboratory).run(command)
      #expect(
        outcome.exitCode == 64 && outcome.errors.contains("give --data"), "\(command): \(outcome.errors)")
    }
  }
}
