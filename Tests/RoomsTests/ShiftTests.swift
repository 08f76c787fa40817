import Adversarial
import Datasets
import Foundation
import Inference
import Networks
import Storage
import Synchronization
import Tensors
import Testing

@testable import Lab
@testable import ShiftRoom

@Suite struct ShiftTests {
  static func configuration(
    _ change: (inout ShiftExperiment.Configuration) -> Void = { _ in }
  ) -> ShiftExperiment.Configuration {
    var configuration = ShiftExperiment.Configuration(
      data: DataSource(name: "prototypes"), architecture: .named("mlp"),
      training: TrainingConfiguration(epochCount: 2, batchSize: 6, learningRate: LearningRate(initial: 0.02)),
      recipes: [.plain, .noise], networkCount: 2, imageCount: 30, attackCount: 12, epsilon: 0.5, stepCount: 10
    )
    change(&configuration)
    return configuration
  }

  static func run(
    _ configuration: ShiftExperiment.Configuration = configuration(), in url: URL, workerCount: Int = 1,
    progress: @escaping ProgressHandler = { _ in }
  ) throws -> ShiftResults {
    try ShiftExperiment(configuration, workerCount: workerCount).run(
      on: AttackScene().dataset, in: RunFolder(url), progress: progress)
  }

  private static func folder() -> URL {
    FileManager.default.temporaryDirectory.appending(path: "intrigue-shift-\(UUID().uuidString)")
  }

  private static func table(_ name: String, in url: URL) throws -> [[String: String]] {
    let lines = try String(contentsOf: url.appending(path: name), encoding: .utf8).split(separator: "\n")
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  /// A network with given numbers: corrupted accuracy of every kind, and one distance for all images.
  private static func network(
    _ recipe: ShiftRecipe, _ seed: UInt64, corrupted: Int, distance: Double?
  ) -> ShiftedNetwork {
    ShiftedNetwork(
      recipe: recipe, seed: seed, modelChecksum: "", clean: Proportion(90, of: 100),
      corrupted: Corruption.Kind.allCases.map {
        .init(kind: $0, severity: 1, right: Proportion(corrupted, of: 100))
      },
      attackedNumbers: [0, 1, 2, 3], distances: [0, distance, distance, distance],
      robust: Proportion(3, of: 4), zeroGradientCount: 0)
  }

  private static func results(_ networks: [ShiftedNetwork]) -> ShiftResults {
    ShiftResults(
      dataName: "made up", heldOutCount: 100, imageCount: 100, networks: networks,
      configuration { $0.recipes = ShiftRecipe.allCases })
  }

  /// All that is said.
  private static func words(_ results: ShiftResults) -> String {
    ([results.head] + results.listing + results.findings).joined(separator: "\n")
  }

  @Test("Tables hold every network and corruption, and networks of one seed differ by their recipe alone")
  func tables() throws {
    let url = Self.folder()
    defer { try? FileManager.default.removeItem(at: url) }
    let results = try Self.run(in: url)
    #expect(results.networks.map(\.recipe) == [.plain, .noise, .plain, .noise])
    #expect(results.networks.map(\.seed) == [1, 1, 2, 2])
    #expect(Set(results.networks.map(\.modelChecksum)).count == 4)
    #expect(results.imageCount == 30 && results.attackCount == 12)
    // Drawn, and not the first of those that are corrupted.
    let held = try AttackScene().dataset.heldOut
    let (all, attacked) = (
      try held.numbers(drawing: 30, seed: 1) { _ in }, try held.numbers(drawing: 12, seed: 1) { _ in }
    )
    #expect(Set(attacked).isSubset(of: all) && attacked != Array(all.prefix(12)))
    #expect(results.networks.allSatisfy { $0.attackedNumbers == attacked })
    let corruptions = try Self.table("corruptions.csv", in: url)
    #expect(corruptions.count == 4 * 45)
    for network in results.networks {
      let own = corruptions.filter {
        $0["recipe"] == network.recipe.rawValue && $0["seed"] == "\(network.seed)"
      }
      let mean = own.compactMap { Double($0["right"] ?? "") }.reduce(0, +) / 45
      #expect(abs(mean - network.accuracy()) < 1e-12)
      #expect(own.allSatisfy { $0["right_of"] == "30" })
      #expect(own.count { $0["seen"] == "1" } == 5 * network.recipe.seen.count)
      #expect(network.distances.count == 12 && network.robust.total == 12)
      // Right at ε is right at the distance 0, and not fooled nearer than ε.
      let far = network.distances.count { ($0 ?? .infinity) > 0.5 }
      #expect(network.robust.count <= far)
    }
    #expect(try Self.table("networks.csv", in: url).count == 4)
    #expect(try Self.table("recipes.csv", in: url).count == 10)
    for name in ["shift-and-attack.png", "shift-and-attack.pdf", "kinds.png", "corruptions.png"] {
      #expect(FileManager.default.fileExists(atPath: url.appending(path: "figures/\(name)").path), "\(name)")
    }
    let model = try ModelFile.read(url.appending(path: "networks/noise-seed2/model.safetensors"))
    #expect(model.provenance.training?.augmentation == Augmentation(noise: 0.3))
    #expect(model.provenance.training?.seed == 2)
  }

  @Test("A stopped run goes on with the network it was at; two workers leave the files of one")
  func resuming() throws {
    struct Stop: Error {}
    let (url, whole) = (Self.folder(), Self.folder())
    defer { for url in [url, whole] { try? FileManager.default.removeItem(at: url) } }
    #expect(throws: Stop.self) {
      try Self.run(in: url, workerCount: 2) { event in
        if case .stage(let words) = event, words.hasPrefix("plain, seed 2"), words.contains("corrupting") {
          throw Stop()
        }
      }
    }
    #expect(
      FileManager.default.fileExists(atPath: url.appending(path: "networks/noise-seed1/shift.json").path))
    let measured = Mutex(0)
    _ = try Self.run(in: url, workerCount: 2) { event in
      if case .stage(let words) = event, words.contains("corrupting") { measured.withLock { $0 += 1 } }
    }
    #expect(measured.withLock { $0 } == 2)
    _ = try Self.run(in: whole)
    let (again, once) = (try filesBelow(url), try filesBelow(whole))
    for (name, bytes) in once
    where ["csv", "png", "pdf"].contains(where: { name.hasSuffix($0) }) && !name.contains("training") {
      #expect(bytes == again[name], "\(name)")
    }
    // Other corruptions are measured anew on the same networks.
    var other = Self.configuration()
    other.seed = 5
    let steps = Mutex(0)
    _ = try Self.run(other, in: url) { if case .epoch = $0 { steps.withLock { $0 += 1 } } }
    #expect(steps.withLock { $0 } == 0)
  }

  @Test("A run with other settings is refused before anything is written")
  func conflict() throws {
    let url = Self.folder()
    defer { try? FileManager.default.removeItem(at: url) }
    _ = try Self.run(in: url)
    let before = try filesBelow(url)
    // Of the plain networks nothing differs, and of those with noise the noise.
    for change in [
      { $0.training.epochCount = 3 }, { $0.noise = 0.2 },
    ] as [(inout ShiftExperiment.Configuration) -> Void] {
      #expect {
        _ = try Self.run(Self.configuration(change), in: url)
      } throws: {
        ($0 as? RunConflict)?.folder == url
      }
    }
    #expect(try filesBelow(url) == before)
  }

  @Test("Differences are of networks of one seed, with Student's interval over the pairs")
  func differences() throws {
    let results = Self.results([
      Self.network(.plain, 1, corrupted: 50, distance: 1),
      Self.network(.noise, 1, corrupted: 60, distance: 1.5),
      Self.network(.plain, 2, corrupted: 40, distance: 1.2),
      Self.network(.noise, 2, corrupted: 52, distance: 1.9),
      Self.network(.plain, 3, corrupted: 60, distance: 0.8),
      Self.network(.noise, 3, corrupted: 68, distance: 1.4),
    ])
    let summary = try #require(results.summary(.noise, .corrupted))
    let interval = try #require(StudentInterval([0.10, 0.12, 0.08]))
    let found = try #require(summary.difference)
    #expect(found.count == 3 && abs(found.mean - 0.1) < 1e-12)
    #expect(abs((found.interval95?[0] ?? 0) - interval.interval().lower) < 1e-12)
    #expect(summary.side == 1 && results.summary(.plain, .corrupted)?.difference == nil)
    #expect(results.summary(.noise, .clean)?.side == 0)
    let text = Self.words(results)
    #expect(text.contains("noise less plain") && text.contains("stands corruptions better, attacks better"))
    // 9 ways at one severity, in these made-up networks.
    #expect(text.contains("corrupted in 9 ways"))
  }

  @Test("A recipe that is worse in both is said to be, and one pair decides nothing")
  func verdicts() {
    var pairs: [ShiftedNetwork] = []
    for seed in 1...3 {
      let number = UInt64(seed)
      pairs.append(Self.network(.plain, number, corrupted: 60 + seed, distance: 1))
      pairs.append(Self.network(.moved, number, corrupted: 50 + seed, distance: 0.8 + 0.01 * Double(seed)))
      pairs.append(Self.network(.domains, number, corrupted: 70 + seed, distance: 0.5 + 0.25 * Double(seed)))
    }
    let text = Self.words(Self.results(pairs))
    #expect(text.contains("stands corruptions worse, attacks worse"))
    #expect(text.contains("stands corruptions better, attacks no differently that can be told"))
    #expect(
      Self.words(Self.results(Array(pairs.prefix(3)))).contains("one pair of networks decides nothing"))
  }

  @Test("Where a distance is missing it is said, and gradients of zero are counted of those attacked")
  func missing() {
    var networks: [ShiftedNetwork] = []
    for seed in 1...3 {
      let number = UInt64(seed)
      networks.append(Self.network(.plain, number, corrupted: 60 + seed, distance: 1))
      networks.append(Self.network(.noise, number, corrupted: 70 + 2 * seed, distance: seed == 1 ? 1.5 : nil))
      networks.append(Self.network(.domains, number, corrupted: 80 + 3 * seed, distance: nil))
    }
    let text = Self.words(Self.results(networks))
    #expect(text.contains("1.500 (1 of 3)") && text.contains("(1 of 3 pairs)"))
    #expect(text.contains("stands corruptions better, attacks nobody can tell"))
    #expect(!text.contains("decides nothing") && !text.contains("gradients were zero"))
    // One image of four is wrong anyway: two of three are most.
    networks[0].zeroGradientCount = 2
    #expect(Self.words(Self.results(networks)).contains("in 1 networks most gradients were zero"))
  }

  @Test("Intervals of shares end where shares do")
  func shares() throws {
    let results = Self.results([
      Self.network(.plain, 1, corrupted: 2, distance: 1), Self.network(.plain, 2, corrupted: 30, distance: 1),
    ])
    #expect(Self.words(results).contains("0.160 [0.000, 1.000]"))
  }

  @Test("Between recipes the means are ranked, within recipes what is left: the two may disagree")
  func correlations() throws {
    // Within each recipe distance falls as accuracy rises; between them both rise.
    let results = Self.results([
      Self.network(.plain, 1, corrupted: 40, distance: 1.2),
      Self.network(.plain, 2, corrupted: 44, distance: 1),
      Self.network(.moved, 1, corrupted: 60, distance: 2.2),
      Self.network(.moved, 2, corrupted: 66, distance: 2),
      Self.network(.noise, 1, corrupted: 80, distance: 3.3),
      Self.network(.noise, 2, corrupted: 88, distance: 3),
    ])
    #expect(results.correlationBetween == 1)
    #expect((results.correlationWithin ?? 1) < -0.9)
    #expect((results.correlation ?? 0) > 0.8)
    // Never fooled in most cases: no median, and no part in the correlation.
    let unfooled = Self.network(.domains, 1, corrupted: 10, distance: nil)
    #expect(unfooled.medianDistance == nil)
    #expect(Self.results(results.networks + [unfooled]).correlation == results.correlation)
  }

  @Test("Recipes add what they say and leave the rest of the training as it was")
  func recipes() {
    let usual = TrainingConfiguration(
      epochCount: 7, augmentation: Augmentation(flips: true, cropPadding: 1), seed: 4)
    for recipe in ShiftRecipe.allCases {
      var training = recipe.training(usual, side: 28, noise: 0.25)
      // What suits an architecture would be another recipe.
      #expect(!training.augmentation.flips)
      #expect((training.augmentation.cropPadding == 3) == (recipe == .moved))
      #expect((training.augmentation.rotation == 15) == (recipe == .moved))
      #expect((training.augmentation.noise == 0.25) == (recipe == .noise))
      #expect(training.augmentation.corruptions == ([.scenes, .domains].contains(recipe) ? recipe.seen : []))
      training.augmentation = usual.augmentation
      #expect(training == usual)
    }
    #expect(Set(ShiftRecipe.unseen) == [.impulseNoise, .pixelation, .occlusion])
  }
}
