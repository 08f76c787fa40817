import Adversarial
import Directions
import Figures
import Foundation
import GalleryRoom
import Inference
import Lab
import Storage

/// What `intrigue compare` leaves to read and to look at.
struct ComparisonExhibits {
  let comparison: Comparison
  let parts: [NetworkComparison]
  let duplicates: DuplicateImages
  /// On the data, for the foot of each figure.
  var remarkLines: [String] = []

  static let verdictName = "verdict.txt"
  static let comparisonName = "comparison.json"
  static let sheetsFolder = "sheets"

  var declared: ComparisonProtocol { comparison.declared }
  private var networkCount: Int { comparison.networks.count }

  /// - Parameter drawSheets: Draws the contact sheets of the first network.
  func exhibits(
    drawSheets: @escaping (RunFolder, @escaping ProgressHandler) throws -> Void = { _, _ in }
  ) -> Exhibits {
    var exhibits = Exhibits(
      title: "Is a neuron special?",
      findings: [comparison.verdict.sentence, "Verdict: \(comparison.verdict.wording)."], basis: basis,
      listing: comparison.lines)
    addCharts(to: &exhibits)
    addTables(to: &exhibits)
    addSheets(to: &exhibits, drawSheets)
    exhibits.record(Self.comparisonName) { try JSONFile.write(comparison, to: $0) }
    // Last of the numbers: who finds a verdict finds what it rests on.
    exhibits.record(Self.verdictName) {
      try AtomicFile.write(comparison.lines.joined(separator: "\n") + "\n", to: $0)
    }
    exhibits.cite(.bau2017network, .phipson2010permutation)
    return exhibits
  }

  private var basis: String {
    let copies = comparison.duplicateImageCount
    return
      "κ: label agreement of the top k = \(declared.topCount) of n = \(comparison.imageCount) \(declared.split.words) of "
      + "\(comparison.dataName), \(copies) near-\(copies == 1 ? "duplicate" : "duplicates") left out; layer \(comparison.layer.layer); 0 "
      + "for random images, 1 where all share a class. Null: \(declared.rotationCount) random rotations of the live units of each "
      + "network. Intervals: Student's t, 95 %, over \(networkCount) networks trained alike. Protocol "
      + "\(comparison.protocolHash.prefix(8)), written before anything was measured."
  }

  /// Of other numbers of top images.
  var sizeBasis: String {
    "κ: label agreement of the given number of top images of n = \(comparison.imageCount) \(declared.split.words) of "
      + "\(comparison.dataName), layer \(comparison.layer.layer). Null: \(declared.rotationCount) random rotations. Intervals: "
      + "Student's t, 95 %, over \(networkCount) networks."
  }

  private func addSheets(
    to exhibits: inout Exhibits,
    _ draw: @escaping (RunFolder, @escaping ProgressHandler) throws -> Void
  ) {
    let basis =
      "The top \(declared.topCount) of n = \(comparison.imageCount) \(declared.split.words) of \(comparison.dataName), layer "
      + "\(comparison.layer.layer); a random sample of the first of \(networkCount) networks. κ stands beside each row: "
      + "descriptive only, not a significance test."
    let place = Self.sheetsFolder
    exhibits.picture(
      "\(place)/gallery.png",
      "Neurons beside random directions of the first network; the rows are a random sample.", basis: basis,
      isForArticle: false)
    exhibits.picture("\(place)/neurons.png", "Neurons of the first network.", basis: basis)
    exhibits.picture("\(place)/random.png", "Random directions through its feature layer.", basis: basis)
    exhibits.table(
      "\(place)/directions.csv", "All directions of the first network and their statistics.", basis: basis,
      article: DirectionCatalogue.articleHeadings, columns: DirectionCatalogue.columns, isWhole: true)
    exhibits.part(in: place, draw)
    exhibits.catalogue(in: "\(place)/")
  }
}
