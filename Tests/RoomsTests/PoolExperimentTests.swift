import Adversarial
import Datasets
import Foundation
import Networks
import Storage
import Synchronization
import Tensors
import Testing

@testable import Lab
@testable import PoolRoom

@Suite struct PoolExperimentTests {
  private static let l2: [AttackKind] = [.boxLBFGS, .deepFool, .decoupledDirectionNorm, .fastMinimumNorm]

  @Test(
    "On a linear network the best distances are the exact ones, and none is below",
    arguments: [Norm.l2, .linf])
  func exact(norm: Norm) throws {
    let pool = try PoolScene()
    let (model, images) = (pool.scene.model, pool.scene.dataset.heldOut)
    let yardstick = try #require(LinearModelDistance(of: model.network))
    let methods =
      norm == .l2 ? Self.l2 : PoolExperiment.Configuration.methods(norm: norm, hasBudget: false)
    try withTemporaryFolder { url in
      try pool.run(pool.configuration(methods, norm: norm), in: url)
      let rows = try PoolScene.rows("images.csv", in: url)
      #expect(rows.count == 90)
      var ratios: [Double] = []
      for (row, line) in rows.enumerated() {
        let found = try #require(line["best"].flatMap(Double.init))
        let exact = yardstick.distance(
          from: images.tensor(of: [row]).elements, label: images.labels[row], norm: norm, bounds: 0...1)
        #expect((line["skipped"] == "") == (exact > 0) && (found > 0) == (exact > 0))
        guard exact > 0 else { continue }
        // Pixels are Floats, and a point on the border is moved just beyond it.
        #expect(found > exact * (1 - 1e-5) - 1e-6, "image \(row)")
        #expect(found < exact * 1.05 + 1e-4, "image \(row): \(found) for \(exact)")
        ratios.append(found / exact)
      }
      #expect(ratios.count > 60 && ratios.count < 90)
      #expect(try #require(Statistics.median(ratios)) < 1.005)
    }
  }

  @Test("Local optimality, best of pool and the share within 1 % follow from images.csv")
  func byHand() throws {
    let pool = try PoolScene()
    let methods = PoolExperiment.Configuration.methods(norm: .linf, hasBudget: false)
    try withTemporaryFolder { url in
      let results = try pool.run(pool.configuration(methods, norm: .linf), in: url)
      let rows = try PoolScene.rows("images.csv", in: url)
      func distances(_ column: String) -> [Double] {
        rows.map { $0[column].flatMap(Double.init) ?? .infinity }
      }
      let names = methods.map(\.rawValue)
      let best = distances("best")
      for (row, line) in rows.enumerated() {
        let own = names.map { distances($0)[row] }
        #expect(best[row] == own.min())
        let winner = best[row] > 0 && best[row] < .infinity ? names[own.firstIndex(of: best[row])!] : ""
        #expect(line["best_attack"] == winner)
      }
      let fooled = best.indices.filter { best[$0] > 0 && best[$0] < .infinity }
      let greatest = try #require(fooled.map { best[$0] }.max())
      func area(_ values: [Double]) -> Double { values.reduce(0) { $0 + min($1, greatest) } / 90 }
      let clean = Double(best.count { $0 > 0 }) / 90
      let table = try PoolScene.rows("pool.csv", in: url)
      #expect(table.map { $0["attack"] } == names + ["pool"])
      var bestCount = 0
      for line in table.dropLast() {
        let own = distances(try #require(line["attack"]))
        let optimality = 1 - (area(own) - area(best)) / (clean * greatest - area(best))
        #expect(abs(optimality - (line["local_optimality"].flatMap(Double.init) ?? -1)) < 1e-9)
        let winners = rows.count { $0["best_attack"] == line["attack"] }
        #expect(line["best_of_pool"] == "\(winners)")
        bestCount += winners
        #expect(line["within_1_percent_count"] == "\(fooled.count { own[$0] <= 1.01 * best[$0] })")
        #expect(line["within_1_percent_of"] == "\(fooled.count)")
        let successes = own.filter { $0 > 0 && $0 < .infinity }
        #expect(line["success_count"] == "\(successes.count)")
        #expect(line["median_distance"].flatMap(Double.init) == Statistics.median(successes))
      }
      #expect(bestCount == fooled.count && table.last?["success_count"] == "\(bestCount)")
      #expect(results.best.success == Proportion(bestCount, of: 90 - rows.count { $0["skipped"] != "" }))

      // One step along the sign in multiples of 1/255 is a weak attack; the exact one finds nearly everything.
      let optimality = Dictionary(uniqueKeysWithValues: results.attacks.map { ($0.name, $0.optimality) })
      let (weak, strong) = (optimality["minimal-fgsm"] ?? nil, optimality["deepfool"] ?? nil)
      #expect(try #require(weak) < (try #require(strong)) - 0.01)
    }
  }

  @Test(
    "adversarial.npy holds the best image of each, and the original where none is",
    arguments: [nil, 0.05 as Float])
  func bestImages(epsilon: Float?) throws {
    let pool = try PoolScene()
    let images = pool.scene.dataset.heldOut
    let methods: [AttackKind] = epsilon == nil ? Self.l2 : [.noise, .gradientRotation, .fastGradientSign]
    let norm: Norm = epsilon == nil ? .l2 : .linf
    try withTemporaryFolder { url in
      let results = try pool.run(pool.configuration(methods, norm: norm, epsilon: epsilon), in: url)
      let file = try NPYFile(contentsOf: url.appending(path: "adversarial.npy"))
      guard case .floats(let pixels) = file.elements else { throw Outcome.WrongElements() }
      let best = Tensor(shape: file.shape, elements: pixels)
      let clean = images.tensor(of: 0..<90)
      #expect(best.shape == clean.shape)
      let predictions = try pool.scene.predictions(of: best)
      let rows = try PoolScene.rows("images.csv", in: url)
      // Within a budget the first that succeeded.
      let names = results.attacks.filter(\.isInPool).map(\.name)
      for (row, line) in rows.enumerated() {
        let winner = line["best_attack"] ?? ""
        guard !winner.isEmpty else {
          #expect(Array(best[row: row]) == Array(clean[row: row]))
          continue
        }
        #expect(predictions[row] != images.labels[row])
        let moved = Distortion(from: clean[row: row], to: best[row: row]).length(in: norm)
        let listed = try #require(line["best"].flatMap(Double.init))
        #expect(moved == listed)
        if let epsilon {
          #expect(listed <= Double(epsilon) * (1 + 1e-5))
          let first = names.first { (line[$0].flatMap(Double.init) ?? 0) > 0 }
          #expect(first == winner)
        }
      }
      let winners = rows.compactMap { $0["best_attack"] }.filter { !$0.isEmpty }
      #expect(winners.count == results.best.success.count)
      let left = Proportion(results.best.success.total - winners.count, of: 90)
      #expect(results.best.robustAccuracy == left)
      if epsilon != nil { #expect(Set(winners).count > 1 && winners.count < results.best.success.total) }
    }
  }

  @Test("A masked gradient is noticed beside the images of another network")
  func masked() throws {
    let pool = try PoolScene()
    try withTemporaryFolder { url in
      let configuration = pool.configuration(
        [.fastGradientSign, .projectedGradientDescent, .noise], norm: .linf, epsilon: 0.08, hasSurrogate: true
      )
      let masked = try pool.maskedModel()
      let clean = pool.scene.dataset.heldOut.tensor(of: 0..<90)
      let answers = try Engine(running: masked.network, workerCount: 1).logits(of: clean)
      #expect(Prediction.rows(of: answers).map(\.label) == (try pool.scene.predictions(of: clean)))
      let results = try pool.run(configuration, model: masked, surrogate: pool.scene.model, in: url)
      let transferred = try #require(results.attacks.first { $0.entry.role == .transferred })
      let fgsm = results.attacks[0]
      #expect(fgsm.name == "fgsm" && fgsm.summary.success.count == 0)
      #expect(transferred.summary.success.count > 20 && transferred.summary.cost?.forwards == 0)
      #expect(
        results.warnings.contains {
          $0.hasPrefix("mi-fgsm on prototypes, which knows no gradient of this network")
        }, "\(results.warnings)")
      #expect(results.warnings.contains { $0.hasPrefix("fgsm: ") && $0.contains("gradient of zero") })
      // What the surrogate's images fooled is not robust, whatever the gradient says.
      #expect(results.best.success.count >= transferred.summary.success.count)
    }
  }

  @Test("A network with a plain gradient earns no warning, and its own attacks beat those of a similar one")
  func healthy() throws {
    let pool = try PoolScene()
    try withTemporaryFolder { url in
      let configuration = pool.configuration(
        PoolExperiment.Configuration.methods(norm: .linf, hasBudget: true).filter {
          !$0.knowledge.isBlackBox
        },
        norm: .linf, epsilon: 0.08, hasSurrogate: true)
      let results = try pool.run(configuration, surrogate: pool.similarModel(), in: url)
      #expect(results.warnings == [])
      let counts = Dictionary(
        uniqueKeysWithValues: results.attacks.map { ($0.name, $0.summary.success.count) })
      let names = ["pgd-half-epsilon", "pgd", "pgd-double-epsilon"]
      let rungs = names.compactMap { counts[$0] }
      #expect(rungs == rungs.sorted() && Set(rungs).count == 3)
      #expect(try #require(counts["transferred"]) > 0 && counts["transferred", default: 0] < rungs[1])
      let double = try #require(results.attacks.last)
      #expect(double.name == names[2] && !double.isInPool && double.bestCount == nil)
      #expect(double.entry.epsilon == 0.16)
      let sum = results.attacks.compactMap(\.bestCount).reduce(0, +)
      #expect(sum == results.best.success.count && sum < results.best.success.total)
    }
  }

  @Test("More steps, or a larger budget, that fool fewer are warned of, and noise that fools as many")
  func ladders() throws {
    let pool = try PoolScene(spread: 0.1)
    try withTemporaryFolder { url in
      let configuration = pool.configuration(
        [.fastGradientSign, .noise], norm: .linf, epsilon: 0.08, hasSurrogate: false)
      #expect(try pool.run(configuration, in: url).warnings == [])
      // A part of an earlier run is believed, with the checksum of its content: what the attack left is made failures here.
      func fail(_ names: [String]) throws {
        for name in names {
          let file = url.appending(path: "parts/\(name).json")
          let text = try String(contentsOf: file, encoding: .utf8)
          #expect(text.contains(#""succeeded""#))
          try Data(text.replacing(#""succeeded""#, with: #""failed""#).utf8).write(to: file)
          let content = try JSONFile.read(KeptPart.Body<PoolPart>.self, from: file).content
          try editJSON(file) { $0["checksum"] = try content.checksum(file) }
        }
      }
      try fail(["pgd-100-steps"])
      var warnings = try pool.run(configuration, in: url).warnings
      #expect(warnings.count == 1 && warnings[0].contains("100 steps fool 0 of"), "\(warnings)")
      try fail(["pgd-double-epsilon"])
      warnings = try pool.run(configuration, in: url).warnings
      #expect(warnings.count == 2 && warnings[1].contains("with a budget of 0.16"), "\(warnings)")
      try fail(["fgsm", "pgd-10-steps", "pgd-40-steps", "pgd-half-epsilon"])
      warnings = try pool.run(configuration, in: url).warnings
      #expect(warnings.contains { $0.hasPrefix("random noise of the same size fools") }, "\(warnings)")
    }
  }

  @Test("Any number of workers leaves the same bytes", arguments: [nil, 0.08 as Float])
  func workers(epsilon: Float?) throws {
    let pool = try PoolScene()
    try withTemporaryFolder { url in
      let methods: [AttackKind] =
        epsilon == nil ? Self.l2 : [.projectedGradientDescent, .gradientRotation, .noise]
      let configuration = pool.configuration(methods, epsilon: epsilon, hasSurrogate: epsilon != nil)
      let similar = try pool.similarModel()
      let (one, three) = (url.appending(path: "one"), url.appending(path: "three"))
      try pool.run(configuration, surrogate: similar, in: one, workerCount: 1)
      try pool.run(configuration, surrogate: similar, in: three, workerCount: 3)
      let (first, second) = (try PoolScene.files(in: one), try PoolScene.files(in: three))
      #expect(first.keys.sorted() == second.keys.sorted() && first["figures/pool.png"] != nil)
      for (name, bytes) in first { #expect(bytes == second[name], "\(name)") }
    }
  }

  @Test(
    "What is found for an image does not depend on the other images", arguments: [nil, 0.5 as Float])
  func fewer(epsilon: Float?) throws {
    let pool = try PoolScene()
    let methods: [AttackKind] = epsilon == nil ? Self.l2 : [.autoPGD, .noise]
    try withTemporaryFolder { url in
      try pool.run(pool.configuration(methods, epsilon: epsilon), in: url)
      let all = try PoolScene.rows("images.csv", in: url)
      try pool.run(pool.configuration(methods, epsilon: epsilon, imageCount: 17), in: url)
      let some = try PoolScene.rows("images.csv", in: url)
      #expect(some.count == 17 && all.count == 90)
      for line in some { #expect(all.contains(line), "image \(line["image"] ?? "")") }
    }
  }

  private struct Interruption: Error {}

  @Test(
    "A run that was stopped in any attack, or between two, goes on and leaves the bytes of one that was not")
  func interrupted() throws {
    let pool = try PoolScene()
    let configuration = pool.configuration([.projectedGradientDescent, .noise], norm: .linf, epsilon: 0.08)
    try withTemporaryFolder { url in
      let whole = url.appending(path: "whole")
      let log = ProgressLog()
      try pool.run(configuration, in: whole) { log.note($0) }
      let expected = try PoolScene.files(in: whole)
      #expect(log.stages.count == 8 && log.stages.suffix(2) == ["comparing", "drawing"])
      // Before an attack's first image, or after its last one.
      for (stage, isEnd) in [(0, true), (2, false), (3, true), (6, false)] {
        let stopped = url.appending(path: "stopped in \(stage)")
        let stages = Mutex(0)
        #expect(throws: Interruption.self) {
          try pool.run(configuration, in: stopped) { progress in
            switch progress {
            case .stage:
              let count = stages.withLock { count in
                count += 1
                return count
              }
              if count == stage + 1, !isEnd { throw Interruption() }
            case .step(let done, let total, _):
              if stages.withLock({ $0 }) == stage + 1, isEnd, done == total { throw Interruption() }
            default: break
            }
          }
        }
        #expect(!FileManager.default.fileExists(atPath: stopped.appending(path: "pool.csv").path))
        let later = ProgressLog()
        try pool.run(configuration, in: stopped) { later.note($0) }
        #expect(later.stages.count { $0.hasSuffix("kept from an earlier run") } == stage)
        let found = try PoolScene.files(in: stopped)
        #expect(found.keys.sorted() == expected.keys.sorted())
        for (name, bytes) in expected { #expect(found[name] == bytes, "\(name), stopped in \(stage)") }
      }
    }
  }

  @Test(
    "What was measured is kept for another list of attacks, and measured again under other settings or broken"
  )
  func kept() throws {
    let pool = try PoolScene()
    try withTemporaryFolder { url in
      func attacked(
        _ methods: [AttackKind], imageCount: Int? = nil, model: Model? = nil, startsFresh: Bool = false
      ) throws -> Int {
        let log = ProgressLog()
        try pool.run(
          pool.configuration(methods, imageCount: imageCount), model: model, in: url, startsFresh: startsFresh
        ) { log.note($0) }
        return log.stages.count { $0.contains(": attacking ") }
      }
      #expect(try attacked([.deepFool]) == 1)
      #expect(try attacked([.deepFool, .fastMinimumNorm]) == 1)
      #expect(try attacked([.fastMinimumNorm]) == 0)
      #expect(try attacked([.deepFool, .fastMinimumNorm], startsFresh: true) == 2)
      #expect(try attacked([.deepFool], imageCount: 50) == 1)
      #expect(try attacked([.deepFool], imageCount: 50, model: try pool.similarModel()) == 1)
      // Images that are not those of the record.
      let file = url.appending(path: "parts/fmn.npy")
      var bytes = try Data(contentsOf: file)
      bytes[bytes.count - 1] ^= 1
      try bytes.write(to: file)
      #expect(try attacked([.fastMinimumNorm]) == 1)
    }
  }

  @Test("Input that is refused leaves an earlier run as it was")
  func refused() throws {
    let pool = try PoolScene()
    try withTemporaryFolder { url in
      try pool.run(pool.configuration([.deepFool]), in: url)
      let before = try filesBelow(url)
      #expect(throws: UnknownClass.self) {
        try pool.run(pool.configuration([.deepFool], goal: .fixed("triangle")), in: url, startsFresh: true)
      }
      #expect(try filesBelow(url) == before)
    }
  }

  @Test(
    "Towards a target, images of that class are skipped, and the article's table says what the numbers are of"
  )
  func targeted() throws {
    let pool = try PoolScene()
    try withTemporaryFolder { url in
      let results = try pool.run(pool.configuration(Self.l2, goal: .fixed("square")), in: url)
      let rows = try PoolScene.rows("images.csv", in: url)
      #expect(rows.allSatisfy { $0["target"] == "square" })
      #expect(rows.count { $0["skipped"] == "of the target class" } > 10)
      #expect(results.best.success.total == rows.count { $0["skipped"] == "" })
      let article = try String(contentsOf: url.appending(path: "pool.tex"), encoding: .utf8)
      for part in [
        "\\toprule", "$n = 90$", "$\\ell$2", "targeted at class square",
        "of the \(results.best.success.total) images attacked",
        "deepfool &",
      ] { #expect(article.contains(part), "\(part)") }
      #expect(
        try lines(in: url).contains {
          $0.contains("deepfool") && $0.contains("of \(results.best.success.total)")
        })
    }
  }

  private func lines(in url: URL) throws -> [String] {
    try #require(try ExhibitList(of: RunFolder(url))).words
  }

  @Test("The first finding is what all attacks together leave, the second which attack does best alone")
  func findings() throws {
    let pool = try PoolScene()
    try withTemporaryFolder { url in
      let results = try pool.run(
        pool.configuration([.fastGradientSign, .noise], norm: .linf, epsilon: 0.08), in: url)
      let findings = try #require(try ExhibitList(of: RunFolder(url))).findings
      let robust = results.best.robustAccuracy
      #expect(
        findings[0].hasPrefix(
          "Robust accuracy (ℓ∞ ≤ 0.08) is at most \(robust.percent) (\(robust.count) of \(robust.total), 95 % interval"
        ))
      let inPool = results.attacks.filter(\.isInPool)
      let best = try #require(inPool.map(\.summary.success.count).max())
      let strongest = try #require(inPool.first { $0.summary.success.count == best })
      #expect(
        findings[1]
          == "No single attack (ℓ∞ ≤ 0.08) succeeds on more images than \(strongest.entry.words): "
          + "\(strongest.summary.success.share()).")
    }
    try withTemporaryFolder { url in
      let results = try pool.run(pool.configuration(Self.l2), in: url)
      let findings = try #require(try ExhibitList(of: RunFolder(url))).findings
      #expect(
        findings[0].hasPrefix("The best of 4 attacks (smallest ℓ2 perturbation) succeeds on ")
          && findings[0].contains(results.best.success.share()))
      let best = try #require(results.attacks.compactMap(\.optimality).max())
      let strongest = try #require(results.attacks.first { $0.optimality == best })
      #expect(
        findings[1].hasPrefix(
          "No single attack (smallest ℓ2 perturbation) has a higher local optimality than \(strongest.name):")
      )
    }
  }

  @Test("A network that is always wrong, and attacks that find nothing, have their files too")
  func nothing() throws {
    let pool = try PoolScene()
    let shape = pool.scene.dataset.heldOut.shape
    let constant = try AttackScene.linearModel(
      shape, weights: [Float](repeating: 0, count: 3 * shape.pixelCount), biases: [1, 0, 0],
      pool.scene.model.classNames)
    try withTemporaryFolder { url in
      let results = try pool.run(pool.configuration(Self.l2), model: constant, in: url)
      #expect(results.best.success == Proportion(0, of: 30) && results.best.medianDistance == nil)
      #expect(results.attacks.allSatisfy { $0.optimality == nil && $0.nearBest?.total == 0 })
      #expect(!results.warnings.isEmpty)
      #expect(FileManager.default.fileExists(atPath: url.appending(path: "figures/pool.png").path))
    }
  }
}
