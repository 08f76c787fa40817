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

@Suite struct GalleryPresentationTests {
  private static let everything = GalleryPresentation(
    hasStrata: true, hasClasses: true, preset: .a4, hasPDF: true)

  private func withGallery(_ body: (MadeUpGallery) throws -> Void) throws {
    try withTemporaryFolder { try body(MadeUpGallery(in: $0)) }
  }

  private func rankings(in folder: URL) throws -> GalleryRankings {
    try JSONFile.read(GalleryRankings.self, from: folder.appending(path: "rankings.json"))
  }

  private func files(in folder: URL) throws -> Set<String> {
    let manager = FileManager.default
    return Set(
      try manager.subpathsOfDirectory(atPath: folder.path).filter { path in
        var isFolder: ObjCBool = false
        return manager.fileExists(atPath: folder.appending(path: path).path, isDirectory: &isFolder)
          && !isFolder.boolValue
      })
  }

  private func features(_ gallery: MadeUpGallery) throws -> FeatureMatrix {
    let engine = try Engine(running: MadeUpGallery.model().network, workerCount: 1)
    return try FeatureMatrix(
      values: engine.features(of: gallery.dataset.heldOut, layer: 2), layer: "relu1")
  }

  /// Scores of a row of the rankings, from its name.
  private func scores(_ id: String, _ features: FeatureMatrix) throws -> [Float] {
    let number = try #require(Int(id.dropFirst()))
    let directions =
      id.hasPrefix("n")
      ? DirectionSet.neurons(dimension: features.dimension)
      : .randomSphere(count: number + 1, dimension: features.dimension, seed: 1)
    return features.scores(along: directions, row: number)
  }

  // MARK: Files

  @Test("Everything that was asked for is written, listed, and the same bytes for any number of workers")
  func sameBytes() throws {
    try withGallery { gallery in
      let configuration = gallery.configuration(presentation: Self.everything)
      let first = try gallery.run(configuration, into: "1", workerCount: 1, cached: false)
      let second = try gallery.run(configuration, into: "2", workerCount: 3)
      let rankings = try rankings(in: first)
      let ids = (rankings.neurons + rankings.randomDirections).map(\.id)
      #expect(ids.count == 9)
      var wanted: Set = [
        "rankings.csv", "rankings.json", "strata.csv", "per-class.csv", "run.json", "directions.csv",
        "directions.json", "sprites/directions-1.png",
      ]
      let sheets =
        ["gallery", "neurons", "random"] + ids.flatMap { ["strata/\($0)", "per-class/\($0)"] }
      for name in sheets { wanted.formUnion(["\(name).png", "\(name).pdf"]) }
      #expect(try files(in: first) == wanted)
      typealias Record = RunRecord<GalleryExperiment.Configuration, GalleryExperiment.Results>
      let record = try JSONFile.read(Record.self, from: first.appending(path: "run.json"))
      #expect(Set(record.results?.files ?? []) == wanted)
      #expect(record.configuration == configuration)
      for name in wanted where name != "run.json" {
        #expect(
          try Data(contentsOf: first.appending(path: name)) == Data(contentsOf: second.appending(path: name)),
          "\(name)")
      }
      for name in sheets {
        let bitmap = try PNGFile.read(first.appending(path: "\(name).png"))
        #expect((bitmap.width, bitmap.height) == (1240, 1754), "\(name)")
      }
    }
  }

  @Test("Sheets of other settings do not stay from an earlier gallery; a file that no gallery makes does")
  func earlier() throws {
    try withGallery { gallery in
      _ = try gallery.run(gallery.configuration(presentation: Self.everything), into: "run")
      let plain = try files(in: gallery.run(gallery.configuration(neurons: 2, directions: 2), into: "plain"))
      let folder = gallery.folder.appending(path: "run")
      let others: Set = ["strata/notes.png", "my-gallery.png", "gallery.txt", "per-class.txt"]
      for name in others { try Data().write(to: folder.appending(path: name)) }
      _ = try gallery.run(gallery.configuration(neurons: 2, directions: 2), into: "run")
      #expect(try files(in: folder) == plain.union(others))
      #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "per-class").path))
    }
  }

  @Test("Strata and classes change nothing on the sheets of the top images")
  func sameTops() throws {
    try withGallery { gallery in
      let plain = try gallery.run(gallery.configuration(), into: "plain")
      let more = try gallery.run(
        gallery.configuration(presentation: .init(hasStrata: true, hasClasses: true)), into: "more")
      for name in ["gallery.png", "neurons.png", "random.png", "rankings.csv"] {
        #expect(
          try Data(contentsOf: plain.appending(path: name)) == Data(contentsOf: more.appending(path: name)))
      }
    }
  }

  @Test("Pages that one sheet needs are numbered files, and one PDF")
  func pages() throws {
    try withGallery { gallery in
      let folder = try gallery.run(
        gallery.configuration(neurons: 10, directions: 20, presentation: .init(preset: .slide, hasPDF: true)))
      let names = try files(in: folder)
      #expect(!names.contains("gallery.png") && names.contains("gallery.pdf"))
      let pages = names.filter { $0.hasPrefix("gallery-") }
      #expect(pages == Set((1...pages.count).map { "gallery-\($0).png" }) && pages.count > 1)
      let text = String(
        decoding: try Data(contentsOf: folder.appending(path: "gallery.pdf")), as: Unicode.ASCII.self)
      #expect(text.contains("/Count \(pages.count)"))
    }
  }

  @Test("Rows that fit on no page are refused before anything is written")
  func tooWide() throws {
    try withGallery { gallery in
      expectRefusal("rows of 60 images do not fit on an A4 page: show fewer images in a row") {
        try gallery.run(
          gallery.configuration(top: 60, presentation: .init(preset: .a4)), into: "refused")
      }
      #expect(!FileManager.default.fileExists(atPath: gallery.folder.appending(path: "refused").path))
    }
  }

  // MARK: Strata and classes

  @Test("A direction's strata hold its scores: ranges, ranks and shares count out on all images")
  func strata() throws {
    try withGallery { gallery in
      let folder = try gallery.run(gallery.configuration(presentation: .init(hasStrata: true)))
      let rankings = try rankings(in: folder)
      let features = try features(gallery)
      for row in rankings.neurons + rankings.randomDirections {
        let scores = try scores(row.id, features)
        let descending = scores.sorted(by: >)
        let strata = try #require(row.strata)
        #expect(strata[0].kind == .top && strata[0].images == row.images)
        for group in strata {
          let last = group.firstRank + group.size.count - 1
          #expect(group.highest == descending[group.firstRank - 1], "\(row.id) \(group.kind)")
          #expect(group.lowest == descending[last - 1], "\(row.id) \(group.kind)")
          #expect(group.size.total == 70)
          for image in group.images {
            let score = try #require(image.score)
            #expect(score == scores[image.imageIndex] && (group.lowest...group.highest).contains(score))
          }
        }
        let isRectified = row.id.hasPrefix("n") && scores.count { $0 == 0 } >= 3
        #expect(strata.last?.kind == (isRectified ? .zeros : .bottom))
      }
      #expect(rankings.neurons.contains { $0.strata?.last?.kind == .zeros }, "the data show both ends")
      #expect(rankings.randomDirections.contains { $0.strata?.last?.kind == .bottom })

      let lines = try String(contentsOf: folder.appending(path: "strata.csv"), encoding: .utf8)
        .split(separator: "\n")
      let drawn = (rankings.neurons + rankings.randomDirections).flatMap { $0.strata ?? [] }.flatMap(\.images)
      #expect(lines.count == 1 + drawn.count)
      #expect(
        lines[0]
          == "block,id,group,first_rank,last_rank,group_images,image,score,label,class,prediction,predicted_class,confidence"
      )
      let text = try text(folder.appending(path: "strata/\(rankings.neurons[0].id).png"))
      #expect(text["Title"]?.hasPrefix("Neuron \(rankings.neurons[0].id): ") == true)
      #expect(text["Transcript"]?.contains("random images; κ") == true)
    }
  }

  @Test("A row's strata do not depend on which other rows are shown")
  func independence() throws {
    try withGallery { gallery in
      let presentation = GalleryPresentation(hasStrata: true)
      let few = try rankings(
        in: gallery.run(gallery.configuration(directions: 2, presentation: presentation), into: "few"))
      let many = try rankings(
        in: gallery.run(gallery.configuration(directions: 7, presentation: presentation), into: "many"))
      let named = try rankings(
        in: gallery.run(
          gallery.configuration(
            rows: .named(units: [], directions: [1]), presentation: presentation), into: "named"))
      #expect(few.randomDirections.map(\.strata) == many.randomDirections.prefix(2).map(\.strata))
      #expect(named.randomDirections.map(\.strata) == [few.randomDirections[1].strata])
    }
  }

  @Test("Of every class the images are the first of a plain sort")
  func classes() throws {
    try withGallery { gallery in
      let folder = try gallery.run(gallery.configuration(presentation: .init(hasClasses: true)))
      let rankings = try rankings(in: folder)
      let features = try features(gallery)
      let labels = try gallery.dataset.heldOut.labels
      for row in rankings.neurons + rankings.randomDirections {
        let scores = try scores(row.id, features)
        let order = (0..<70).sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
        let classes = try #require(row.classes)
        #expect(classes.map(\.label) == [0, 1, 2])
        for part in classes {
          let members = order.filter { labels[$0] == part.label }
          #expect(part.images.map(\.imageIndex) == Array(members.prefix(6)), "\(row.id)")
          #expect(part.imageCount == members.count)
          #expect(part.bestRank == order.firstIndex(of: members[0])! + 1)
        }
      }
      let id = rankings.randomDirections[0].id
      let text = try text(folder.appending(path: "per-class/\(id).png"))
      #expect(text["Title"] == "Random direction \(id): its highest scores within each class")
      let lines = try #require(text["Transcript"]).split(separator: "\n")
      #expect(lines.dropFirst().map { $0.prefix(5) } == ["dots:", "lines", "noise", "rando"])
      #expect(!lines[1].contains("κ"))
    }
  }

  // MARK: Selected rows

  @Test(
    "The best and the worst rows are the ends of κ among all that are compared", arguments: [true, false])
  func extremes(best: Bool) throws {
    try withGallery { gallery in
      let folder = try gallery.run(
        gallery.configuration(neurons: 4, directions: 3, rows: best ? .best : .worst))
      let rankings = try rankings(in: folder)
      for (rows, group) in [
        (rankings.neurons, rankings.agreement.neurons),
        (rankings.randomDirections, rankings.agreement.randomDirections),
      ] {
        let sorted = group.kappas.values.sorted { best ? $0 > $1 : $0 < $1 }
        #expect(group.kappas.count == 10)
        #expect(rows.map(\.agreement.kappa) == sorted.prefix(rows.count).map { $0 })
        for row in rows { #expect(group.kappas[row.id] == row.agreement.kappa) }
      }
      let word = best ? "highest" : "lowest"
      for name in ["gallery.png", "neurons.png", "random.png"] {
        let text = try text(folder.appending(path: name))
        #expect(text["Title"]?.hasSuffix("(selected)") == true, "\(name)")
        #expect(text["Rows"] == "Rows selected for the \(word) label agreement κ", "\(name)")
        #expect(text["Description"]?.contains("they are no sample of the layer") == true, "\(name)")
        #expect(text["Description"]?.contains("drawn at random from the live ones") == false, "\(name)")
      }
      #expect(rankings.selection == (best ? .best : .worst))
    }
  }

  @Test("A sample is not marked as selected")
  func sample() throws {
    try withGallery { gallery in
      let folder = try gallery.run(gallery.configuration())
      let text = try text(folder.appending(path: "gallery.png"))
      #expect(text["Rows"] == nil)
      #expect(!text.values.contains { $0.lowercased().contains("selected") })
      #expect(try rankings(in: folder).selection == nil)
    }
  }

  @Test("Named rows are shown in the order named, dead ones too; the other kind stays a sample")
  func named() throws {
    try withGallery { gallery in
      let sample = try rankings(in: gallery.run(gallery.configuration(), into: "sample"))
      let folder = try gallery.run(
        gallery.configuration(rows: .named(units: [5, MadeUpGallery.deadUnit], directions: [])))
      let named = try rankings(in: folder)
      #expect(named.neurons.map(\.id) == ["n05", "n03"])
      #expect(named.randomDirections == sample.randomDirections)
      let gallerySheet = GallerySheet(rankings: named, images: try gallery.dataset.heldOut)
      #expect(gallerySheet.sheet(of: [.neurons]).blocks[0].rows.map(\.isDead) == [false, true, false])
      #expect(try text(folder.appending(path: "gallery.png"))["Rows"] == "Neurons selected by name")
      #expect(try text(folder.appending(path: "neurons.png"))["Rows"] == "Rows selected by name")
      #expect(try text(folder.appending(path: "random.png"))["Rows"] == nil)
      let directions = try rankings(
        in: gallery.run(
          gallery.configuration(rows: .named(units: [], directions: [4, 2])), into: "directions"))
      // Means and histograms may differ in their last bits: their products are of other sets of directions.
      let wanted = [4, 2].map { sample.randomDirections[$0] }
      #expect(directions.randomDirections.map(\.id) == wanted.map(\.id))
      #expect(directions.randomDirections.map(\.images) == wanted.map(\.images))
      #expect(directions.neurons == sample.neurons)
    }
  }

  @Test("Rows that do not exist or cannot be ordered are refused in one sentence")
  func refusals() throws {
    try withGallery { gallery in
      let cases: [(GalleryExperiment.Configuration, String)] = [
        (
          gallery.configuration(rows: .named(units: [12], directions: [])),
          "neuron n12 was asked for: layer relu1 has 12 units, n0 to n11"
        ),
        (
          gallery.configuration(rows: .named(units: [], directions: [4096])),
          "direction r4096 was asked for: there are 4096 of the family random directions"
        ),
        (
          gallery.configuration(rows: .named(units: [], directions: [1], letter: "p")),
          "rows p… were asked for: random directions are called r…"
        ),
        (
          gallery.configuration(top: 1, rows: .best),
          "label agreement κ, which needs two images in a row and two classes"
        ),
      ]
      for (configuration, sentence) in cases {
        expectRefusal(sentence) { try gallery.run(configuration, into: "refused") }
      }
      #expect(!FileManager.default.fileExists(atPath: gallery.folder.appending(path: "refused").path))
    }
  }

  // MARK: Blind

  private func blind(
    _ gallery: MadeUpGallery, seed: UInt64 = 1, into name: String = "blind"
  ) throws -> (folder: URL, key: GalleryKey) {
    let folder = try gallery.run(
      gallery.configuration(seed: seed, presentation: .init(isBlind: true, hasPDF: true)), into: name)
    return (folder, try JSONFile.read(GalleryKey.self, from: folder.appending(path: "key.json")))
  }

  @Test("A blind gallery leaves its sheet, the key and the record, and the key solves the sheet")
  func key() throws {
    try withGallery { gallery in
      let (folder, key) = try blind(gallery)
      #expect(try files(in: folder) == ["blind.png", "blind.pdf", "key.json", "run.json"])
      let open = try rankings(in: gallery.run(gallery.configuration(), into: "open"))
      #expect(key.rankings == open)
      #expect(Set(key.rows.map(\.id)) == Set(open.blocks.flatMap(\.rows).map(\.id)))
      #expect(key.rows.map(\.row) == (1...11).map { ($0 < 10 ? "0" : "") + "\($0)" })

      let images = try gallery.dataset.heldOut
      let sheet = GallerySheet(rankings: open, images: images).blind(key, keyChecksum: "")
      let rows = sheet.blocks.flatMap(\.rows)
      try #require(rows.map(\.id) == key.rows.map(\.row))
      for (row, entry) in zip(rows, key.rows) {
        let block = try #require(open.blocks.first { $0.name == entry.block })
        let solution = try #require(block.rows.first { $0.id == entry.id })
        let pixels = solution.images.map { Array(images.tensor(of: [$0.imageIndex]).elements) }
        #expect(row.tiles.map { $0.image?.planarValues } == pixels)
      }
    }
  }

  @Test("Nothing on a blind sheet changes when all names, scores, statistics and classes do")
  func nothingTells() throws {
    try withGallery { gallery in
      let (folder, key) = try blind(gallery)
      var changed = key.rankings
      func disguised(_ row: GalleryRankings.Row) -> GalleryRankings.Row {
        var row = row
        row.id = "x" + row.id
        row.statistics = nil
        row.adjustedPurity = nil
        row.agreement = LabelAgreement(of: [], in: ClassLabels([0, 1], classCount: 2))
        row.images = row.images.map {
          .init(imageIndex: $0.imageIndex, score: nil, label: 0, prediction: Prediction(logits: [0, 1, 0]))
        }
        return row
      }
      changed.neurons = key.rankings.neurons.map(disguised)
      changed.randomDirections = key.rankings.randomDirections.map(disguised)
      changed.randomImages = key.rankings.randomImages.map(disguised)
      let images = try gallery.dataset.heldOut
      let checksum = try Checksum.hexadecimal(ofFile: folder.appending(path: "key.json"))
      let before = GallerySheet(rankings: key.rankings, images: images).blind(key, keyChecksum: checksum)
      let after = GallerySheet(rankings: changed, images: images)
        .blind(GalleryKey(changed), keyChecksum: checksum)
      #expect(before.drawn() == after.drawn())
      #expect(before.textChunks.map(\.value) == after.textChunks.map(\.value))
      // And it is this sheet that was written.
      #expect(try PNGFile.read(folder.appending(path: "blind.png")) == before.drawn())
      let text = try text(folder.appending(path: "blind.png"))
      #expect(text == Dictionary(uniqueKeysWithValues: before.textChunks.map { ($0.key, $0.value) }))
      #expect(text["Key checksum"] == checksum)
      #expect(text["Seed"] == nil)
    }
  }

  @Test("Blocks are mixed, by the seed")
  func order() throws {
    try withGallery { gallery in
      let one = try blind(gallery, into: "1").key
      let again = try blind(gallery, into: "2").key
      let other = try blind(gallery, seed: 2, into: "3").key
      #expect(one == again)
      #expect(one.rows.map(\.block) != other.rows.map(\.block))
      // Rows in order of their blocks would change block twice.
      let changes = zip(one.rows, one.rows.dropFirst()).count { $0.block != $1.block }
      #expect(changes > 2)
    }
  }

  @Test("A folder in which an open gallery lies is refused, and stays as it was")
  func openFolder() throws {
    try withGallery { gallery in
      let folder = try gallery.run(gallery.configuration(), into: "open")
      let before = try Data(contentsOf: folder.appending(path: "run.json"))
      expectRefusal("holds gallery.png of an open gallery, which would tell the solution") {
        try blind(gallery, into: "open")
      }
      #expect(try Data(contentsOf: folder.appending(path: "run.json")) == before)
      #expect(try !files(in: folder).contains("blind.png"))
    }
  }

  // MARK: Reading

  private func text(_ file: URL) throws -> [String: String] {
    Dictionary(uniqueKeysWithValues: try PNGFile.readText(file).map { ($0.key, $0.value) })
  }

  private func expectRefusal<Result>(
    _ sentence: String, sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Result
  ) {
    do {
      _ = try body()
      Issue.record("was not refused", sourceLocation: sourceLocation)
    } catch {
      #expect("\(error)".contains(sentence), sourceLocation: sourceLocation)
    }
  }
}
