import Foundation
import Storage
import Testing

/// A picture never stands between work and result.
@Suite struct NumbersBeforePicturesTests {
  private static func record(_ name: String, in laboratory: Laboratory) throws -> [String: Any] {
    try #require(
      try JSONSerialization.jsonObject(with: laboratory.read("\(name)/run.json")) as? [String: Any])
  }

  @Test(
    "Without gnuplot a command ends as usual, with a remark for each chart on the terminal and in the record",
    arguments: [
      (["train", "--architecture", "network.json", "--epochs", "1"], ["figures/training.png"]),
      (["evaluate", "run/model.safetensors"], ["figures/confusion.png"]),
      (
        ["attack", "ddn", "run/model.safetensors"],
        ["figures/robust-accuracy.png", "figures/distortions.png"]
      ),
      (
        ["linearity", "run/model.safetensors", "--no-sizes"],
        ["figures/pieces.png", "figures/local.png"]
      ),
      (
        ["rubbish", "run/model.safetensors", "--count", "50", "--fooling-count", "20"],
        ["figures/classes.png"]
      ),
    ])
  func withoutGnuplot(command: [String], charts: [String]) async throws {
    let laboratory = try await Laboratory()
    try FileManager.default.createDirectory(
      at: laboratory.file("bin"), withIntermediateDirectories: true)
    let program = Program(
      laboratory: laboratory, environment: ["PATH": laboratory.file("bin").path])
    let outcome = try await program.run(command + ["--data", "images", "--output", "out"])
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    let record = try Self.record("out", in: laboratory)
    #expect(record["complete"] as? Bool == true && record["results"] != nil)
    let remarks = record["remarks"] as? [String] ?? []
    for chart in charts {
      let remark = "\(chart) was not drawn: gnuplot is not installed: charts need the package gnuplot-nox"
      #expect(remarks.contains(remark), "\(chart): \(remarks)")
      #expect(!FileManager.default.fileExists(atPath: laboratory.file("out/\(chart)").path))
    }
    #expect(outcome.errors.contains("was not drawn: gnuplot is not installed"), "\(outcome.errors)")
    // The report does without them, too, and says why.
    let report = try await program.run(["report", "out", "--output", "page", "--quiet"])
    #expect(report.exitCode == 0, "\(report.errors)")
    let page = String(decoding: try laboratory.read("page/index.html"), as: UTF8.self)
    #expect(page.contains("was not drawn"))
  }

  @Test(
    "Without its font no figure is drawn with boxes for letters: each is a remark",
    arguments: [
      ["train", "--architecture", "network.json", "--epochs", "1"],
      ["attack", "fgsm", "run/model.safetensors", "--epsilon", "0.1"],
      ["gallery", "run/model.safetensors", "--pdf", "--no-cache"],
    ])
  func withoutFonts(command: [String]) async throws {
    let laboratory = try await Laboratory()
    try laboratory.write("<fontconfig></fontconfig>", to: "fonts.conf")
    let program = Program(
      laboratory: laboratory, environment: ["FONTCONFIG_FILE": laboratory.file("fonts.conf").path])
    let outcome = try await program.run(command + ["--data", "images", "--output", "out"])
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    let problem =
      "was not drawn: the font DejaVu Sans is not installed; on Debian: apt-get install fonts-dejavu-core"
    #expect(outcome.errors.contains(problem), "\(outcome.errors)")
    let record = try Self.record("out", in: laboratory)
    #expect(record["complete"] as? Bool == true)
    #expect((record["remarks"] as? [String] ?? []).contains { $0.contains(problem) })
    // Those without a word on them are drawn.
    let plain = ["/adversarial/", "/sprites/"]
    let pictures = try laboratory.content(of: "out").keys.filter { name in
      name.hasSuffix(".pdf") || name.hasSuffix(".png") && !plain.contains(where: name.contains)
    }
    #expect(pictures.isEmpty, "\(pictures)")
  }

  /// Experiments whose own charts stand in `figures`; training, demo and reproduce keep their numbers elsewhere.
  private static let drawn = [
    "evaluate", "compare", "square", "pool", "budget", "transfer", "linearity", "pattern", "rubbish",
    "substitute", "privacy", "smooth", "shift", "labels", "backdoor", "collision", "linear",
  ]

  @Test("Results stand in the record before the first chart is drawn, and a gnuplot that fails ends no run")
  func resultsFirst() async throws {
    let laboratory = try await EveryRun.laboratory()
    // Copies the record of the run whose chart it is to draw, not of a network that is trained inside.
    let gnuplot = """
      #!/bin/sh
      case "$PWD" in */again/figures/*) cp -n ../../run.json ../../seen.json ;; esac
      exit 1
      """
    try laboratory.write(gnuplot, to: "bin/gnuplot")
    chmod(laboratory.file("bin/gnuplot").path, 0o755)
    let program = Program(
      laboratory: laboratory, environment: ["PATH": laboratory.file("bin").path + ":/usr/bin:/bin"])
    for folder in Self.drawn {
      let command = try #require(EveryRun.commands.first { $0.folder == folder }).command
      let outcome = try await program.run(command + ["--output", "again", "--quiet"])
      #expect(outcome.exitCode == 0, "\(folder): \(outcome.errors)")
      let seen = try? JSONSerialization.jsonObject(with: laboratory.read("again/seen.json")) as? [String: Any]
      #expect(seen?["results"] != nil && seen?["complete"] as? Bool == false, "\(folder)")
      let last = try Self.record("again", in: laboratory)
      let remarks = last["remarks"] as? [String] ?? []
      #expect(
        last["complete"] as? Bool == true
          && remarks.contains { $0.contains("was not drawn: gnuplot could not draw the chart") }, "\(folder)")
      try laboratory.remove("again")
    }
  }

  @Test("Of many classes what can be read is shown, and every command says what it left out")
  func manyClasses() async throws {
    let laboratory = try await Laboratory(hasResults: false)
    let (classCount, perClass, side) = (120, 4, 6)
    let count = classCount * perClass
    var pixels: [UInt8] = []
    for image in 0..<count {
      let (label, number) = (image % classCount, image / classCount)
      for pixel in 0..<side * side {
        let value: Int = label * 37 + pixel * pixel * 11 + number * 3
        pixels.append(UInt8(value % 256))
      }
    }
    try laboratory.write(
      NPYFile(shape: [count, side, side], elements: .bytes(pixels)).encoded(), to: "many/images.npy")
    try laboratory.write(
      NPYFile(shape: [count], elements: .integers((0..<count).map { $0 % classCount })).encoded(),
      to: "many/labels.npy")
    let program = Program(laboratory: laboratory)
    func run(_ arguments: [String]) async throws -> Program.Outcome {
      let outcome = try await program.run(arguments)
      #expect(outcome.exitCode == 0, "\(arguments): \(outcome.errors)")
      return outcome
    }
    func exists(_ name: String) -> Bool {
      FileManager.default.fileExists(atPath: laboratory.file(name).path)
    }
    _ = try await run([
      "train", "--data", "many", "--architecture", "softmax", "--epochs", "1", "--output", "run", "--quiet",
    ])
    let model = ["run/model.safetensors", "--data", "many", "--quiet", "--output"]
    let evaluation = try await run([
      "evaluate", "run/model.safetensors", "--data", "many", "--output", "evaluation",
    ])
    #expect(
      evaluation.output.contains("the 10 classes with the lowest recall of 120; all are in classes.csv"))
    #expect(evaluation.output.split(separator: "\n").count < 20)
    #expect(exists("evaluation/figures/confused-pairs.png") && !exists("evaluation/figures/confusion.png"))
    // The rows of the chart are the largest counts beside the diagonal of the record.
    let results = try #require(Self.record("evaluation", in: laboratory)["results"] as? [String: Any])
    let confusion = try #require(results["confusion"] as? [[Int]])
    let wrong = confusion.enumerated().flatMap { label, row in
      row.enumerated().filter { $0.offset != label }.map(\.element)
    }.sorted(by: >)
    let table = String(decoding: try laboratory.read("evaluation/figures/confused-pairs.csv"), as: UTF8.self)
    let shown = table.split(separator: "\n").dropFirst().map {
      Int($0.split(separator: ",", omittingEmptySubsequences: false)[4]) ?? 0
    }
    #expect(shown.sorted(by: >) == Array(wrong.prefix(shown.count)) && shown.count <= 30 && !shown.isEmpty)

    _ = try await run(
      ["attack", "fgsm"] + model + ["every", "--epsilon", "0.2", "--count", "3", "--targeted", "all"])
    #expect(exists("every/targets.png"))
    let classes = String(decoding: try laboratory.read("every/classes.csv"), as: UTF8.self)
    #expect(classes.split(separator: "\n").count == 1 + 120 * 119)
    _ = try await run(["rubbish"] + model + ["rubbish", "--count", "60", "--fooling-count", "20"])
    #expect(exists("rubbish/figures/rubbish.png") && exists("rubbish/figures/classes.png"))
    _ = try await run(["report", "evaluation", "rubbish", "every", "--output", "page", "--quiet"])
    let inspection = try await run(["inspect", "run/model.safetensors"])
    #expect(inspection.output.contains(" and 110 more; --json lists all"))
  }
}
