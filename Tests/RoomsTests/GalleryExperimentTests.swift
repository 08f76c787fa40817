import Datasets
import Directions
import Figures
import Foundation
import Images
import Networks
import Storage
import Tensors
import Testing

@testable import GalleryRoom
@testable import Lab

@Suite struct GalleryExperimentTests {
  private static let outputs = [
    "gallery.png", "neurons.png", "random.png", "rankings.csv", "rankings.json", "directions.csv",
    "directions.json", "sprites/directions-1.png",
  ]

  private func withGallery(_ body: (MadeUpGallery) throws -> Void) throws {
    try withTemporaryFolder { try body(MadeUpGallery(in: $0)) }
  }

  private func rankings(in folder: URL) throws -> GalleryRankings {
    try JSONFile.read(GalleryRankings.self, from: folder.appending(path: "rankings.json"))
  }

  private typealias Record = RunRecord<GalleryExperiment.Configuration, GalleryExperiment.Results>

  private func record(in folder: URL) throws -> Record {
    try JSONFile.read(Record.self, from: folder.appending(path: "run.json"))
  }

  @Test("The same seed gives the same bytes for any number of workers, from the cache or not")
  func sameBytes() throws {
    try withGallery { gallery in
      // More directions than one piece of work has.
      let configuration = gallery.configuration(neurons: 10, directions: 40)
      let first = try gallery.run(configuration, into: "1", workerCount: 1, cached: false)
      for (name, workerCount, cached) in [("2", 2, false), ("3", 3, true), ("4", 2, true)] {
        let other = try gallery.run(configuration, into: name, workerCount: workerCount, cached: cached)
        for file in Self.outputs {
          #expect(
            try Data(contentsOf: first.appending(path: file))
              == Data(contentsOf: other.appending(path: file)),
            "\(file) with \(workerCount) workers")
        }
        #expect(try record(in: first).results == record(in: other).results)
      }
    }
  }

  @Test("Another seed gives other neurons, other directions and other random images")
  func otherSeed() throws {
    try withGallery { gallery in
      let one = try rankings(in: gallery.run(gallery.configuration(seed: 1), into: "1"))
      let two = try rankings(in: gallery.run(gallery.configuration(seed: 2), into: "2"))
      #expect(one.neurons.map(\.id) != two.neurons.map(\.id))
      #expect(one.randomDirections != two.randomDirections)
      #expect(one.randomImages != two.randomImages)
    }
  }

  @Test("rankings.csv is what a plain sort of the cached features gives, ties by image number")
  func bruteForce() throws {
    try withGallery { gallery in
      let folder = try gallery.run(gallery.configuration(neurons: 10))
      let model = try MadeUpGallery.model()
      let images = try gallery.dataset.heldOut
      let key = FeatureCache.Key(
        modelChecksum: try model.checksum, dataChecksum: try gallery.dataset.checksum, split: .heldOut,
        layer: "relu1", pooling: .none)
      let store = gallery.cache.store(for: key, imageCount: 70, unitCount: MadeUpGallery.unitCount)
      #expect(store.contents(workerCount: 1).isComplete)
      let features = try store.mapped().withFloats { Array($0) }
      let random = DirectionSet.randomSphere(count: 5, dimension: MadeUpGallery.unitCount, seed: 1)
      let logits = try Engine(running: model.network, workerCount: 1).logits(of: images)

      let lines = try table(folder)
      #expect(lines.count == (10 + 5 + 2) * 6)
      for (id, rows) in Dictionary(grouping: lines, by: { $0["id"]! }) where !id.hasPrefix("i") {
        let index = try #require(Int(id.dropFirst()))
        let neurons = DirectionSet.neurons(dimension: MadeUpGallery.unitCount)
        let direction = Array((id.hasPrefix("n") ? neurons : random).matrix[row: index])
        let scores: [Float] = (0..<70).map { image in
          var sum = 0.0
          for unit in direction.indices {
            sum += Double(features[image * direction.count + unit]) * Double(direction[unit])
          }
          return Float(sum)
        }
        let order = (0..<70).sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }.prefix(6)
        #expect(rows.map { Int($0["image"]!) } == Array(order), "\(id)")
        #expect(rows.map { Float($0["score"]!) } == order.map { scores[$0] }, "\(id)")
        #expect(rows.map { $0["rank"] } == (1...6).map(String.init), "\(id)")
      }
      for line in lines {
        let image = try #require(Int(line["image"]!))
        let row = Array(logits[row: image])
        #expect(line["label"] == String(images.labels[image]))
        #expect(line["class"] == MadeUpGallery.classNames[images.labels[image]])
        #expect(line["prediction"] == String(row.firstIndex(of: row.max()!)!))
      }
    }
  }

  @Test("Tiles stand in the order of rankings.csv: image, score, class and mark are of that line")
  func tilesFollowTable() throws {
    try withGallery { gallery in
      let folder = try gallery.run(gallery.configuration())
      let lines = try table(folder)
      let images = try gallery.dataset.heldOut
      let rankings = try rankings(in: folder)
      let sheet = GallerySheet(rankings: rankings, images: images).sheet(of: [.neurons, .randomDirections])
      let blocks = [("neurons", "i000"), ("random directions", "i001")]
      for (block, (name, control)) in zip(sheet.blocks, blocks) {
        let wanted = lines.filter { $0["block"] == name } + lines.filter { $0["id"] == control }
        let tiles = block.rows.flatMap { row in row.tiles.map { (row: row, tile: $0) } }
        #expect(tiles.count == wanted.count)
        for ((row, tile), line) in zip(tiles, wanted) {
          let image = try #require(Int(line["image"]!))
          #expect(row.id == (row.isControl ? "random images" : line["id"]))
          #expect(tile.image?.planarValues == Array(images.tensor(of: [image]).elements))
          #expect(tile.classIndex == images.labels[image])
          #expect(tile.isMisclassified == (line["prediction"] != line["label"]))
          #expect(tile.caption == (Double(line["score"]!).map(Numbers.threeDigits) ?? ""))
        }
        #expect(block.rows.map(\.isControl) == block.rows.indices.map { $0 == block.rows.count - 1 })
      }
      // The file says in words what the sheet shows.
      let text = try PNGFile.readText(folder.appending(path: "gallery.png"))
      #expect(text.first { $0.key == "Transcript" }?.value == sheet.transcript.joined(separator: "\n"))
      #expect(text.first { $0.key == "Model checksum" }?.value == (try MadeUpGallery.model().checksum))
      #expect(text.first { $0.key == "Data checksum" }?.value == (try gallery.dataset.checksum))
    }
  }

  @Test("A row's statistics and κ are those of its scores and images")
  func statistics() throws {
    try withGallery { gallery in
      let folder = try gallery.run(gallery.configuration(top: 6))
      let rankings = try rankings(in: folder)
      let images = try gallery.dataset.heldOut
      let labels = ClassLabels(images.labels, classCount: 3)
      for row in rankings.blocks.flatMap(\.rows) {
        #expect(row.agreement == LabelAgreement(of: row.images.map(\.imageIndex), in: labels))
      }
      let features = try Engine(running: MadeUpGallery.model().network, workerCount: 1)
        .features(of: images, layer: 2)
      for row in rankings.neurons {
        let unit = try #require(Int(row.id.dropFirst()))
        let scores = (0..<70).map { features.elements[$0 * MadeUpGallery.unitCount + unit] }
        let statistics = try #require(row.statistics)
        #expect(statistics.positive.count == scores.count { $0 > 0 })
        #expect(abs(statistics.mean - Statistics.mean(scores)!) < 1e-6)
        #expect(statistics.tiesAtLastRank == scores.count { $0 == row.images[5].score })
      }
      // The twins in the data make some score tie at the last rank, and the sheet names the row.
      let tied = (rankings.neurons + rankings.randomDirections).filter { $0.statistics!.tiesAtLastRank > 1 }
      let text = try description(folder)
      #expect(!tied.isEmpty)
      for row in tied { #expect(text.contains("\(row.id) (\(row.statistics!.tiesAtLastRank) images)")) }
    }
  }

  @Test("The mean κ is over all live units and as many random directions, not over the rows shown")
  func meanAgreement() throws {
    try withGallery { gallery in
      let few = try record(in: gallery.run(gallery.configuration(neurons: 1, directions: 1), into: "few"))
      let all = try rankings(
        in: gallery.run(gallery.configuration(neurons: 10, directions: 10), into: "all"))
      let results = try #require(few.results)
      #expect(results.neurons.count == 10 && results.randomDirections.count == 10)
      for (summary, rows) in [
        (results.neurons, all.neurons), (results.randomDirections, all.randomDirections),
      ] {
        let kappas = rows.compactMap(\.agreement.kappa)
        try #require(kappas.count == 10)
        let mean = kappas.reduce(0, +) / 10
        let squares = kappas.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let found = try #require(summary.mean)
        #expect(abs(found - mean) < 1e-12)
        let deviation = try #require(summary.standardDeviation)
        #expect(abs(deviation - (squares / 9).squareRoot()) < 1e-12)
      }
      #expect(all.agreement.neurons.kappas.count == 10)
      #expect(all.agreement.neurons.kappas[all.neurons[2].id] == all.neurons[2].agreement.kappa)
    }
  }

  @Test("Dead and constant units are named and never shown; all live ones are when more are asked for")
  func deadUnits() throws {
    try withGallery { gallery in
      let folder = try gallery.run(gallery.configuration(neurons: 12))
      let rankings = try rankings(in: folder)
      #expect(rankings.deadUnits == ["n03"])
      #expect(rankings.constantUnits == ["n07"])
      let live = ["n00", "n01", "n02", "n04", "n05", "n06", "n08", "n09", "n10", "n11"]
      #expect(rankings.neurons.map(\.id) == live)
      let text = try description(folder)
      #expect(text.contains("Dead (above 0 for fewer than 6 images): n03. Constant: n07."))
      let sheet = GallerySheet(rankings: rankings, images: try gallery.dataset.heldOut).sheet(of: [.neurons])
      #expect(
        sheet.blocks[0].subtitle.hasPrefix(
          "all 10 live neurons (of 12); mean κ of all 10: "))
      #expect(try record(in: folder).results?.deadUnitCount == 1)
    }
  }

  @Test("Held-out images are ranked unless training images are asked for, and then every sheet says so")
  func trainingImages() throws {
    try withGallery { gallery in
      let heldOut = try gallery.run(gallery.configuration(), into: "held-out")
      let training = try gallery.run(gallery.configuration(split: .training), into: "training")
      #expect(try rankings(in: heldOut).imageCount == 70)
      let rankings = try rankings(in: training)
      #expect(rankings.imageCount == 30 && rankings.split == .training)
      for name in ["gallery.png", "neurons.png", "random.png"] {
        let text = try description(training, name)
        #expect(text.contains("30 TRAINING images: the network was fitted to them"), "\(name)")
        #expect(!(try description(heldOut, name)).lowercased().contains("training"), "\(name)")
      }
      let sheet = GallerySheet(rankings: rankings, images: try gallery.dataset.training).sheet(of: [.neurons])
      let index = rankings.neurons[0].images[0].imageIndex
      let pixels = try gallery.dataset.training.tensor(of: [index]).elements
      #expect(sheet.blocks[0].rows[0].tiles[0].image?.planarValues == pixels)
    }
  }

  @Test(
    "Any layer can be looked at, before and after its activation", arguments: ["input", "fc1", "classifier"])
  func otherLayers(layer: String) throws {
    try withGallery { gallery in
      let rankings = try rankings(in: gallery.run(gallery.configuration(layer: layer, neurons: 2)))
      #expect(rankings.features.layer == layer)
      #expect(rankings.deadUnits.isEmpty, "only a rectified unit can be dead")
      #expect(rankings.constantUnits == (layer == "fc1" ? ["n03", "n07"] : []))
    }
  }

  @Test("A side of an activation is read by any name of its layer; a layer without one is refused")
  func sides() throws {
    try withGallery { gallery in
      var configuration = gallery.configuration()
      configuration.activation = .pre
      let before = try rankings(in: gallery.run(configuration, into: "pre"))
      #expect(before.features.layer == "fc1")
      configuration.layer = "fc1"
      configuration.activation = .post
      let after = try rankings(in: gallery.run(configuration, into: "post"))
      #expect(after.features.layer == "relu1")
      configuration.layer = "classifier"
      expectRefusal(
        "layer \"classifier\" has no activation of its own, so no side of one to read; there are relu1"
      ) {
        try gallery.run(configuration, into: "refused")
      }
    }
  }

  @Test("In a layer of maps a channel is a unit; unpooled, each place is")
  func maps() throws {
    try withGallery { gallery in
      let graph = try Graph(
        Architecture(
          name: "maps", input: MadeUpGallery.shape,
          nodes: [
            .init("conv1", .convolution(Convolution(outputChannels: 6, kernel: 3))), .init("relu1", .relu),
            .init("flatten", .flatten), .init("classifier", .linear(outputs: 3, bias: true)),
          ]))
      let network = Network(initializing: graph, seed: 7)
      try ModelFile.write(
        Model(network: network, classNames: MadeUpGallery.classNames),
        to: gallery.folder.appending(path: "model.safetensors"))
      var configuration = gallery.configuration(layer: "conv1")
      let means = try rankings(in: gallery.run(configuration, into: "mean"))
      configuration.pooling = .none
      let places = try rankings(in: gallery.run(configuration, into: "none"))
      #expect(means.features.unitCount == 6 && places.features.unitCount == 72)
      #expect(means.features.words.contains("6 units, each the mean of a 4×3 map"))
      #expect(means.features.numbering == nil && places.features.numbering != nil)
      let images = try gallery.dataset.heldOut
      let values = try Engine(running: network, workerCount: 1).features(of: images, layer: 0)
      for row in means.neurons {
        let unit = try #require(Int(row.id.dropFirst()))
        for image in row.images {
          let map = values[row: image.imageIndex].dropFirst(unit * 12).prefix(12)
          let mean = map.reduce(0.0) { $0 + Double($1) } / 12
          let score = try #require(image.score)
          #expect(abs(Double(score) - mean) < 1e-6)
        }
      }
    }
  }

  @Test("The run's record is incomplete until everything is written")
  func incompleteRecord() throws {
    try withGallery { gallery in
      let run = RunFolder(gallery.folder.appending(path: "gallery"))
      let experiment = GalleryExperiment(gallery.configuration(), workerCount: 1, cache: nil)
      #expect(throws: Failure.self) {
        try experiment.run(in: run) { if case .stage("drawing") = $0 { throw Failure() } }
      }
      #expect(try !record(in: run.url).complete)
      #expect(!run.exists("gallery.png"))
      let results = try experiment.run(in: run) { _ in }
      let record = try record(in: run.url)
      #expect(record.complete && record.results == results)
      #expect(results.files.allSatisfy { run.exists($0) })
      #expect(results.modelChecksum == (try MadeUpGallery.model().checksum))
    }
  }

  // MARK: Errors

  @Test("What does not fit is refused in one sentence, and nothing is written")
  func refusals() throws {
    try withGallery { gallery in
      let cases: [(GalleryExperiment.Configuration, String)] = [
        (gallery.configuration(neurons: 13), "13 neurons were asked for: layer relu1 has 12 units"),
        (gallery.configuration(top: 71), "the top 71 were asked for: there are 70 held-out images"),
        (
          gallery.configuration(layer: "relu9"),
          "no layer is called \"relu9\"; there are input, flatten, fc1, relu1, classifier"
        ),
        (gallery.configuration(directions: 5000), "show fewer rows or fewer images in a row"),
      ]
      for (configuration, sentence) in cases {
        expectRefusal(sentence) { try gallery.run(configuration, into: "refused") }
      }
      let model = gallery.folder.appending(path: "model.safetensors")
      try ModelFile.write(try MadeUpGallery.model(classNames: ["a", "b"]), to: model)
      expectRefusal("the network tells 2 classes apart, the data have 3") {
        try gallery.run(gallery.configuration(), into: "refused")
      }
      let wide = ImageShape(channels: 1, height: 6, width: 7)
      try ModelFile.write(try MadeUpGallery.model(input: wide), to: model)
      expectRefusal("the network reads images of 1×6×7 (channels×height×width), these are 1×6×5") {
        try gallery.run(gallery.configuration(), into: "refused")
      }
      #expect(!FileManager.default.fileExists(atPath: gallery.folder.appending(path: "refused").path))
    }
  }

  @Test("A layer without a live unit is an error that says what its units are")
  func noLiveUnit() throws {
    try withGallery { gallery in
      let model = try MadeUpGallery.model()
      var parameters = model.network.parameters
      parameters[0] = Tensor(shape: parameters[0].shape)
      parameters[1] = Tensor(repeating: -1, shape: parameters[1].shape)
      parameters[1].elements[0] = 1
      let network = try Network(graph: model.network.graph, parameters: parameters)
      try ModelFile.write(
        Model(network: network, classNames: MadeUpGallery.classNames),
        to: gallery.folder.appending(path: "model.safetensors"))
      expectRefusal(
        "no unit of layer relu1 is alive: 11 are above 0 for fewer than 6 images, 1 are constant"
      ) { try gallery.run(gallery.configuration()) }
    }
  }

  @Test("A model trained on other data of the same name, or with other class names, is remarked on the sheet")
  func remarks() throws {
    try withGallery { gallery in
      var model = try MadeUpGallery.model(classNames: ["x", "y", "z"])
      model.provenance.dataName = "data"
      model.provenance.dataChecksum = "0123456789abcdef"
      try ModelFile.write(model, to: gallery.folder.appending(path: "model.safetensors"))
      let log = ProgressLog()
      let folder = try gallery.run(gallery.configuration(), log: log)
      #expect(log.warnings.count == 2)
      let text = try description(folder)
      #expect(text.contains("held-out images may be among those it was trained on"))
      #expect(text.contains("predictions are compared by number"))
    }
  }

  // MARK: Reading results

  private struct Failure: Error {}

  private func expectRefusal(
    _ sentence: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Void
  ) {
    do {
      try body()
      Issue.record("was not refused", sourceLocation: sourceLocation)
    } catch {
      #expect("\(error)".contains(sentence), sourceLocation: sourceLocation)
    }
  }

  private func expectRefusal(
    _ sentence: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> URL
  ) {
    expectRefusal(sentence, sourceLocation: sourceLocation) { () throws -> Void in _ = try body() }
  }

  /// The lines of rankings.csv by column; no field of these data is quoted.
  private func table(_ folder: URL) throws -> [[String: String]] {
    let lines = try String(contentsOf: folder.appending(path: "rankings.csv"), encoding: .utf8)
      .split(separator: "\n").map {
        $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      }
    return lines.dropFirst().map { Dictionary(uniqueKeysWithValues: zip(lines[0], $0)) }
  }

  private func description(_ folder: URL, _ name: String = "gallery.png") throws -> String {
    let text = try PNGFile.readText(folder.appending(path: name))
    return text.first { $0.key == "Description" }?.value ?? ""
  }
}
