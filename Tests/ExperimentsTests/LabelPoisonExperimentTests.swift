import Foundation
import Poisoning
import Storage
import Tensors
import Testing

@testable import Experiments

@Suite struct LabelPoisonExperimentTests {
  private func configuration(
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
    #expect(withoutRecord(one.files) == withoutRecord(try run(2).files))
    let resumed = try scene.resumed(after: 40) { folder, progress in
      try LabelPoisonExperiment(configuration(scene), workerCount: 2).run(
        on: scene.dataset, in: folder, progress: progress)
    }
    #expect(resumed.partsBefore > 0 && resumed.partsBefore < 4)
    #expect(withoutRecord(resumed.files) == withoutRecord(one.files))
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
    #expect(throws: UnknownClass.self) {
      try LabelPoisonExperiment(
        configuration(scene, pattern: .targeted(from: "square", to: "1")), workerCount: 1
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

@Suite struct PoisonPartsTests {
  @Test("A part is measured once; other settings, other data and broken files are measured again")
  func parts() throws {
    try withTemporaryFolder { url in
      let folder = RunFolder(url)
      func value(_ settings: Int, data: String = "d", _ measured: Int) throws -> Int {
        try PoisonParts(in: folder, dataChecksum: data, settings: settings).value("part") { measured }
      }
      #expect(try value(1, 10) == 10)
      #expect(try value(1, 20) == 10)
      #expect(try value(2, 30) == 30)
      #expect(try value(2, data: "e", 40) == 40)
      try Data("{".utf8).write(to: folder.file("parts/part.json"))
      #expect(try value(2, data: "e", 50) == 50)
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
    #expect(MeanShare([Proportion(0, of: 0)]) == nil && MeanShare([Proportion]()) == nil)
  }

  @Test("Shares are printed as they were written")
  func percent() {
    #expect(
      [0, 0.001, 0.1, 1, 0.125].map(PoisonWords.percent) == ["0 %", "0.1 %", "10 %", "100 %", "12.5 %"])
  }
}
