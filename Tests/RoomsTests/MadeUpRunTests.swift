import Adversarial
import Datasets
import Directions
import Foundation
import Networks
import Storage
import Tensors
import TestSupport
import Testing

@testable import AttackRoom
@testable import CompareRoom
@testable import EvaluateRoom
@testable import Figures
@testable import Lab
@testable import LinearityRoom
@testable import PatternRoom
@testable import PoisonRoom
@testable import PoolRoom
@testable import PrivacyRoom
@testable import ReproduceRoom
@testable import RubbishRoom
@testable import ShiftRoom
@testable import SmoothRoom
@testable import SubstituteRoom
@testable import TrainRoom
@testable import TransferRoom

/// What people read of each kind of run: columns, curves, captions and sentences of a made-up record whose every number
/// differs, so that one that shows another quantity is seen.
@Suite struct MadeUpRunTests {
  private struct Record<Configuration: Codable & Sendable, Results: Codable & Sendable, Part: Codable>:
    Codable
  {
    var configuration: Configuration
    var results: Results
    var data: DataRecord
    /// What the experiment keeps besides.
    var parts: [Part]?
  }

  private struct NoPart: Codable {}

  private func record<Configuration, Results, Part>(
    _ name: String, _: Configuration.Type, _: Results.Type, parts: Part.Type
  ) throws -> Record<Configuration, Results, Part> {
    try JSONFile.decode(
      Record<Configuration, Results, Part>.self, from: MadeUpRun.data(name),
      file: URL(filePath: "/\(name).json"))
  }

  private func record<Configuration, Results>(
    _ name: String, _ configuration: Configuration.Type, _ results: Results.Type
  ) throws -> Record<Configuration, Results, NoPart> {
    try record(name, configuration, results, parts: NoPart.self)
  }

  /// One of the parts, where they are of several types.
  private func part<Value: Decodable>(_ number: Int, of name: String, _ type: Value.Type) throws -> Value {
    let record = try JSONSerialization.jsonObject(with: MadeUpRun.data(name)) as? [String: Any]
    let parts = try #require(record?["parts"] as? [Any])
    return try JSONFile.decode(
      type, from: JSONSerialization.data(withJSONObject: parts[number]), file: URL(filePath: "/part.json"))
  }

  private func provenance(
    _ command: String, _ data: DataRecord, _ network: String, checksum: String? = nil
  ) -> Provenance {
    Provenance(command: command, data: data, network: network, checksum: checksum, seed: 7)
  }

  // MARK: Poisoning

  @Test("poison backdoor")
  func backdoor() throws {
    let run = try record("backdoor", BackdoorExperiment.Configuration.self, BackdoorExperiment.Results.self)
    // Pictures are drawn of networks and images, and play no part here.
    let scene = PoisonScene(epochs: 1)
    let material = try BackdoorExperiment(
      BackdoorExperimentTests().configuration(scene), workerCount: 1
    ).prepare(scene.dataset, in: RunFolder(URL(filePath: "/nowhere"))) { _ in }.material
    let network = try scene.victim.network(
      trainedOn: material.clean, repetition: 0, workerCount: 1, onProgress: {})
    let evidence = BackdoorExperiment.Evidence(
      gallery: try NeuronGallery(
        before: network, after: network, heldOut: scene.dataset.heldOut, trigger: material.trigger,
        target: material.target, seed: 1, workerCount: 1),
      poisoned: try Engine(running: network, workerCount: 1))
    var results = run.results
    results.sentences = BackdoorExhibits.findings(results)
    var pin = Pin()
    try pin.add(
      BackdoorExhibits(
        results: results, provenance: provenance("poison backdoor", run.data, results.victimName),
        evidence: evidence, material: material
      ).exhibits)
    try pin.expect("backdoor")
  }

  @Test("poison labels")
  func labels() throws {
    let run = try record(
      "labels", LabelPoisonExperiment.Configuration.self, LabelPoisonExperiment.Results.self)
    let scene = PoisonScene(epochs: 1)
    let network = try scene.victim.network(
      trainedOn: scene.dataset.training, repetition: 0, workerCount: 1, onProgress: {})
    var results = run.results
    results.sentences = LabelPoisonExhibits.findings(results)
    var pin = Pin()
    try pin.add(
      LabelPoisonExhibits(
        results: results, provenance: provenance("poison labels", run.data, results.victimName),
        gallery: NeuronGallery(
          before: network, after: network, heldOut: scene.dataset.heldOut, workerCount: 1)
      ).exhibits)
    try pin.expect("labels")
  }

  @Test("poison collision")
  func collision() throws {
    let run = try record(
      "collision", CollisionExperiment.Configuration.self, CollisionExperiment.Results.self)
    var results = run.results
    results.sentences = CollisionFindings(results: results).sentences
    var pin = Pin()
    try pin.add(
      CollisionExhibits(
        results: results, shape: ImageShape(channels: 1, height: 8, width: 8),
        provenance: provenance("poison collision", run.data, results.networkName)
      ).exhibits)
    try pin.expect("collision")
  }

  @Test("poison linear")
  func linear() throws {
    let run = try record(
      "linear", LinearPoisonExperiment.Configuration.self, LinearPoisonExperiment.Results.self)
    var results = run.results
    results.sentences = LinearPoisonExhibits.findings(results)
    var pin = Pin()
    try pin.add(
      LinearPoisonExhibits(
        results: results, classNames: ["0", "1", "2"], shape: ImageShape(channels: 1, height: 8, width: 8),
        provenance: provenance("poison linear", run.data, "logistic regression")
      ).exhibits)
    try pin.expect("linear")
  }

  // MARK: Networks

  @Test("train")
  func train() throws {
    let run = try record("train", TrainExperiment.Configuration.self, TrainExperiment.Results.self)
    var pin = Pin()
    pin.add("training", TrainExperiment.curve(of: run.results.history, title: "tiny on arrays"))
    try pin.expect("train")
  }

  @Test("evaluate")
  func evaluate() throws {
    let run = try record("evaluate", EvaluateExperiment.Configuration.self, EvaluateExperiment.Results.self)
    var pin = Pin()
    pin.add("classes.csv", EvaluateExperiment.table(run.results))
    pin.add("confused-pairs", try #require(run.results.pairsChart(of: "tiny", run.data)))
    pin.add("lines", run.results.lines)
    try pin.expect("evaluate")
  }

  @Test("shift")
  func shift() throws {
    let run = try record("shift", ShiftExperiment.Configuration.self, ShiftResults.self)
    let scene = try AttackScene()
    var pin = Pin()
    try pin.add(
      ShiftExhibits(
        results: run.results, provenance: provenance("shift", run.data, run.results.architecture),
        engine: Engine(running: scene.model.network, workerCount: 1), images: scene.dataset.heldOut,
        shownImage: 0
      ).exhibits)
    try pin.expect("shift")
  }

  @Test("privacy")
  func privacy() throws {
    let run = try record("privacy", PrivacyExperiment.Configuration.self, PrivacyResults.self)
    let report = PrivacyReport(results: run.results, remarkLines: run.data.remarkLines)
    var pin = Pin()
    pin.add("privacy.csv", report.networks)
    pin.add("summary.csv", report.summary)
    for (name, chart) in report.charts { pin.add(name, try #require(chart)) }
    var results = run.results
    results.sentences = PrivacyWords(results: results).sentences
    pin.add("lines", results.lines)
    try pin.expect("privacy")
  }

  @Test("smooth")
  func smooth() throws {
    let run = try record("smooth", SmoothingExperiment.Configuration.self, SmoothingResults.self)
    let report = SmoothingReport(
      configuration: run.configuration, results: run.results, data: run.data,
      parts: [
        (
          images: try part(0, of: "smooth", SmoothingPart.self).images,
          attacks: [try part(1, of: "smooth", SmoothingAttackPart.self)]
        )
      ])
    var pin = Pin()
    pin.add("certified.csv", report.certified)
    pin.add("attacked.csv", report.attacked)
    pin.add("smoothing.csv", report.summary)
    pin.add("certified-accuracy", report.chart)
    pin.add("lines", run.results.lines)
    try pin.expect("smooth")
  }

  @Test("transfer")
  func transfer() throws {
    let run = try record("transfer", TransferExperiment.Configuration.self, TransferResults.self)
    let report = TransferReport(results: run.results, remarkLines: run.data.remarkLines)
    var pin = Pin()
    pin.add("transfer.csv", report.table)
    pin.add("transfer.tex", report.latex)
    pin.add("transfer", report.heatMap)
    if let chart = report.gapChart { pin.add("accuracy-gap", chart) }
    pin.add("lines", run.results.lines)
    try pin.expect("transfer")
  }

  @Test("substitute")
  func substitute() throws {
    let run = try record("substitute", SubstituteExperiment.Configuration.self, SubstituteResults.self)
    let results = run.results
    var pin = Pin()
    try pin.add(
      SubstituteExhibits(
        results: results, step: run.configuration.step,
        provenance: provenance(
          "substitute", run.data, results.modelName, checksum: results.modelChecksum),
        asked: [], images: PoisonScene().dataset.heldOut
      ).exhibits)
    try pin.expect("substitute")
  }

  // MARK: Comparison

  @Test("compare")
  func compare() throws {
    let run = try record(
      "compare", CompareExperiment.Configuration.self, Comparison.self, parts: NetworkComparison.self)
    let report = ComparisonReport(
      comparison: run.results, parts: try #require(run.parts),
      duplicates: DuplicateImages(in: .init(shape: [0, 1], elements: [])), remarkLines: run.data.remarkLines)
    var pin = Pin()
    for (name, table) in report.tables { pin.add("\(name).csv", table) }
    for (name, chart) in report.charts { pin.add(name, chart) }
    pin.add("lines", run.results.lines)
    try pin.expect("compare")
  }

  // MARK: Attacks

  @Test("attack pool", arguments: ["pool", "budget"])
  func pool(name: String) throws {
    let run = try record(name, PoolExperiment.Configuration.self, PoolResults.self, parts: PoolPart.self)
    let report = PoolReport(
      results: run.results,
      material: PoolMaterial(
        plan: PoolPlan(run.configuration), parts: try #require(run.parts), norm: run.results.norm),
      classNames: ["0", "1", "2"], remarkLines: run.data.remarkLines)
    var pin = Pin()
    pin.add("pool.csv", report.table)
    pin.add("images.csv", report.imageTable)
    pin.add("pool.tex", report.latex)
    pin.add("pool", name == "pool" ? report.distanceChart : report.successChart)
    pin.add("lines", run.results.lines)
    try pin.expect(name)
  }

  @Test("results.csv and distortions of an attack")
  func attackTable() throws {
    let run = try record("pool", PoolExperiment.Configuration.self, PoolResults.self, parts: PoolPart.self)
    let images = try #require(run.parts?.first).images
    var pin = Pin()
    pin.add(
      "results.csv",
      AttackTable.table(
        of: images, repairs: Array(repeating: .survived, count: images.count),
        bounds: images.indices.map { 0.5 + Double($0) }, classNames: ["zero", "one", "two"]))
    let attack = try record("fgsm", AttackExperiment.Configuration.self, AttackExperiment.Results.self)
    pin.add("distortions.csv", AttackTable.distortions(attack.results.distortions))
    try pin.expect("attack")
  }

  // MARK: What networks do

  @Test("linearity")
  func linearity() throws {
    let run = try record(
      "linearity", LinearityExperiment.Configuration.self, LinearityExperiment.Results.self)
    let shape = ImageShape(channels: 1, height: 8, width: 8)
    let figures = LinearityFigures(
      configuration: run.configuration, results: run.results, data: run.data,
      images: LabelledImages(
        shape: shape, pixels: .bytes([UInt8](repeating: 0, count: 192)), labels: [0, 1, 2],
        classNames: ["zero", "one", "two"]))
    let rows = (0..<4).map { number -> MeasuredLines.Row in
      let start = Double(number)
      func shares(_ range: Int) -> [Double] {
        let first: Double = 0.1 * start + 0.05 * Double(range)
        return (1...9).map { first + 0.001 * Double($0) }
      }
      return MeasuredLines.Row(
        image: 30 + number % 2, direction: number < 2 ? .gradient : .random,
        explained: [shares(0), shares(1)],
        region: CorrectRegion(
          lower: -1.5 - start, upper: 0.25 + start, lowerIsOpen: number == 1, upperIsOpen: number == 2))
    }
    var pin = Pin()
    pin.add(
      "lines.csv",
      LinearityTables.lines(
        rows, labels: [2, 0], ranges: [4, 0.5], classNames: ["zero", "one", "two"],
        pieceCounts: run.configuration.pieceCounts))
    pin.add("local.csv", LinearityTables.local(run.results))
    pin.add("sizes.csv", LinearityTables.sizes(run.results))
    pin.add("pieces", figures.pieces)
    pin.add("local", try #require(figures.local))
    pin.add("sizes", try #require(figures.sizes))
    pin.add("sentences", LinearityWords(configuration: run.configuration, results: run.results).sentences)
    try pin.expect("linearity")
  }

  @Test("pattern")
  func pattern() throws {
    let run = try record("pattern", PatternExperiment.Configuration.self, PatternExperiment.Results.self)
    let images = LabelledImages(
      shape: ImageShape(channels: 1, height: 8, width: 8), pixels: .bytes([UInt8](repeating: 0, count: 192)),
      labels: [0, 1, 2], classNames: ["zero", "one", "two"])
    func tensor(_ number: Int, count: Int, smoothness: Int) -> Tensor {
      var generator = SeededGenerator(seed: 5, purpose: "made-up pattern", index: 10 * number + count)
      let rows = (0..<count * 8).map { _ in generator.normals(8 / smoothness) }
      return Tensor(
        shape: [count, 1, 8, 8],
        elements: rows.flatMap { row in row.flatMap { Array(repeating: $0, count: smoothness) } })
    }
    func set(_ pixels: Tensor) -> PerturbationSet {
      PerturbationSet(
        perturbations: pixels, labels: (0..<pixels.count).map { $0 % 3 },
        predictions: (0..<pixels.count).map { ($0 + 1) % 3 }, imageIDs: Array(0..<pixels.count))
    }
    func material(_ goal: PatternExperiment.Goal, count: Int) -> PatternExperiment.Material {
      let own = set(tensor(0, count: count, smoothness: 2))
      let noise = set(tensor(1, count: count, smoothness: 1))
      return PatternExperiment.Material(
        goal: goal, set: own, components: PerturbationComponents(of: own.unitRows, directionCount: 2),
        noiseComponents: PerturbationComponents(of: noise.unitRows, directionCount: 0),
        spectrum: RadialSpectrum(of: own.perturbations, workerCount: 1),
        imageSpectrum: RadialSpectrum(
          of: tensor(2, count: count, smoothness: 4), workerCount: 1),
        noiseSpectrum: RadialSpectrum(of: noise.perturbations, workerCount: 1))
    }
    let figures = PatternFigures(
      configuration: run.configuration, results: run.results, data: run.data, images: images,
      materials: zip(PatternExperiment.Goal.allCases, [4, 5]).map(material), universal: [])
    var pin = Pin()
    pin.add("spectrum", figures.spectrum)
    pin.add("components", figures.components)
    pin.add("cosines.csv", PatternTables.cosines(run.results))
    pin.add("universal.csv", PatternTables.universal(run.results))
    pin.add(
      "sentences",
      PatternWords(configuration: run.configuration, results: run.results, images: images).sentences)
    try pin.expect("pattern")
  }

  @Test("rubbish")
  func rubbish() throws {
    let run = try record("rubbish", RubbishExperiment.Configuration.self, RubbishExperiment.Results.self)
    var pin = Pin()
    pin.add("rubbish.csv", RubbishTable.table(run.results))
    pin.add(
      "classes",
      RubbishFigures(configuration: run.configuration, results: run.results, data: run.data).classes)
    pin.add("sentences", RubbishWords(configuration: run.configuration, results: run.results).sentences)
    try pin.expect("rubbish")
  }

  @Test("reproduce")
  func reproduce() throws {
    let run = try record(
      "reproduce", ReproductionExperiment.Configuration.self, ReproductionExperiment.Results.self)
    let report = ReproductionReport(
      reproductions: run.results.reproductions, data: run.data, configuration: run.configuration)
    var pin = Pin()
    pin.add("reproduction.csv", report.table)
    pin.add("reproduction.md", report.markdown)
    for reproduction in run.results.reproductions {
      if let chart = report.chart(of: reproduction) { pin.add(reproduction.table.rawValue, chart) }
    }
    try pin.expect("reproduce")
  }
}

extension Pin {
  /// Everything but the pictures that are no charts, of which their captions.
  fileprivate mutating func add(_ exhibits: Exhibits) throws {
    let list = try JSONFile.encoded(exhibits.list, file: URL(filePath: "/exhibits.json"))
    add("exhibits.json", String(decoding: list, as: UTF8.self))
    for (file, text) in exhibits.texts { add(file, text) }
    for (file, drawing) in exhibits.drawings {
      if case .chart(let chart) = drawing { add(URL(filePath: file).lastPathComponent, chart) }
    }
  }

  fileprivate mutating func add(_ heading: String, _ table: CSVWriter) { add(heading, table.text) }

  /// Its words, its numbers, and how it draws them.
  fileprivate mutating func add(_ heading: String, _ chart: Chart) {
    let numbers = chart.table.map { $0.map { $0.csvField(isForGnuplot: true) }.joined(separator: ",") }
    let (script, words) = chart.script(named: heading)
    // The last digits of a factorization are the library's.
    let drawn = (numbers + [script]).joined(separator: "\n").replacing(/[0-9]+\.[0-9]{7,}(e-?[0-9]+)?/) {
      Double($0.0).map { String(format: "%.6g", $0) } ?? String($0.0)
    }
    add("chart \(heading)", words + drawn)
  }
}
