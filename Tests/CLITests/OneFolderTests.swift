import Foundation
import Storage
import Testing

/// One run, one folder: what two runs at once, a kill, and folders that are something else come to.
@Suite struct OneFolderTests {
  private func noise(_ seed: Int, _ folder: String) -> [String] {
    [
      "attack", "noise", "run/model.safetensors", "--data", "images", "--epsilon", "0.4", "--seed", "\(seed)",
      "--output", folder, "--quiet",
    ]
  }

  /// Every file of the folder but the record.
  private func files(_ laboratory: Laboratory, _ folder: String) throws -> [String: Data] {
    Dictionary(
      uniqueKeysWithValues: try laboratory.content(of: folder).filter { !$0.key.hasSuffix("run.json") }.map {
        (String($0.key.dropFirst(folder.count)), $0.value)
      })
  }

  @Test(
    "Of two runs at once in a folder each leaves its files whole or is refused with one sentence, never both mixed"
  )
  func twoAtOnce() async throws {
    let laboratory = try await Laboratory()
    let program = Program(laboratory: laboratory)
    for seed in 1...2 { expectSuccess(try await program.run(noise(seed, "alone \(seed)"))) }
    let alone = try (1...2).map { try files(laboratory, "alone \($0)") }
    #expect(alone[0] != alone[1])
    var refusals = 0
    for delay in 0..<8 {
      let folder = "both \(delay)"
      let first = try program.start(noise(1, folder))
      try await Task.sleep(for: .milliseconds(10 * delay))
      let second = try program.start(noise(2, folder))
      let outcomes = [try await first.outcome(), try await second.outcome()]
      for outcome in outcomes where outcome.exitCode != 0 {
        expectRefusal(outcome, saying: [folder, "another run is writing this folder"])
        refusals += 1
      }
      #expect(outcomes.contains { $0.exitCode == 0 })
      let found = try files(laboratory, folder)
      let record = try #require(
        JSONSerialization.jsonObject(with: laboratory.read("\(folder)/run.json")) as? [String: Any])
      let seed = try #require((record["configuration"] as? [String: Any])?["seed"] as? Int)
      #expect(record["complete"] as? Bool == true && found == alone[seed - 1], "\(delay)")
    }
    #expect(refusals > 0, "no two runs met")
  }

  @Test(
    "A run that is refused names the process that writes, and touches nothing; a killed one locks nothing")
  func killed() async throws {
    let laboratory = try await Laboratory()
    let program = Program(laboratory: laboratory)
    func train(_ seed: Int, _ folder: String = "long") -> [String] {
      [
        "train", "--data", "images", "--architecture", "network.json", "--epochs", "2000", "--batch", "2",
        "--seed", "\(seed)", "--output", folder,
      ]
    }
    let first = try program.start(train(1))
    try await first.waitForErrors(containing: "training tiny")
    let refused = try await program.run(train(1) + ["--quiet"])
    expectRefusal(refused, saying: ["/long: another run is writing this folder (process "])
    // A report into the folder is refused as well.
    let report = try await laboratory.run("report", "run", "--output", "long", "--quiet")
    expectRefusal(report, saying: ["another run is writing this folder"])
    #expect(!FileManager.default.fileExists(atPath: laboratory.file("long/index.html").path))
    first.kill()
    _ = try await first.outcome()
    let half = ".model.safetensors.0123456789abcdef.partial"
    try laboratory.write("half", to: "long/\(half)")
    let next = try program.start(train(1))
    try await next.waitForErrors(containing: "training tiny")
    #expect(!FileManager.default.fileExists(atPath: laboratory.file("long/\(half)").path))
    next.interrupt()
    let outcome = try await next.outcome()
    #expect(outcome.exitCode == 130, "\(outcome.errors)")
    let names = try laboratory.content(of: "long").keys
    #expect(!names.contains { $0.hasSuffix(".lock") || $0.hasSuffix(".partial") }, "\(names)")
  }

  @Test("A report clears away what a killed report left in the folders inside its own")
  func leftoversOfReports() async throws {
    let laboratory = try await Laboratory()
    let report = ["report", "evaluation", "--output", "page", "--quiet"]
    expectSuccess(try await Program(laboratory: laboratory).run(report))
    let whole = try laboratory.content(of: "page").keys.sorted()
    let inside = try #require(whole.first { $0.hasSuffix(".png") && $0.split(separator: "/").count > 2 })
    let folder = inside.split(separator: "/").dropLast().joined(separator: "/")
    try laboratory.write(Data("half".utf8), to: "\(folder)/.confusion.png.0123456789abcdef.partial")
    expectSuccess(try await Program(laboratory: laboratory).run(report))
    #expect(try laboratory.content(of: "page").keys.sorted() == whole)
  }

  @Test("A killed chart leaves nothing in TMPDIR")
  func charts() async throws {
    let laboratory = try await Laboratory()
    try laboratory.write("", to: "tmp/keep")
    var program = Program(laboratory: laboratory)
    program.environment["TMPDIR"] = laboratory.file("tmp").path
    // A gnuplot that never ends.
    try laboratory.write("#!/bin/sh\nexec sleep 60\n", to: "bin/gnuplot")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: laboratory.file("bin/gnuplot").path)
    program.environment["PATH"] = laboratory.file("bin").path + ":/usr/bin:/bin"
    let evaluate = ["evaluate", "run/model.safetensors", "--data", "images", "--output", "killed"]
    let run = try program.start(evaluate)
    func hasWorkshop() throws -> Bool {
      (try? laboratory.content(of: "killed").keys.contains { $0.hasSuffix("confusion.gp") }) ?? false
    }
    while try !hasWorkshop() { try await Task.sleep(for: .milliseconds(5)) }
    run.kill()
    _ = try await run.outcome()
    #expect(try laboratory.content(of: "tmp").keys.sorted() == ["tmp/keep"])
    expectSuccess(try await Program(laboratory: laboratory).run(evaluate + ["--quiet"]))
    let again = try await Program(laboratory: laboratory).run(
      ["evaluate", "run/model.safetensors", "--data", "images", "--output", "whole", "--quiet"])
    expectSuccess(again)
    #expect(try files(laboratory, "killed") == files(laboratory, "whole"))
  }

  @Test(
    "Another experiment's folder, the data set, and no folder at all are refused before anything is written")
  func otherFolders() async throws {
    let laboratory = try await Laboratory()
    let (run, images) = (try laboratory.content(of: "run"), try laboratory.content(of: "images"))
    let program = Program(laboratory: laboratory)
    let evaluate = ["evaluate", "run/model.safetensors", "--data", "images", "--quiet", "--output"]
    expectRefusal(
      try await program.run(evaluate + ["run"]),
      saying: ["/run: holds a run of train, and this is one of evaluate"])
    for name in ["images", "images/output", "./images/cross", "run/../images"] {
      expectRefusal(
        try await program.run(evaluate + [name]), saying: ["holds the images of images", "--output"])
      expectRefusal(
        try await program.run(["study", "prepare", "run", "--no-cache", "--quiet", "--output", name]),
        saying: ["holds the images of images", "--output"])
      expectRefusal(
        try await program.run(["datasets", "show", "images", "--quiet", "--output", "\(name)/sheet.png"]),
        saying: ["holds the images of images", "--output"])
    }
    try laboratory.write(#"{"laps": 3}"#, to: "other/run.json")
    expectRefusal(
      try await program.run(evaluate + ["other"]), saying: ["other/run.json: is no record of Intrigue's"])
    #expect(try laboratory.read("other/run.json") == Data(#"{"laps": 3}"#.utf8))
    #expect(try laboratory.content(of: "run") == run && laboratory.content(of: "images") == images)

    let before = try FileManager.default.contentsOfDirectory(atPath: laboratory.folder.path).sorted()
    let model = "run/model.safetensors"
    for command in [
      Array(evaluate.dropLast()), ["train", "--data", "images", "--architecture", "mlp"], ["merge", "run"],
      ["report", "run"],
      ["attack", "fgsm", model, "--data", "images"], ["datasets", "show", "images"],
    ] {
      let outcome = try await program.run(command + ["--output", ""])
      #expect(
        outcome.exitCode == 64 && outcome.errors.contains("--output needs a name"), "\(outcome.errors)"
      )
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: laboratory.folder.path).sorted() == before)
  }

  /// A finished run, and the same folder asked for something that it cannot be: the sentence, and nothing is lost.
  struct Conflict: CustomTestStringConvertible, Sendable {
    let command: [String]
    let first: [String]
    let second: [String]
    let says: [String]
    var testDescription: String { "\(command.joined(separator: " ")): \(second.joined(separator: " "))" }
  }

  private static let small = ["--data", "more images", "--epochs", "1"]
  private static let wide = ["--architecture", "wide.json"]
  private static let narrow = ["--architecture", "network.json"]

  /// Of those that train networks: other settings, other data, another protocol.
  private static let ofTrainings = [
    Conflict(command: ["train"] + small, first: narrow, second: wide, says: ["architecture", "--fresh"]),
    Conflict(
      command: ["compare", "--networks", "1", "--rotations", "19", "--top", "3", "--bases", "sphere"] + small,
      first: narrow, second: wide, says: ["architecture", "--fresh"]),
    Conflict(
      command: ["compare", "--networks", "1", "--top", "3", "--bases", "sphere"] + small + narrow,
      first: ["--rotations", "19"], second: ["--rotations", "20"], says: ["another protocol", "--fresh"]),
    Conflict(
      command: ["shift", "--recipes", "plain,noise", "--networks", "1", "--images", "6", "--attacked", "3"]
        + small,
      first: narrow, second: wide, says: ["architecture", "--fresh"]),
    Conflict(
      command: ["privacy", "--epsilons", "8", "--networks", "1", "--count", "4", "--lot", "20"] + small,
      first: narrow, second: wide, says: ["architecture", "--fresh"]),
    Conflict(
      command: ["transfer", "--networks", "softmax:epochs=1", "mlp:epochs=1"],
      first: ["--data", "more images"], second: ["--data", "images"], says: ["data", "--fresh"]),
    Conflict(
      command: ["reproduce", "goodfellow-agreement", "--quick"], first: ["--data", "more images"],
      second: ["--data", "images"], says: ["data", "--fresh"]),
  ]

  /// Of those that are given a network: one for other images.
  private static let ofModels = [
    ["evaluate"], ["attack", "fgsm", "--epsilon", "0.1"], ["attack", "pool", "--methods", "deepfool"],
    ["gallery", "--neurons", "2", "--directions", "2", "--top", "3", "--no-cache"],
    ["rank", "--top", "3", "--no-cache"], ["linearity", "--no-sizes", "--no-pair", "--steps", "11"],
    ["pattern", "--universal-count", "5"], ["rubbish", "--count", "50", "--fooling-count", "5"],
    ["smooth", "--sigma", "0.2", "--count", "3", "--samples", "20", "--selection", "5", "--no-attack"],
    ["substitute", "--seed-images", "2", "--rounds", "1", "--repetitions", "1"],
  ].map {
    Conflict(
      command: $0 + ["--data", "images", "--resize", "8x8"], first: ["run/model.safetensors"],
      second: ["small/model.safetensors"],
      says: ["8×8"])
  }

  @Test("A finished run loses nothing to one that its folder cannot hold", arguments: ofTrainings + ofModels)
  func conflict(_ conflict: Conflict) async throws {
    let laboratory = try await Laboratory()
    try laboratory.writeImages(to: "more images", perClass: 60)
    try laboratory.writeImages(to: "small images", side: 6)
    try laboratory.write(
      Laboratory.network().replacing(#""outputs": 6"#, with: #""outputs": 7"#), to: "wide.json")
    let program = Program(laboratory: laboratory)
    expectSuccess(
      try await program.run(
        [
          "train", "--data", "small images", "--architecture", "softmax", "--epochs", "1", "--output",
          "small", "--quiet",
        ]))
    let output = ["--output", "folder", "--quiet"]
    let first = try await program.run(conflict.command + conflict.first + output)
    #expect(first.exitCode == 0, "\(first.errors)")
    let before = try laboratory.content(of: "folder")
    #expect(before.keys.contains("folder/run.json"))
    let second = try await program.run(conflict.command + conflict.second + output)
    #expect(second.exitCode == 1, "\(second.errors)")
    for word in conflict.says { #expect(second.errors.contains(word), "\(second.errors) lacks: \(word)") }
    #expect(try laboratory.content(of: "folder") == before)
  }
}
