import Adversarial
import Datasets
import Foundation
import Networks
import Storage
import Synchronization
import Tensors
import Testing

@testable import Lab
@testable import TransferRoom

@Suite struct TransferExperimentTests {
  private static let outputs =
    ["transfer.txt", "transfer.json", "transfer.csv", "transfer.tex"]
    + ["transfer", "accuracy-gap"].flatMap {
      ["figures/\($0).png", "figures/\($0).csv", "figures/\($0).txt", "figures/\($0).gp"]
    }

  private static let recipes = [
    "softmax:epochs=6:batch=16", "mlp:epochs=6:batch=8", "mlp:seed=2:epochs=12:batch=5:half=1",
  ]

  func experiment(
    in folder: URL, attack: TransferAttack = .fgsm, goal: AttackGoal = .untargeted,
    distortions: [Double] = [],
    imageCount: Int? = 40, workerCount: Int = 2, startsFresh: Bool = false
  ) throws -> TransferExperiment {
    _ = try MadeUpGallery(in: folder)
    return TransferExperiment(
      TransferExperiment.Configuration(
        data: DataSource(name: folder.appending(path: "data").path),
        networks: .trained(try NetworkRecipe.list(Self.recipes, seed: 1)), attack: attack, epsilon: 0.1,
        goal: goal, distortions: distortions, imageCount: imageCount),
      workerCount: workerCount, startsFresh: startsFresh)
  }

  private func contents(of folder: URL) throws -> [String: Data] {
    Dictionary(
      uniqueKeysWithValues: try Self.outputs.map { ($0, try Data(contentsOf: folder.appending(path: $0))) })
  }

  @Test("The diagonal is the attack's success on its own network", arguments: [TransferAttack.fgsm, .ddn])
  func diagonal(attack: TransferAttack) throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder.appending(path: "run"))
      let results = try experiment(in: folder, attack: attack).run(in: run) { _ in }.results
      #expect(results.names == Self.recipes && results.rows.count == 3 * (attack == .fgsm ? 3 : 2))
      for (index, row) in results.panel(.asFound, .attack).enumerated() {
        #expect(row.cells[index].errorOnBothCorrect == results.networks[index].attack.success)
        #expect(row.cells[index].errorOnBothCorrect.count > 0)
      }
      let aimed = try experiment(in: folder, attack: attack, goal: .next).run(in: run) { _ in }.results
      for (index, row) in aimed.panel(.asFound, .attack).enumerated() {
        #expect(row.cells[index].targetedHit == aimed.networks[index].attack.success)
      }
    }
  }

  @Test("Noise is as large as the attack, image by image, as found and rescaled")
  func noise() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder.appending(path: "run"))
      let results = try experiment(in: folder, distortions: [0.05]).run(in: run) { _ in }.results
      #expect(results.sizes == [.asFound, .rootMeanSquare(0.05)])
      for size in results.sizes {
        let attack = results.panel(size, .attack)
        for kind in [NoisePerturbation.Kind.gaussian, .randomSign] {
          for (row, other) in zip(results.panel(size, .noise(kind)), attack) {
            let (found, expected) = (try #require(row.meanDistortion), try #require(other.meanDistortion))
            // Bisection ends at the next Float.
            #expect(abs(found - expected) < 1e-5 && row.moved == other.moved)
          }
        }
      }
    }
  }

  @Test("Two copies of a model transfer completely, and always agree")
  func copies() throws {
    try withTemporaryFolder { folder in
      _ = try MadeUpGallery(in: folder)
      let model = ModelSource.model(path: folder.appending(path: "model.safetensors").path)
      let run = RunFolder(folder.appending(path: "run"))
      let results = try TransferExperiment(
        TransferExperiment.Configuration(
          data: DataSource(name: folder.appending(path: "data").path), networks: .given([model, model]),
          attack: .ddn, imageCount: nil),
        workerCount: 2
      ).run(in: run) { _ in }.results
      let name = results.names[0]
      #expect(results.names[1] == "\(name) (2)" && results.imageCount == 70)
      for row in results.panel(.asFound, .attack) {
        #expect(row.cells[0] == row.cells[1])
        #expect(row.cells[0].errorOnBothCorrect.value == 1 && row.cells[0].agreement.value == 1)
      }
      #expect(results.gaps[0].test == nil)
    }
  }

  @Test("Any number of workers leaves the same bytes")
  func workers() throws {
    try withTemporaryFolder { folder in
      let one = RunFolder(folder.appending(path: "one"))
      let three = RunFolder(folder.appending(path: "three"))
      try experiment(in: folder, attack: .deepfool, distortions: [0.1], workerCount: 1).run(in: one) { _ in }
      try experiment(in: folder, attack: .deepfool, distortions: [0.1], workerCount: 3).run(in: three) { _ in
      }
      let (first, second) = (try contents(of: one.url), try contents(of: three.url))
      for name in Self.outputs { #expect(first[name] == second[name], "\(name)") }
    }
  }

  private struct Interruption: Error {}

  @Test("A run that was stopped at any moment goes on and leaves the bytes of one that was not")
  func interrupted() throws {
    try withTemporaryFolder { folder in
      let whole = RunFolder(folder.appending(path: "whole"))
      let told = Mutex(0)
      try experiment(in: folder).run(in: whole) { _ in told.withLock { $0 += 1 } }
      let expected = try contents(of: whole.url)
      let eventCount = told.withLock { $0 }
      #expect(eventCount > 20)
      for share in [0.1, 0.5, 0.8, 0.9, 0.98] {
        let stopped = RunFolder(folder.appending(path: "stopped at \(share)"))
        let moment = Int(share * Double(eventCount))
        let seen = Mutex(0)
        #expect(throws: Interruption.self) {
          try experiment(in: folder).run(in: stopped) { _ in
            let count = seen.withLock { count in
              count += 1
              return count
            }
            if count >= moment { throw Interruption() }
          }
        }
        #expect(!stopped.exists("transfer.json"))
        try experiment(in: folder).run(in: stopped) { _ in }
        let found = try contents(of: stopped.url)
        for name in Self.outputs { #expect(found[name] == expected[name], "\(name), stopped at \(share)") }
      }
    }
  }

  @Test("What was measured is kept, and measured again under other settings")
  func kept() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder.appending(path: "run"))
      func sourcesMeasured(imageCount: Int, startsFresh: Bool = false) throws -> Int {
        let log = ProgressLog()
        let experiment = try experiment(in: folder, imageCount: imageCount, startsFresh: startsFresh)
        try experiment.run(in: run) { log.note($0) }
        return log.stages.count { $0.hasPrefix("images from") }
      }
      let counts = [
        try sourcesMeasured(imageCount: 40), try sourcesMeasured(imageCount: 40),
        try sourcesMeasured(imageCount: 30), try sourcesMeasured(imageCount: 30, startsFresh: true),
      ]
      #expect(counts == [3, 0, 3, 3])
    }
  }

  @Test(
    "Every line of the table says of how many images it is, and the article's table says what the numbers are of"
  )
  func tables() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder.appending(path: "run"))
      let results = try experiment(in: folder, goal: .next).run(in: run) { _ in }.results
      let lines = try String(contentsOf: run.file("transfer.csv"), encoding: .utf8).split(separator: "\n").map
      {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
      #expect(lines[0] == TransferReport.columns && lines.count == 1 + 3 * 3 * 3)
      let places = Dictionary(uniqueKeysWithValues: lines[0].enumerated().map { ($1, $0) })
      let dataset = try MadeUpGallery(in: folder).dataset
      // Counted anew: images of the sample that both networks get right.
      let engines = try results.names.indices.map { index in
        let recipe = try NetworkRecipe(Self.recipes[index], seed: 1)
        let file = run.file("networks/\(recipe.folderName)/model.safetensors")
        return try Engine(running: ModelFile.read(file).network, workerCount: 1)
      }
      var generator = SeededGenerator(seed: 1, purpose: "attacked images")
      let numbers = generator.sample(40, of: 70).sorted()
      let labels = numbers.map { dataset.heldOut.labels[$0] }
      let right = try engines.map { engine in
        zip(Prediction.rows(of: try engine.logits(of: dataset.heldOut.tensor(of: numbers))), labels).map {
          $0.label == $1
        }
      }
      for line in lines.dropFirst() {
        let source = try #require(results.names.firstIndex(of: line[0]))
        let target = try #require(results.names.firstIndex(of: line[3]))
        let both = zip(right[source], right[target]).count { $0 && $1 }
        #expect(line[places["error_both_correct_of", default: 0]] == "\(both)")
        #expect(line[places["targeted_hit_of", default: 0]] == "\(both)")
        #expect(
          line[places["error_all_of", default: 0]] == "40" && line[places["images", default: 0]] == "40")
        let clean = try #require(Double(line[places["clean_error", default: 0]]))
        #expect(abs(clean - Double(right[target].count { !$0 }) / 40) < 1e-12)
      }
      let article = try String(contentsOf: run.file("transfer.tex"), encoding: .utf8)
      for part in ["\\toprule", "$n = 40$", "fast gradient sign method", "aimed at the next class", "clean"] {
        #expect(article.contains(part), "\(part)")
      }
    }
  }
}
