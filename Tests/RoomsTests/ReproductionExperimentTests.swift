import Adversarial
import Datasets
import Foundation
import Networks
import Storage
import Synchronization
import Tensors
import Testing

@testable import Lab
@testable import PoisonRoom
@testable import PrivacyRoom
@testable import ReproduceRoom
@testable import ShiftRoom
@testable import SmoothRoom
@testable import SubstituteRoom

@Suite struct ReproductionExperimentTests {
  static let scale = ReproductionScale(
    iterationCount: 12, autoencoderEpochCount: 1, maxoutEpochCount: 2, searchedCount: 12, fastCount: 30,
    ensembleSize: 2, rubbishCount: 40, foolingCount: 10,
    lecture: LectureScale(
      networkCount: 2, architectures: [.mlp], attackedCount: 6, queryLimit: 60, roundCount: 1,
      smoothedArchitecture: .mlp, deviations: [0.25], smoothedCount: 6, sampleCount: 40, privacyEpsilons: [8],
      privacyEpochCount: 1, recipes: [.plain, .noise], corruptedCount: 6, poisonedCount: 60,
      flippedShares: [0, 0.5], markedShares: [0, 0.1], pairCount: 1, targetsPerPair: 2, linearCount: 2))

  func experiment(
    in folder: URL, tables: [PaperTable], scale: ReproductionScale = scale, workerCount: Int = 2,
    startsFresh: Bool = false
  ) throws -> ReproductionExperiment {
    _ = try MadeUpGallery(in: folder)
    return ReproductionExperiment(
      ReproductionExperiment.Configuration(
        data: DataSource(name: folder.appending(path: "data").path), tables: tables, scale: scale, seed: 1),
      workerCount: workerCount, startsFresh: startsFresh)
  }

  @Test(
    "Every table is measured and leaves its files; the text has every number of the table",
    .timeLimit(.minutes(5)))
  func allTables() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder.appending(path: "run"))
      let log = ProgressLog()
      let results = try experiment(in: folder, tables: PaperTable.allCases).run(in: run) { log.note($0) }
      #expect(results.reproductions.map(\.table) == PaperTable.allCases)
      #expect(log.warnings.contains { $0.contains("the papers' numbers are of MNIST") })
      let text = try String(contentsOf: run.file("reproduction.md"), encoding: .utf8)
      let article = try String(contentsOf: run.file("reproduction.tex"), encoding: .utf8)
      let lines = try String(contentsOf: run.file("reproduction.csv"), encoding: .utf8).split(separator: "\n")
      var count = 0
      for reproduction in results.reproductions {
        // Of the spectral table the paper has no number that can be measured here.
        #expect(
          run.exists("figures/\(reproduction.table.rawValue).png") == (reproduction.table != .szegedySpectral)
        )
        #expect(text.contains(reproduction.table.source))
        for section in reproduction.sections {
          #expect(!section.rows.isEmpty && !section.remarks.isEmpty, "\(section.title)")
          #expect(text.contains("### \(section.title)"))
          for row in section.rows {
            count += row.values.compactMap(\.self).count
            for (value, column) in zip(row.values, section.columns) {
              guard let value else { continue }
              #expect(text.contains(ReproductionExhibits.text(value, column.unit)))
              guard let ours = value.ours else { continue }
              #expect(ours.isFinite)
              if let interval = value.interval {
                #expect(interval[0] <= ours && ours <= interval[1] && (value.count ?? 0) > 0)
              }
            }
          }
        }
      }
      #expect(lines.count == count + 1 && count > 200)
      #expect(
        article.components(separatedBy: "\\begin{tabular}").count - 1
          == results.reproductions.flatMap(\.sections).count)
      #expect(!article.contains("′") && !article.contains("ε"))
      let record = try JSONFile.read(
        RunRecord<ReproductionExperiment.Configuration, ReproductionExperiment.Results>.self,
        from: run.file("run.json"))
      #expect(record.complete && record.results?.reproductions == results.reproductions)
    }
  }

  @Test("The numbers of table 1 are those that its networks have")
  func table1() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder.appending(path: "run"))
      let results = try experiment(in: folder, tables: [.szegedyTable1]).run(in: run) { _ in }
      let section = try #require(results.reproductions.first?.sections.first)
      let dataset = try MadeUpGallery(in: folder).dataset
      #expect(section.rows.map(\.name) == PapersNetwork.table1.map(\.name))
      for (network, row) in zip(PapersNetwork.table1, section.rows) {
        let file = run.file("networks/\(network.folderName)/model.safetensors")
        let model = try ModelFile.read(file)
        let engine = try Engine(running: model.network, workerCount: 1)
        for (images, place) in [(dataset.training, 0), (dataset.heldOut, 1)] {
          let labels = Prediction.rows(of: try engine.logits(of: images)).map(\.label)
          let wrong = zip(labels, images.labels).count { $0 != $1 }
          let expected = 100 * Double(wrong) / Double(images.count)
          #expect(abs((row.values[place]?.ours ?? .nan) - expected) < 1e-9)
          #expect(row.values[place]?.count == images.count)
        }
        // A linear network's distances cannot be undercut; where probabilities are flat they are not quite reached.
        if let exact = row.values[5]?.ours, let found = row.values[3]?.ours, let random = row.values[2]?.ours
        {
          let slack = network == .fc10Strong ? 1.5 : 1.05
          #expect(found >= exact * (1 - 1e-5) && found < exact * slack, "\(network.name): \(found), \(exact)")
          #expect(random >= found)
        }
        let training = try #require(model.provenance.training)
        guard case .lbfgs = training.optimizer else {
          Issue.record("\(network.name) was not trained by L-BFGS")
          continue
        }
        #expect(training.penalties?.decayForm == .half)
      }
      #expect(section.rows[0].values[5] != nil && section.rows[3].values[5] == nil)
    }
  }

  /// A network that a run has left, ready to be asked.
  private func engine(_ network: PapersNetwork, in run: RunFolder) throws -> Engine {
    let file = run.file("networks/\(network.folderName)/model.safetensors")
    return try Engine(running: ModelFile.read(file).network, workerCount: 1)
  }

  @Test(
    "In table 2 a network's own images fool it, noise has the printed length, and so has what was rescaled")
  func table2() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder.appending(path: "run"))
      let sections = try #require(
        try experiment(in: folder, tables: [.szegedyTable2]).run(in: run) { _ in }.reproductions.first?
          .sections)
      #expect(sections.count == 4)
      for (index, network) in PapersNetwork.table1.enumerated() {
        let printed = SzegedyTable1.printed[index].distortion
        for section in sections.prefix(3) {
          let row = section.rows[index]
          #expect(row.name == network.name && row.values[6]?.paper == printed)
          #expect(row.values.prefix(6).map { $0?.paper } == SzegedyTable2.printed[index].map { $0 })
        }
        for section in sections.prefix(2) { #expect(section.rows[index].values[index]?.ours == 100) }
        let (random, nearest, rescaled) = (
          try #require(sections[0].rows[index].values[6]?.ours),
          try #require(sections[1].rows[index].values[6]?.ours),
          try #require(sections[2].rows[index].values[6]?.ours)
        )
        #expect(nearest <= random * (1 + 1e-6))
        // Clipping takes some of it.
        #expect(rescaled <= printed * (1 + 1e-5) && rescaled > 0.6 * printed)
      }
      // Counted anew: noise of 0.3 on the images that were drawn.
      let dataset = try MadeUpGallery(in: folder).dataset
      var generator = SeededGenerator(seed: 1, purpose: "reproduction, training images")
      let numbers = generator.sample(Self.scale.searchedCount, of: dataset.training.count).sorted()
      let batch = AttackBatch(
        images: dataset.training.tensor(of: numbers), labels: numbers.map { dataset.training.labels[$0] },
        imageIDs: numbers)
      let length = Float(0.3 * Double(batch.images.rowLength).squareRoot())
      let noisy = NoisePerturbation(kind: .gaussian, seed: 1).images(
        for: batch, under: ThreatModel(norm: .l2, epsilon: length, bounds: -100...101))
      let noise = try #require(sections[0].rows.first { $0.name == "Gaussian noise, 0.3" })
      for (index, network) in PapersNetwork.table1.enumerated() {
        let said = Prediction.rows(of: try engine(network, in: run).logits(of: noisy)).map(\.label)
        let wrong = zip(said, batch.labels).count { $0 != $1 }
        #expect(abs((noise.values[index]?.ours ?? .nan) - 100 * Double(wrong) / Double(numbers.count)) < 1e-9)
      }
    }
  }

  @Test("In table 3 each half's errors are those of its own images")
  func halves() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder.appending(path: "run"))
      let section = try #require(
        try experiment(in: folder, tables: [.szegedyTable4]).run(in: run) { _ in }.reproductions.first?
          .sections
          .first)
      let dataset = try MadeUpGallery(in: folder).dataset
      let halves = (1...2).map { dataset.trainingHalf($0, seed: 1).training }
      #expect(halves[0].count + halves[1].count == dataset.training.count)
      var differs = false
      for (network, row) in zip(PapersNetwork.halves, section.rows) {
        let engine = try engine(network, in: run)
        for (place, half) in halves.enumerated() {
          let said = Prediction.rows(of: try engine.logits(of: half)).map(\.label)
          let wrong = zip(said, half.labels).count { $0 != $1 }
          #expect(abs((row.values[place]?.ours ?? .nan) - 100 * Double(wrong) / Double(half.count)) < 1e-9)
        }
        if row.values[0]?.ours != row.values[1]?.ours { differs = true }
      }
      #expect(differs)
    }
  }

  @Test("Agreement is counted where the row says: on maxout's mistakes, or where both are wrong")
  func agreement() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder.appending(path: "run"))
      let section = try #require(
        try experiment(in: folder, tables: [.goodfellowAgreement]).run(in: run) { _ in }.reproductions.first?
          .sections.first)
      let dataset = try MadeUpGallery(in: folder).dataset
      var generator = SeededGenerator(seed: 1, purpose: "reproduction, held-out images")
      let numbers = generator.sample(Self.scale.fastCount, of: dataset.heldOut.count).sorted()
      let batch = AttackBatch(
        images: dataset.heldOut.tensor(of: numbers), labels: numbers.map { dataset.heldOut.labels[$0] },
        imageIDs: numbers)
      let images = try FastGradientSignMethod().perturbedImages(
        for: batch, under: ThreatModel(norm: .linf, epsilon: 0.25, bounds: -5...5),
        classifier: try engine(.maxout, in: run)
      ).images
      let said = try [PapersNetwork.maxout, .softmax, .rbf].map { network in
        Prediction.rows(of: try engine(network, in: run).logits(of: images)).map(\.label)
      }
      for (row, (one, other, bothWrong)) in zip(
        section.rows, [(0, 1, false), (0, 2, false), (0, 1, true), (0, 2, true), (1, 2, true)])
      {
        let counted = numbers.indices.filter {
          said[one][$0] != batch.labels[$0] && (!bothWrong || said[other][$0] != batch.labels[$0])
        }
        let same = counted.count { said[one][$0] == said[other][$0] }
        #expect(row.values[0]?.count == counted.count, "\(row.name)")
        if !counted.isEmpty {
          let expected = 100 * Double(same) / Double(counted.count)
          #expect(abs((row.values[0]?.ours ?? .nan) - expected) < 1e-9, "\(row.name)")
        }
      }
    }
  }

  @Test("Tables that are there are kept, networks are shared, other settings measure again")
  func kept() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder.appending(path: "run"))
      func measured(_ tables: [PaperTable], scale: ReproductionScale = Self.scale, fresh: Bool = false) throws
        -> (tables: Int, trainings: Int, all: [PaperTable])
      {
        let log = ProgressLog()
        let results = try experiment(in: folder, tables: tables, scale: scale, startsFresh: fresh).run(
          in: run
        ) {
          log.note($0)
        }
        return (
          log.stages.count { stage in PaperTable.allCases.contains { stage.hasPrefix($0.rawValue) } },
          log.stages.count { $0.contains(": training ") && $0.contains("images") },
          results.reproductions.map(\.table)
        )
      }
      let first = try measured([.goodfellowAgreement])
      #expect(first.tables == 1 && first.trainings == 3 && first.all == [.goodfellowAgreement])
      let second = try measured([.goodfellowAgreement, .goodfellowFGSM])
      // Its ensemble's second member is new.
      #expect(second.tables == 1 && second.all == [.goodfellowFGSM, .goodfellowAgreement])
      let text = try String(contentsOf: run.file("reproduction.md"), encoding: .utf8)
      #expect(
        text.contains(PaperTable.goodfellowAgreement.title) && text.contains(PaperTable.goodfellowFGSM.title))
      var other = Self.scale
      other.fastCount = 20
      let third = try measured([.goodfellowAgreement], scale: other)
      #expect(third.tables == 1 && third.all == [.goodfellowAgreement])
      let fourth = try measured([.goodfellowAgreement], scale: other, fresh: true)
      #expect(fourth.tables == 1 && fourth.trainings == 3)
    }
  }

  private struct Interruption: Error {}

  @Test("Stopped at any moment and given again, and with any number of workers: the same tables")
  func interrupted() throws {
    try withTemporaryFolder { folder in
      let tables: [PaperTable] = [.szegedyTable4, .goodfellowRubbish]
      func sections(_ run: RunFolder, workerCount: Int = 2) throws -> [[Reproduction.Section]] {
        try experiment(in: folder, tables: tables, workerCount: workerCount).run(in: run) { _ in }
          .reproductions
          .map(\.sections)
      }
      let told = Mutex(0)
      let whole = try experiment(in: folder, tables: tables).run(
        in: RunFolder(folder.appending(path: "whole"))
      ) {
        _ in told.withLock { $0 += 1 }
      }.reproductions.map(\.sections)
      let eventCount = told.withLock { $0 }
      #expect(try sections(RunFolder(folder.appending(path: "three")), workerCount: 3) == whole)
      for share in [0.2, 0.6, 0.95] {
        let run = RunFolder(folder.appending(path: "stopped at \(share)"))
        let moment = Int(share * Double(eventCount))
        let seen = Mutex(0)
        #expect(throws: Interruption.self) {
          try experiment(in: folder, tables: tables).run(in: run) { _ in
            let count = seen.withLock { count in
              count += 1
              return count
            }
            if count >= moment { throw Interruption() }
          }
        }
        #expect(try sections(run) == whole, "stopped at \(share)")
      }
    }
  }

  @Test("The lecture's numbers are means over what the experiments left", .timeLimit(.minutes(5)))
  func lecture() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder.appending(path: "run"))
      let sections = try #require(
        try experiment(in: folder, tables: [.lectureQuestions]).run(in: run) { _ in }.reproductions.first?
          .sections)
      func results<Configuration: Codable & Sendable, Results: Codable & Sendable>(
        _ name: String, _: Configuration.Type, _: Results.Type
      ) throws -> Results {
        let record = try JSONFile.read(
          RunRecord<Configuration, Results>.self, from: run.file("experiments/\(name)/run.json"))
        #expect(record.complete)
        return try #require(record.results)
      }
      func value(_ title: String, _ row: String, _ column: Int) throws -> Reproduction.Value {
        let section = try #require(sections.first { $0.title.hasPrefix(title) }, "\(title)")
        let row = try #require(section.rows.first { $0.name.hasPrefix(row) }, "\(title), \(row)")
        return try #require(row.values[column])
      }
      func expect(_ value: Reproduction.Value, isMeanOf values: [Double], scale: Double = 100) {
        let mean = scale * values.reduce(0, +) / Double(values.count)
        #expect(abs((value.ours ?? .nan) - mean) < 1e-9 && value.count == 2 && value.sample == .networks)
      }

      let shift = try results("shift", ShiftExperiment.Configuration.self, ShiftResults.self)
      let noisy = shift.networks.filter { $0.recipe == .noise }
      expect(try value("Domain shift", "noise", 0), isMeanOf: noisy.compactMap(\.clean.value))
      expect(try value("Domain shift", "noise", 1), isMeanOf: noisy.map { $0.accuracy() })
      expect(try value("Domain shift", "noise", 4), isMeanOf: noisy.compactMap(\.robust.value))

      let privacy = try results("privacy", PrivacyExperiment.Configuration.self, PrivacyResults.self)
      let own = privacy.networks.filter { $0.arm == .epsilon(8) }
      let accuracy = try value("Privacy", "ε = 8", 0)
      expect(accuracy, isMeanOf: own.compactMap(\.accuracy.value))
      #expect(accuracy.paper == 97)

      let smooth = try (1...2).map {
        try results("smooth-\($0)", SmoothingExperiment.Configuration.self, SmoothingResults.self).levels[0]
      }
      expect(
        try value("Noise at inference: what a vote", "σ = 0.25", 2),
        isMeanOf: smooth.compactMap(\.right.value))
      for (radius, columns) in [(0, 1), (1, 4)] {
        let attacks = smooth.map { $0.attacks[radius] }
        let left = attacks.compactMap(\.robust.value)
        // The two must differ somewhere, or one could stand for the other unseen.
        expect(try value("Noise at inference: what no", "σ = 0.25", columns), isMeanOf: left)
        expect(
          try value("Noise at inference: what no", "σ = 0.25", columns + 1),
          isMeanOf: attacks.compactMap(\.base.value))
      }
      #expect(smooth.flatMap(\.attacks).contains { $0.robust != $0.base })

      let labels = try results(
        "poison-labels", LabelPoisonExperiment.Configuration.self, LabelPoisonExperiment.Results.self)
      let flipped = labels.outcomes.filter { $0.share == 0.5 }
      expect(try value("Poisoning: wrong", "50 %", 0), isMeanOf: flipped.compactMap(\.plain.error.value))
      let backdoor = try results(
        "poison-backdoor", BackdoorExperiment.Configuration.self, BackdoorExperiment.Results.self)
      let marked = backdoor.outcomes.filter { $0.share == 0.1 }
      expect(
        try value("Poisoning: a backdoor", "10 %", 0), isMeanOf: marked.compactMap(\.judged.success.value))
      let linear = try results(
        "poison-linear", LinearPoisonExperiment.Configuration.self, LinearPoisonExperiment.Results.self)
      expect(
        try value("Poisoning: points", "lines against dots, labels", 1),
        isMeanOf: linear.outcomes.compactMap { $0.flipped[1].value })

      let substitute = try results(
        "substitute-mlp", SubstituteExperiment.Configuration.self, SubstituteResults.self)
      expect(
        try value("Black box: a substitute", "mlp, ", 1),
        isMeanOf: substitute.substitutes.compactMap { $0[0].agreement.value })
      // What each attack was told is in its name, and white boxes ask no queries.
      let budget = try #require(sections.first)
      #expect(budget.rows.map { $0.values[1] == nil } == [true, false, false, false, false])
      #expect(budget.rows[4].name == "mlp, square, sees scores")
    }
  }

  @Test("Networks of the papers differ where they must: folders, seeds of halves, losses")
  func networks() {
    let networks =
      PapersNetwork.table1 + PapersNetwork.halves + PapersNetwork.ensemble(of: 12) + [
        .softmax, .rbf, .maxoutAgainstFGSM, .maxoutAgainstSigns, .maxoutAgainstUniform, .maxoutWithL1,
        .maxoutWithSigmoids, .lenet,
      ]
    let folders = networks.map(\.folderName)
    #expect(Set(folders).count == folders.count)
    #expect(folders.allSatisfy { $0.allSatisfy { $0.isASCII && !"/'(), ".contains($0) } })
    let seeds = PapersNetwork.halves.map { $0.training(.full, seed: 5).seed }
    #expect(Set(seeds).count == 3)
    #expect(PapersNetwork.fc10Strong.training(.full, seed: 1).penalties?.layerDecay == [1])
    #expect(PapersNetwork.maxoutAgainstFGSM.training(.quick, seed: 1).adversarial?.cleanShare == 0.5)
    #expect(PapersNetwork.maxoutWithSigmoids.training(.quick, seed: 1).loss == .sigmoid)
  }

  @Test("Cells as the papers print them")
  func cells() {
    func text(_ value: Reproduction.Value?, _ unit: Reproduction.Unit) -> String {
      ReproductionExhibits.text(value, unit)
    }
    #expect(text(.init(paper: 7.4, ours: 7.374), .percent) == "7.37 (7.4)")
    #expect(text(.init(paper: 20, ours: 19.96), .percent) == "20.0 (20)")
    #expect(text(.init(paper: 0.058, ours: 0.0461), .distortion) == "0.046 (0.058)")
    #expect(text(.init(ours: 1234), .number) == "1234")
    #expect(text(.init(paper: 2.75), .number) == "(2.75)")
    #expect(text(.init(), .number) == "–" && text(nil, .percent) == "")
    #expect(text(.init(ours: -3.25), .percent) == "−3.25")
    #expect(Reproduction.Value(paper: 2, Proportion(1, of: 4)).difference == 23)
    #expect(Reproduction.Value(paper: 2).difference == nil)
  }
}
