import Datasets
import Directions
import Foundation
import Images
import Storage
import Tensors
import Testing

@testable import GalleryRoom
@testable import Lab

@Suite struct DirectionCatalogueTests {
  private func catalogue(in folder: URL) throws -> DirectionCatalogue {
    try JSONFile.read(DirectionCatalogue.self, from: folder.appending(path: "directions.json"))
  }

  @Test("Every live unit and as many random directions are described, those on the sheets as on the sheets")
  func entries() throws {
    try withTemporaryFolder { folder in
      let gallery = try MadeUpGallery(in: folder)
      let run = try gallery.run(gallery.configuration())
      let catalogue = try catalogue(in: run)
      let rankings = try JSONFile.read(GalleryRankings.self, from: run.appending(path: "rankings.json"))
      let live = (0..<MadeUpGallery.unitCount).filter {
        $0 != MadeUpGallery.deadUnit && $0 != MadeUpGallery.constantUnit
      }
      #expect(catalogue.entries.filter(\.isNeuron).map { Int($0.row.id.dropFirst()) } == live)
      #expect(catalogue.entries.filter { !$0.isNeuron }.map(\.row.id) == live.indices.map { "r00\($0)" })
      let byID = Dictionary(uniqueKeysWithValues: catalogue.entries.map { ($0.row.id, $0) })
      for row in rankings.neurons + rankings.randomDirections {
        var described = try #require(byID[row.id]).row
        described.strata = nil
        #expect(described == row)
      }
      let kappas = rankings.agreement.neurons.kappas.merging(rankings.agreement.randomDirections.kappas) {
        first, _ in first
      }
      for entry in catalogue.entries { #expect(entry.row.agreement.kappa == kappas[entry.row.id]) }
      let lines = try String(contentsOf: run.appending(path: "directions.csv"), encoding: .utf8)
        .split(separator: "\n")
      #expect(lines.count == 1 + catalogue.entries.count)
      let heads = lines[0].split(separator: ",").map(String.init)
      for (line, entry) in zip(lines.dropFirst(), catalogue.entries) {
        let cells = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let found = Dictionary(uniqueKeysWithValues: zip(heads, cells))
        let (agreement, statistics) = (entry.row.agreement, try #require(entry.row.statistics))
        func name(_ label: Int?) throws -> String { MadeUpGallery.classNames[try #require(label)] }
        func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
        let wanted = [
          "id": entry.row.id, "kind": entry.isNeuron ? "neuron" : "random direction",
          "kappa": text(agreement.kappa), "purity": text(agreement.purity),
          "adjusted_purity": text(entry.row.adjustedPurity), "top_class": try name(agreement.topClass),
          "top_class_images": "\(agreement.topClassCount)", "auc_max": text(entry.selectivity.aucMax),
          "auc_class": try name(entry.selectivity.topClass), "d_prime": text(entry.selectivity.dPrime),
          "mean": text(statistics.mean), "standard_deviation": text(statistics.standardDeviation),
          "minimum": text(Double(statistics.minimum)), "maximum": text(Double(statistics.maximum)),
          "positive_share": text(statistics.positive.value), "zero_share": text(statistics.zero.value),
          "skewness": text(statistics.skewness), "tail_gap": text(statistics.tailGap),
          "ties_at_last_rank": "\(statistics.tiesAtLastRank)",
        ]
        #expect(found == wanted)
      }
    }
  }

  @Test("Neighbours are those that share most top images, equal ones by their place")
  func neighbours() throws {
    try withTemporaryFolder { folder in
      let gallery = try MadeUpGallery(in: folder)
      let entries = try catalogue(in: gallery.run(gallery.configuration())).entries
      let sets = entries.map { Set($0.row.images.map(\.imageIndex)) }
      for (number, entry) in entries.enumerated() {
        let expected = entries.indices.filter { $0 != number && !sets[$0].isDisjoint(with: sets[number]) }
          .map { (id: entries[$0].row.id, shared: sets[$0].intersection(sets[number]).count, place: $0) }
          .sorted { ($1.shared, $0.place) < ($0.shared, $1.place) }.prefix(3)
        #expect(entry.neighbours.map(\.id) == expected.map(\.id))
        #expect(entry.neighbours.map(\.sharedImages) == expected.map(\.shared))
      }
    }
  }

  @Test("A row of the sprite sheet is a direction's top images and those of its strata, pixel by pixel")
  func sprites() throws {
    try withTemporaryFolder { folder in
      let gallery = try MadeUpGallery(in: folder)
      let run = try gallery.run(gallery.configuration())
      let catalogue = try catalogue(in: run)
      let sprites = catalogue.sprites
      #expect((sprites.tileWidth, sprites.tileHeight, sprites.topColumns) == (5, 6, 6))
      let images = try gallery.dataset.heldOut
      let sheet = try PNGFile.read(run.appending(path: catalogue.sheetNames[0]))
      #expect(catalogue.sheetNames.count == 1 && sheet.height == 6 * catalogue.entries.count)
      var compared = 0
      for entry in catalogue.entries {
        let strata = try #require(entry.row.strata)
        #expect(strata.allSatisfy { $0.kind != .top && $0.kind != .random && $0.images.count <= 3 })
        let shown = entry.row.images + strata.flatMap(\.images)
        for (column, image) in shown.enumerated() {
          let pixels = images.tensor(of: [image.imageIndex]).elements.map { UInt8(($0 * 255).rounded()) }
          for y in 0..<6 {
            for x in 0..<5 {
              let place = (entry.sheetRow * 6 + y) * sheet.width + column * 5 + x
              #expect(sheet.samples[place * sheet.channels] == pixels[y * 5 + x])
              compared += 1
            }
          }
        }
      }
      #expect(compared > 20 * 6 * 30)
    }
  }

  @Test("However many directions and however large the images, no sheet is larger than browsers show")
  func limits() throws {
    let shape = ImageShape(channels: 3, height: 200, width: 100)
    let sprites = DirectionCatalogue.Sprites(shape: shape, topCount: 100, strataCount: 15)
    #expect((sprites.tileWidth, sprites.tileHeight) == (32, 64))
    #expect(sprites.topColumns == 25 && sprites.columns == 40 && sprites.rowsPerSheet == 64)
    #expect(sprites.columns * sprites.tileWidth <= DirectionCatalogue.Sprites.largestSide)
    let images = LabelledImages(
      shape: shape, pixels: .bytes([UInt8](repeating: 77, count: shape.pixelCount)), labels: [0],
      classNames: ["one"])
    let sheet = sprites.sheet(of: Array(repeating: (top: [0], strata: []), count: 64), from: images)
    #expect((sheet.width, sheet.height, sheet.channels) == (1280, 4096, 3))
    // The image in its place, grey where there is none.
    #expect(sheet.samples[0] == 77 && sheet.samples[33 * 3] == 128)
  }

  @Test("A blind gallery leaves no catalogue, and none is made blind beside one")
  func blind() throws {
    try withTemporaryFolder { folder in
      let gallery = try MadeUpGallery(in: folder)
      let presentation = GalleryPresentation(isBlind: true)
      let run = try gallery.run(gallery.configuration(presentation: presentation), into: "blind")
      #expect(!FileManager.default.fileExists(atPath: run.appending(path: "directions.json").path))
      for name in ["directions.csv", "sprites"] {
        let target = folder.appending(path: "beside \(name)")
        try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
        try Data().write(to: target.appending(path: name))
        #expect(throws: GalleryError.self) {
          try gallery.run(gallery.configuration(presentation: presentation), into: "beside \(name)")
        }
      }
    }
  }
}
