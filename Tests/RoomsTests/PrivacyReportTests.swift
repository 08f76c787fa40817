import Foundation
import Networks
import Tensors
import Testing

@testable import Lab
@testable import PrivacyRoom

/// What is said and drawn of networks made up for it.
@Suite struct PrivacyReportTests {
  /// - Parameter robust: Of 60 images attacked.
  private func network(
    _ arm: PrivacyArm, _ seed: UInt64, accuracy: Int = 50, distance: Double? = 1, robust: [Int] = [1]
  ) -> PrivacyMeasurement {
    PrivacyMeasurement(
      arm: arm, seed: seed, modelChecksum: "", accuracy: Proportion(accuracy, of: 100),
      trainingAccuracy: Proportion(accuracy, of: 100), medianDistance: distance,
      fooled: distance == nil ? Proportion(0, of: 0) : Proportion(40, of: 40),
      robust: Proportion(robust.count, of: 60), robustImages: robust, membership: nil)
  }

  private func results(
    in folder: URL, _ network: (PrivacyArm, UInt64) -> PrivacyMeasurement
  ) throws -> PrivacyResults {
    let dataset = try MadeUpGallery(in: folder).dataset
    let arms = PrivacyArm.all(epsilons: [2])
    return PrivacyResults(
      PrivacyExperiment.Configuration(
        data: DataSource(name: "data"), architecture: .named("mlp"), epsilons: [2], networkCount: 3,
        training: TrainingConfiguration(epochCount: 1, seed: 1)),
      dataset, try Graph(.named(.mlp, input: dataset.training.shape, classCount: 3)),
      networks: (1...3).flatMap { seed in arms.map { network($0, UInt64(seed)) } }, attackedCount: 60)
  }

  @Test("Unequal accuracy is told of though the differences cancel out")
  func unequal() throws {
    try withTemporaryFolder { folder in
      let apart = try results(in: folder) { arm, seed in
        network(arm, seed, accuracy: arm == .stopped(2) ? [55, 45, 50][Int(seed) - 1] : 50)
      }
      let told = try #require(apart.sentences.first { $0.contains("not at equal accuracy") })
      #expect(told.hasPrefix("of ε = 2, 2 of 3 stopped networks differ by more than 1 point"))
      #expect(told.contains("at most 5.0"))
      let near = try results(in: folder) { arm, seed in
        network(arm, seed, accuracy: arm == .stopped(2) ? 49 : 50)
      }
      #expect(!near.sentences.contains { $0.contains("not at equal accuracy") })
    }
  }

  @Test("Three networks that lose one image of 60 more have not shown that robust accuracy is smaller")
  func chance() throws {
    try withTemporaryFolder { folder in
      for lost in [[1, 1, 1], [1, 2, 3]] {
        let few = try results(in: folder) { arm, seed in
          network(
            arm, seed,
            robust: Array(1...30).filter { arm != .epsilon(2) || $0 != lost[Int(seed) - 1] })
        }
        let difference = try #require(few.summary(.epsilon(2)).fromPlain?.robustAccuracy)
        #expect(abs(difference.mean + 1 / 60.0) < 1e-12 && difference.range!.upperBound > 0)
        #expect(PrivacyWords.direction(difference) == .unknown)
      }
      let many = try results(in: folder) { arm, seed in
        network(arm, seed, robust: Array(1...(arm == .epsilon(2) ? 10 : 30)))
      }
      #expect(PrivacyWords.direction(many.summary(.epsilon(2)).fromPlain?.robustAccuracy) == .less)
      #expect(many.sentences.contains { $0.contains("robust accuracy is smaller at ε = 2") })
    }
  }

  @Test("What no network has is left out: no figure of it, no earlier one, and a dash in the table")
  func nothing() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder.appending(path: "run"))
      try run.create()
      let none = try results(in: folder) { network($0, $1, distance: nil, robust: []) }
      let figures = try run.folder("figures")
      for name in ["distance.png", "distance.csv", "membership.pdf"] {
        try Data().write(to: figures.file(name))
      }
      try PrivacyReport(results: none).write(to: run)
      let left = Set(try FileManager.default.contentsOfDirectory(atPath: figures.url.path))
      #expect(left.contains("accuracy.png") && left.contains("robust-accuracy.png"))
      #expect(!left.contains { $0.hasPrefix("distance") || $0.hasPrefix("membership") })
      #expect(none.lines.contains { $0.hasPrefix("not private") && $0.contains("–") })
    }
  }

  @Test("Bars of shares end where shares do, and the figure says so")
  func bars() throws {
    try withTemporaryFolder { folder in
      let run = RunFolder(folder.appending(path: "run"))
      try run.create()
      let spread = try results(in: folder) { arm, seed in
        network(arm, seed, accuracy: arm == .plain ? [98, 100, 60][Int(seed) - 1] : 50)
      }
      #expect(spread.summary(.plain).accuracy!.range!.upperBound > 1)
      try PrivacyReport(results: spread).write(to: run)
      let rows = try String(contentsOf: run.file("figures/accuracy.csv"), encoding: .utf8).split(
        separator: "\n"
      )
      .dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
      #expect(rows.compactMap { Double($0[4]) }.max() == 100)
      func words(_ name: String) throws -> String {
        try String(contentsOf: run.file("figures/\(name).txt"), encoding: .utf8)
      }
      #expect(try words("accuracy").contains("bars are cut"))
      #expect(try !words("robust-accuracy").contains("bars are cut"))
    }
  }
}
