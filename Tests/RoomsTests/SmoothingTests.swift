import Foundation
import Networks
import Storage
import Synchronization
import Tensors
import Testing

@testable import Adversarial
@testable import Lab
@testable import SmoothRoom

@Suite struct SmoothingTests {
  static func configuration(
    _ change: (inout SmoothingExperiment.Configuration) -> Void = { _ in }
  ) -> SmoothingExperiment.Configuration {
    let model = ModelSource.model(path: "model.safetensors")
    var configuration = SmoothingExperiment.Configuration(
      data: DataSource(name: "prototypes"),
      levels: [.init(model: model, deviation: 0.25), .init(model: model, deviation: 0.5)], imageCount: 40,
      selectionCount: 20, estimationCount: 200, alpha: 0.01, epsilons: [0.25, 0.75], stepCount: 8,
      attackDrawCount: 4)
    change(&configuration)
    return configuration
  }

  static func run(
    _ configuration: SmoothingExperiment.Configuration = configuration(), in url: URL, workerCount: Int = 1,
    startsFresh: Bool = false, progress: @escaping ProgressHandler = { _ in }
  ) throws -> SmoothingResults {
    let scene = try AttackScene()
    return try SmoothingExperiment(configuration, workerCount: workerCount, startsFresh: startsFresh).run(
      on: GivenModels(
        models: configuration.levels.map { _ in scene.model }, dataset: scene.dataset,
        data: configuration.data),
      in: RunFolder(url), progress: progress)
  }

  private static func folder() -> URL {
    FileManager.default.temporaryDirectory.appending(path: "intrigue-smooth-\(UUID().uuidString)")
  }

  private static func table(_ name: String, in url: URL) throws -> [[String: String]] {
    let lines = try String(contentsOf: url.appending(path: name), encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  @Test("Counts add up, tables agree with the results, and no attack leaves less than is certified")
  func results() throws {
    let url = Self.folder()
    defer { try? FileManager.default.removeItem(at: url) }
    let results = try Self.run(in: url)
    #expect(results.imageCount == 40 && results.heldOutCount == 90)
    let certified = try Self.table("certified.csv", in: url)
    let attacked = try Self.table("attacked.csv", in: url)
    let summary = try Self.table("smoothing.csv", in: url)
    #expect(certified.count == 80 && summary.count == 6)
    for level in results.levels {
      #expect(level.right.count + level.wrong.count + level.abstained.count == 40)
      #expect(level.right.total == 40 && level.base.total == 40)
      let rows = certified.filter { $0["sigma"] == "\(level.deviation)" }
      #expect(rows.count { $0["correct"] == "1" } == level.certified.accuracy(at: 0).count)
      #expect(rows.count { $0["base_prediction"] == $0["label"] } == level.base.count)
      let votes = rows.compactMap { Int($0["votes_for_label"] ?? "") }.reduce(0, +)
      #expect(abs(Double(votes) / 8000 - level.oneDraw) < 1e-12)
      let radii = rows.map { $0["correct"] == "1" ? Double($0["radius"] ?? "") ?? 0 : 0 }
      #expect(abs(radii.reduce(0, +) / 40 - level.meanRadius) < 1e-12)
      #expect((radii.max() ?? 0) <= level.largestRadius)
      // A radius exactly where one is certified.
      #expect(rows.allSatisfy { ($0["radius"]?.isEmpty == true) == ($0["abstained"] == "1") })

      var last = level.right.count
      for attack in level.attacks {
        // True of every run but for α, and of this one.
        #expect(attack.certified.count <= attack.notLost.count && attack.violations.count == 0)
        #expect(attack.robust.count <= attack.notLost.count)
        #expect(attack.robust.count <= last)
        last = attack.robust.count
        #expect(attack.certified.count == radii.count { $0 > attack.epsilon })
        let own = attacked.filter {
          $0["sigma"] == "\(level.deviation)" && $0["epsilon"] == "\(attack.epsilon)"
        }
        #expect(own.count == level.right.count)
        // Right here and at every smaller radius, and nothing else.
        let held = own.filter { row in
          attacked.filter {
            $0["sigma"] == row["sigma"] && $0["image"] == row["image"]
              && (Double($0["epsilon"] ?? "") ?? 9) <= attack.epsilon
          }.allSatisfy { $0["answer"] == $0["label"] }
        }
        #expect(held.count == attack.robust.count)
        #expect(own.allSatisfy { (Double($0["distance"] ?? "") ?? 9) <= attack.epsilon * 1.00001 })
      }
      #expect(level.attacks[1].robust.count < level.right.count)
    }
    #expect(results.levels[0].attacks[0].violations.total > 0)
    let list = try #require(try ExhibitList(of: RunFolder(url)))
    let text = list.words.joined(separator: "\n")
    #expect(
      text.contains("40 of 90 held-out images")
        && text.contains(
          "0 predictions contradict a certificate, of \(results.levels[0].attacks.reduce(0) { $0 + $1.violations.total }) attacks"
        ))
    #expect(
      list.findings[0].contains(
        "accuracy of the smoothed classifier \(SmoothingExhibits.text(results.levels[0].right)), without noise"
      ))
    for name in ["certified-accuracy.png", "certified-accuracy.pdf", "certified-accuracy.gp", "noise.png"] {
      #expect(FileManager.default.fileExists(atPath: url.appending(path: "figures/\(name)").path))
    }
  }

  @Test("The same files for one worker and two")
  func workers() throws {
    let urls = [Self.folder(), Self.folder()]
    defer { for url in urls { try? FileManager.default.removeItem(at: url) } }
    _ = try Self.run(in: urls[0])
    _ = try Self.run(in: urls[1], workerCount: 2)
    let (one, two) = (try comparable(filesBelow(urls[0])), try comparable(filesBelow(urls[1])))
    #expect(one["run.json"] != nil)
    #expect(one.keys.sorted() == two.keys.sorted())
    for (name, bytes) in one { #expect(bytes == two[name], "\(name)") }
  }

  @Test("A stopped run goes on behind what it has, and leaves the same files; another seed starts anew")
  func resuming() throws {
    struct Stop: Error {}
    let (url, whole) = (Self.folder(), Self.folder())
    defer { for url in [url, whole] { try? FileManager.default.removeItem(at: url) } }
    // Portions of some images, so that the first level is stopped in its middle.
    let configuration = Self.configuration { $0.estimationCount = 2000 }
    #expect(throws: Stop.self) {
      try Self.run(configuration, in: url) { event in
        if case .step(let done, _, "images") = event, done > 12 { throw Stop() }
      }
    }
    let part = try JSONFile.read(
      KeptPart.Body<SmoothingPart>.self, from: url.appending(path: "parts/certificates-1.json")
    ).content.value
    #expect((1..<40).contains(part.images.count))
    let first = Mutex<Int?>(nil)
    let results = try Self.run(configuration, in: url) { event in
      if case .step(let done, _, "images") = event { first.withLock { $0 = $0 ?? done } }
    }
    #expect((first.withLock { $0 } ?? 0) >= part.images.count)
    _ = try Self.run(configuration, in: whole)
    let (again, once) = (try comparable(filesBelow(url)), try comparable(filesBelow(whole)))
    for (name, bytes) in once { #expect(bytes == again[name], "\(name)") }

    // Everything is there: nothing is measured.
    let steps = Mutex(0)
    _ = try Self.run(configuration, in: url) { if case .step = $0 { steps.withLock { $0 += 1 } } }
    #expect(steps.withLock { $0 } == 0)
    var other = configuration
    other.seed = 2
    let moved = try Self.run(other, in: url)
    #expect(moved.levels[0].oneDraw != results.levels[0].oneDraw)
  }

  @Test("Without an answer an image is neither right nor lost; an answer against a certificate is counted")
  func answers() throws {
    let graph = try AttackScene().model
    let configuration = Self.configuration()
    // Certified to be 1 within some 0.6: the first three; the last is wrong when clean.
    func image(_ number: Int, _ counts: [Int]) -> SmoothedImage {
      SmoothedImage(
        imageID: number, label: 1, basePrediction: 1,
        certificate: SmoothedCertificate(
          selection: counts, estimation: counts, deviation: 0.25, alpha: configuration.alpha))
    }
    let images = [
      image(10, [0, 200, 0]), image(11, [0, 200, 0]), image(12, [0, 200, 0]), image(13, [200, 0, 0]),
    ]
    func attacked(_ number: Int, _ distance: Double, _ counts: [Int]) -> SmoothedEvaluation.Image {
      .init(
        imageID: number, label: 1, distance: distance,
        answer: SmoothedPrediction(counts: counts, alpha: configuration.alpha))
    }
    func part(_ epsilon: Double, _ images: [SmoothedEvaluation.Image], baseLost: [Int])
      -> SmoothingAttackPart
    {
      SmoothingAttackPart(
        epsilon: epsilon, evaluation: SmoothedEvaluation(images: images), baseLost: baseLost)
    }
    let level = SmoothingResults.Level(
      model: graph, checksum: "", deviation: 0.25,
      part: SmoothingPart(images: images),
      attacks: [
        // No answer; against its certificate; right.
        part(
          0.3,
          [
            attacked(10, 0.3, [100, 100, 0]), attacked(11, 0.3, [200, 0, 0]), attacked(12, 0.3, [0, 200, 0]),
          ],
          baseLost: [12]),
        // Right again at a larger radius, which does not count: the smaller perturbation is still allowed.
        part(
          2,
          [attacked(10, 2, [0, 200, 0]), attacked(11, 2, [0, 200, 0]), attacked(12, 2, [200, 0, 0])],
          baseLost: [10]),
      ], configuration)
    #expect(level.right == Proportion(3, of: 4))
    let (near, far) = (level.attacks[0], level.attacks[1])
    #expect(near.robust == Proportion(1, of: 4) && near.notLost == Proportion(2, of: 4))
    #expect(near.abstained == Proportion(1, of: 3) && near.violations == Proportion(1, of: 3))
    #expect(far.robust == Proportion(0, of: 4) && far.notLost == Proportion(1, of: 4))
    // Beyond its radius a certificate says nothing.
    #expect(far.violations == Proportion(0, of: 0))
    // The images one by one, so that those lost at different radii add up.
    #expect(near.base == Proportion(3, of: 4) && far.base == Proportion(2, of: 4))
  }

  @Test("What a network was shown in training is told from its record, and from nothing else")
  func trainingNoise() throws {
    typealias Noise = SmoothingResults.TrainingNoise
    #expect(Noise(of: nil) == .unknown && Noise(of: TrainingConfiguration()) == .none)
    #expect(
      Noise(of: TrainingConfiguration(augmentation: Augmentation(noise: 0.25))) == .gaussian(0.25))
    for training in [
      TrainingConfiguration(augmentation: Augmentation(corruptions: [.blur, .gaussianNoise])),
      TrainingConfiguration(
        adversarial: AdversarialTraining(.uniformNoise, epsilon: 0.1, cleanShare: 0.5)),
    ] {
      guard case .other(let words) = Noise(of: training) else {
        Issue.record("\(training.augmentation)")
        continue
      }
      #expect(words.contains("noise"))
    }
    #expect(
      Noise(of: TrainingConfiguration(augmentation: Augmentation(corruptions: [.blur]))) == .none)
    let all: [Noise] = [.none, .gaussian(0.25), .other("uniform noise"), .unknown]
    let json = try JSONEncoder().encode(all)
    #expect(String(decoding: json, as: UTF8.self) == #"[0,0.25,"uniform noise",null]"#)
    #expect(try JSONDecoder().decode([Noise].self, from: json) == all)
  }

  @Test("Without attacks there is no table of them, and a network for other images is refused first")
  func variants() throws {
    let url = Self.folder()
    defer { try? FileManager.default.removeItem(at: url) }
    // That of an earlier run with attacks does not stay.
    _ = try Self.run(in: url)
    #expect(FileManager.default.fileExists(atPath: url.appending(path: "attacked.csv").path))
    let results = try Self.run(
      Self.configuration {
        $0.epsilons = []
        $0.imageCount = 500
      }, in: url)
    #expect(results.imageCount == 90 && results.levels.allSatisfy(\.attacks.isEmpty))
    #expect(!FileManager.default.fileExists(atPath: url.appending(path: "attacked.csv").path))
    #expect(try Self.table("smoothing.csv", in: url).count == 2)

    let colour = try AttackScene(channels: 3)
    let refused = Self.folder()
    #expect(throws: NetworkError.self) {
      try SmoothingExperiment(Self.configuration(), workerCount: 1).run(
        on: GivenModels(
          models: [colour.model, colour.model], dataset: AttackScene().dataset,
          data: DataSource(name: "prototypes")),
        in: RunFolder(refused)
      ) { _ in }
    }
    #expect(!FileManager.default.fileExists(atPath: refused.path))
  }
}
