import Foundation
import Networks
import Poisoning
import Storage
import Tensors
import Testing

@testable import Lab
@testable import PoisonRoom

@Suite struct LabelPoisonExperimentTests {
  func configuration(
    _ scene: PoisonScene, pattern: LabelPoisonExperiment.Pattern = .random, shares: [Double] = [0, 0.4],
    trimmings: [LabelPoisonExperiment.Trimming] = [.known, .estimated]
  ) -> LabelPoisonExperiment.Configuration {
    LabelPoisonExperiment.Configuration(
      data: scene.data, victim: scene.victim, pattern: pattern, shares: shares, repetitions: 2,
      trimmings: trimmings, rounds: 1)
  }

  @Test("The same files for one worker and two, and from a run that was stopped and went on")
  func reproducible() throws {
    let scene = PoisonScene()
    func run(_ workers: Int) throws -> (files: [String: Data], results: LabelPoisonExperiment.Results) {
      try scene.files {
        try LabelPoisonExperiment(configuration(scene), workerCount: workers).run(on: scene.dataset, in: $0) {
          _ in
        }
      }
    }
    let one = try run(1)
    #expect(try comparable(one.files) == comparable(run(2).files))
    let resumed = try scene.resumed(after: 40) { folder, progress in
      try LabelPoisonExperiment(configuration(scene), workerCount: 2).run(
        on: scene.dataset, in: folder, progress: progress)
    }
    #expect(resumed.partsBefore > 0 && resumed.partsBefore < 4)
    #expect(try comparable(resumed.files) == comparable(one.files))
    #expect(one.results.outcomes.count == 4)
    for name in ["labels.csv", "figures/error.png", "figures/neurons.png"] { #expect(one.files[name] != nil) }
    #expect(one.files["figures/taken.png"] == nil)
  }

  @Test("Counts fit together: what was flipped, what was dropped, and nothing where nothing was flipped")
  func counts() throws {
    let scene = PoisonScene()
    let (_, results) = try scene.files {
      try LabelPoisonExperiment(
        configuration(scene, trimmings: [.known, .estimated, .share(0.25)]), workerCount: 2
      ).run(on: scene.dataset, in: $0) { _ in }
    }
    for outcome in results.outcomes {
      #expect(outcome.flipCount == (outcome.share == 0 ? 0 : 72) && outcome.trainingCount == 180)
      #expect(outcome.plain.error.total == 90 && outcome.plain.taken == nil)
      #expect(outcome.trimmed[0].droppedCount == outcome.flipCount && outcome.trimmed[2].droppedCount == 45)
      for trimmed in outcome.trimmed {
        #expect(trimmed.droppedFlips <= min(trimmed.droppedCount, outcome.flipCount))
      }
      if outcome.share == 0 { #expect(outcome.trimmed[0].judged == outcome.plain) }
    }
    let poisoned = results.outcomes.filter { $0.share == 0.4 }
    // Better than dropping at random, which would hit 0.4 · 72 = 29.
    #expect(poisoned.allSatisfy { $0.trimmed[0].droppedFlips > 40 })
    func errors(_ rows: [LabelPoisonExperiment.Outcome]) -> Int {
      rows.reduce(0) { $0 + $1.plain.error.count }
    }
    #expect(errors(poisoned) > errors(results.outcomes.filter { $0.share == 0 }))
    #expect(results.sentences.count == 4 && results.changes.count == 4)
  }

  @Test("Targeted flips are judged by the images of the first class that are called the second")
  func targeted() throws {
    let scene = PoisonScene()
    let (files, results) = try scene.files {
      try LabelPoisonExperiment(
        configuration(scene, pattern: .targeted(from: "square", to: "0"), shares: [1], trimmings: []),
        workerCount: 2
      ).run(on: scene.dataset, in: $0) { _ in }
    }
    #expect(results.pair == ["square", "0"] && files["figures/taken.png"] != nil)
    let all = try #require(results.outcomes.last)
    #expect(all.share == 1 && all.flipCount == 60 && all.plain.taken?.total == 30)
    // Nobody ever showed it a square as a square.
    #expect(all.plain.taken == Proportion(30, of: 30) && all.plain.error.count >= 30)
  }

  @Test("What does not fit is refused before anything is written")
  func refusals() throws {
    let scene = PoisonScene()
    let url = FileManager.default.temporaryDirectory.appending(path: "intrigue-poison-\(UUID().uuidString)")
    #expect(throws: UnknownClass.self) {
      try LabelPoisonExperiment(
        configuration(scene, pattern: .targeted(from: "square", to: "triangle")), workerCount: 1
      ).run(on: scene.dataset, in: RunFolder(url)) { _ in }
    }
    #expect(throws: PoisonError.sameClass(name: "square", options: "--from and --to")) {
      try LabelPoisonExperiment(
        configuration(scene, pattern: .targeted(from: "square", to: "1")), workerCount: 1
      ).run(on: scene.dataset, in: RunFolder(url)) { _ in }
    }
    #expect(throws: PoisonError.nothingLeft(share: 1, count: 180)) {
      try LabelPoisonExperiment(configuration(scene, shares: [1]), workerCount: 1).run(
        on: scene.dataset, in: RunFolder(url)
      ) { _ in }
    }
    #expect(throws: PoisonError.shareTooSmall(share: 0.008, count: 60)) {
      try LabelPoisonExperiment(
        configuration(scene, pattern: .targeted(from: "square", to: "0"), shares: [0.008]), workerCount: 1
      ).run(on: scene.dataset, in: RunFolder(url)) { _ in }
    }
    var pixels = configuration(scene)
    pixels.victim.architecture = .named("softmax")
    #expect(throws: PoisonError.noFeatures(architecture: "softmax")) {
      try LabelPoisonExperiment(pixels, workerCount: 1).run(on: scene.dataset, in: RunFolder(url)) {
        _ in
      }
    }
    #expect(!FileManager.default.fileExists(atPath: url.path))
  }
}

extension LabelPoisonExperimentTests {
  @Test("Where every image would be dropped one stays, and a network is trained on it")
  func everythingWrong() throws {
    // Nothing was learned from these labels: an untrained network that gets each of two images wrong.
    let scene = PoisonScene(trainingCount: 3, heldOutCount: 9, epochs: 0)
    let (_, results) = try scene.files {
      try LabelPoisonExperiment(
        configuration(scene, shares: [0, 1], trimmings: [.estimated, .share(0.99)]), workerCount: 1
      ).run(on: scene.dataset, in: $0) { _ in }
    }
    for outcome in results.outcomes {
      #expect(outcome.trimmed.allSatisfy { $0.droppedCount < 3 })
      #expect(outcome.trimmed[1].droppedCount == 2)
    }
    #expect(results.outcomes.contains { $0.flipCount == 3 })
  }

  @Test("Of a targeted flip every share is said to be of the one class, and z names its class")
  func words() throws {
    let scene = PoisonScene()
    let (_, results) = try scene.files {
      try LabelPoisonExperiment(
        configuration(scene, pattern: .targeted(from: "square", to: "0"), shares: [0.5]), workerCount: 2
      ).run(on: scene.dataset, in: $0) { _ in }
    }
    #expect(results.sentences[0].contains("50 % of the images of square labelled 0: "))
    #expect(results.sentences[2].contains("with 50 % of the images of square labelled 0 error "))
    #expect(!results.sentences.contains { $0.contains("50 % flipped") })
    #expect(results.changes.allSatisfy { $0.label.map((0..<3).contains) == true })
  }

  @Test("A run into the folder of a targeted one leaves no picture of that, and its report names none")
  func earlierPicture() throws {
    let scene = PoisonScene(trainingCount: 30, heldOutCount: 30, epochs: 1)
    let (files, _) = try scene.files { folder in
      _ = try LabelPoisonExperiment(
        configuration(scene, pattern: .targeted(from: "square", to: "0"), trimmings: []), workerCount: 2
      ).run(on: scene.dataset, in: folder) { _ in }
      #expect(folder.exists("figures/taken.png"))
      return try LabelPoisonExperiment(configuration(scene, trimmings: []), workerCount: 2).run(
        on: scene.dataset, in: folder
      ) { _ in }
    }
    #expect(files.keys.filter { $0.contains("taken") }.isEmpty && files["figures/error.png"] != nil)
  }

  @Test("Where the file of an architecture says something else, everything is measured again")
  func otherArchitecture() throws {
    var scene = PoisonScene(trainingCount: 30, heldOutCount: 30, epochs: 1)
    try withTemporaryFolder { url in
      let file = url.appending(path: "network.json")
      func results(hidden: Int, in name: String) throws -> [LabelPoisonExperiment.Outcome] {
        let architecture = Architecture(
          name: "small", input: scene.dataset.training.shape,
          nodes: [
            .init("flatten", .flatten), .init("hidden", .linear(outputs: hidden, bias: true)),
            .init("relu", .relu), .init("classifier", .linear(outputs: 3, bias: true)),
          ])
        try Data(try architecture.json.utf8).write(to: file)
        scene.victim.architecture = .file(path: file.path)
        return try LabelPoisonExperiment(configuration(scene), workerCount: 1).run(
          on: scene.dataset, in: RunFolder(url.appending(path: name))
        ) { _ in }.outcomes
      }
      let first = try results(hidden: 2, in: "run")
      let second = try results(hidden: 40, in: "run")
      #expect(second == (try results(hidden: 40, in: "fresh")) && second != first)
    }
  }
}

@Suite struct PoisonPartsTests {
  private struct Settings: Codable, Equatable {
    var victim: VictimTraining
    var shares: [Double]
  }

  @Test("A part is measured once; other settings, other data and broken files are measured again")
  func parts() throws {
    try withTemporaryFolder { url in
      let folder = RunFolder(url)
      let victim = PoisonScene().victim
      func value(
        _ rate: Double, data: String = "d", architecture: String = "a", _ measured: Int
      ) throws -> Int {
        let run = try Run(
          RunRecord<[Int], [Int]>(experiment: "poison", configuration: [], workerCount: 1, data: nil),
          on: nil, in: folder
        ) { _ in }
        return try PoisonParts(
          of: run, dataChecksum: data, architecture: architecture,
          settings: Settings(victim: victim, shares: [rate])
        ).value("part") { measured }
      }
      #expect(try value(1, 10) == 10)
      #expect(try value(1, 20) == 10)
      #expect(try value(2, 30) == 30)
      #expect(try value(2, data: "e", 40) == 40)
      try Data("{".utf8).write(to: folder.file("parts/part.json"))
      #expect(try value(2, data: "e", 50) == 50)
      #expect(try value(2, data: "e", architecture: "b", 60) == 60)
    }
  }
}

@Suite struct MeanShareTests {
  @Test("Three shares have the mean and Student's interval that a table gives; one has no interval")
  func interval() throws {
    let share = try #require(
      MeanShare([Proportion(1, of: 10), Proportion(2, of: 10), Proportion(3, of: 10)]))
    #expect(abs(share.mean - 0.2) < 1e-12 && share.networkCount == 3)
    // t = 4.3027 with 2 degrees of freedom, s = 0.1.
    #expect(abs((share.upper95 ?? 0) - (0.2 + 4.302653 * 0.1 / 3.0.squareRoot())) < 1e-6)
    #expect(share.lower95 == 0 && share.words == "20.0 % [0.0, 44.8]")
    let high = try #require(MeanShare([Proportion(9, of: 10), Proportion(10, of: 10)]))
    #expect(high.upper95 == 1 && (high.lower95 ?? 0) < 0.95)
    let one = try #require(MeanShare([Proportion(1, of: 10)]))
    #expect(one.lower95 == nil && one.words == "10.0 %")
    let alike = try #require(
      MeanShare([Proportion(1, of: 10), Proportion(2, of: 20), Proportion(3, of: 30)]))
    #expect(alike.lower95 == nil && alike.upper95 == nil && alike.words == "10.0 % (all alike)")
    #expect(alike.point(at: 1).interval == nil)
    #expect(MeanShare([Proportion(0, of: 0)]) == nil && MeanShare([Proportion]()) == nil)
  }

  @Test("Shares are printed as they were written")
  func percent() {
    #expect(
      [0, 0.001, 0.1, 1, 0.125, 0.000009].map(PoisonWords.percent) == [
        "0 %", "0.1 %", "10 %", "100 %", "12.5 %", "0.0009 %",
      ])
    #expect([0.000009, 1, 0.95].map(PoisonWords.plain) == ["0.000009", "1", "0.95"])
  }
}
