import Experiments
import Figures
import Foundation
import Storage

/// The directions of a gallery as the page shows them, one by one: numbers, histogram, classes of the top images, and
/// images from every height of the scores.
struct DirectionGallery: Equatable, Sendable {
  let catalogue: DirectionCatalogue
  /// Of the gallery below the run folder, with a slash; empty where the run itself is one.
  let place: String
  /// Before the name of a direction in its anchor.
  let prefix: String

  private static let fileName = "directions.json"
  /// A run's own gallery, or that of a comparison's first network.
  private static let places = ["", "sheets/"]

  /// nil where the run has none: it was blind, or made by an earlier version.
  ///
  /// - Throws: ``FileError`` where the catalogue cannot be read or does not fit its sprite sheets.
  static func read(_ folder: RunFolder, prefix: String) throws -> DirectionGallery? {
    guard let place = places.first(where: { folder.exists($0 + fileName) }) else { return nil }
    let catalogue = try JSONFile.read(DirectionCatalogue.self, from: folder.file(place + fileName))
    return DirectionGallery(catalogue: catalogue, place: place, prefix: prefix)
  }

  func anchor(of id: String) -> String { "\(prefix)-\(id)" }

  /// In the run folder.
  var files: [String] { catalogue.sheetNames.map { place + $0 } }

  var anchors: [String: String] {
    Dictionary(catalogue.entries.map { ($0.row.id, anchor(of: $0.row.id)) }) { first, _ in first }
  }

  /// Of a sprite sheet, from 0.
  private func styleName(_ sheet: Int) -> String { "sprite-\(prefix)-\(sheet + 1)" }

  /// A rule for each sprite sheet, so that each is named once: a page in one file holds it once.
  func style(address: (_ file: String) throws -> String) rethrows -> String {
    let sprites = catalogue.sprites
    return try files.enumerated().map { sheet, name in
      let rows = catalogue.entries.count { $0.sheet == sheet }
      return ".\(styleName(sheet)) { background-image: url(\"\(try address(name))\"); background-size: "
        + "\(pixels(sprites.columns * sprites.tileWidth)) \(pixels(rows * sprites.tileHeight)); "
        + "--tile-width: \(sprites.tileWidth)px; --tile-height: \(sprites.tileHeight)px; }\n"
    }.joined()
  }

  /// A length that grows with the enlargement of the page.
  private func pixels(_ count: Int) -> String { "calc(var(--enlargement) * \(count)px)" }

  // MARK: Content for the template

  var content: [String: Any] {
    let neurons = catalogue.entries.count { $0.isNeuron }
    let others = catalogue.entries.count - neurons
    return [
      "summary": "\(catalogue.entries.count) directions one by one",
      "explanation":
        "\(neurons) neurons and \(others) \(catalogue.otherWords), each ranked over \(catalogue.imageCount) images. "
        + "Histogram: all scores, heights as square roots, the line where the top \(catalogue.topCount) begin. Bar: "
        + "classes of the top images. κ: label agreement, 0 for random images, 1 for one class. Below the top, "
        + "images are drawn at random from each group of ranks.",
      "entries": catalogue.entries.map(content),
    ]
  }

  private func content(_ entry: DirectionCatalogue.Entry) -> [String: Any] {
    [
      "anchor": anchor(of: entry.row.id), "id": entry.row.id,
      "kind": entry.isNeuron ? "neuron" : catalogue.otherWords.replacing("directions", with: "direction"),
      "facts": facts(entry), "histogram": histogram(entry) ?? [:] as [String: Any],
      "hasHistogram": entry.row.statistics != nil, "classes": classes(entry), "count": entry.row.images.count,
      "strips": strips(entry),
      "neighbours": entry.neighbours.map {
        ["id": $0.id, "anchor": anchor(of: $0.id), "shared": $0.sharedImages] as [String: Any]
      }, "hasNeighbours": !entry.neighbours.isEmpty,
    ]
  }

  private func facts(_ entry: DirectionCatalogue.Entry) -> [String] {
    let agreement = entry.row.agreement
    var facts: [String] = []
    if let kappa = agreement.kappa { facts.append("κ " + Numbers.threeDigits(kappa)) }
    if let label = agreement.topClass {
      facts.append(
        "\(agreement.topClassCount) of the top \(agreement.imageCount): \(catalogue.classNames[label])")
    }
    if let statistics = entry.row.statistics {
      let deviation = statistics.standardDeviation.map { " ± " + Numbers.threeDigits($0) } ?? ""
      facts.append("score \(Numbers.threeDigits(statistics.mean))\(deviation)")
      if let share = statistics.positive.value { facts.append("above 0: " + Numbers.percent(share)) }
      if let gap = statistics.tailGap {
        facts.append("the top is \(Numbers.threeDigits(gap)) deviations above the mean")
      }
      if let skewness = statistics.skewness { facts.append("skewness " + Numbers.threeDigits(skewness)) }
      if statistics.tiesAtLastRank > 1 {
        facts.append("\(statistics.tiesAtLastRank) images tie at the last rank")
      }
    }
    if let area = entry.selectivity.aucMax, let label = entry.selectivity.topClass {
      facts.append("AUROC \(Numbers.threeDigits(area)) for \(catalogue.classNames[label])")
    }
    return facts
  }

  private func histogram(_ entry: DirectionCatalogue.Entry) -> [String: Any]? {
    guard let statistics = entry.row.statistics else { return nil }
    let histogram = statistics.histogram
    let tallest = Double(histogram.counts.max() ?? 1).squareRoot()
    let bars = histogram.counts.enumerated().filter { $0.element > 0 }.map { bin, count in
      let height = max(0.5, (Double(count).squareRoot() / tallest * 240).rounded() / 10)
      return "M\(bin) 24v\(String(format: "%.4g", -height))h1V24z"
    }
    let line = histogram.position(of: statistics.topThreshold).map {
      "M\(String(format: "%.4g", $0 * Double(histogram.counts.count))) 0V24"
    }
    return [
      "bins": histogram.counts.count, "bars": bars.joined(), "line": line ?? "",
      "words":
        "Scores from \(Numbers.threeDigits(Double(statistics.minimum))) to "
        + "\(Numbers.threeDigits(Double(statistics.maximum))); the top \(entry.row.images.count) begin at "
        + Numbers.threeDigits(Double(statistics.topThreshold)),
    ]
  }

  /// Classes of the top images, the most frequent first.
  private func classCounts(_ images: [GalleryRankings.Image]) -> [(label: Int, count: Int)] {
    Dictionary(grouping: images, by: \.label).map { (label: $0.key, count: $0.value.count) }
      .sorted { ($1.count, $0.label) < ($0.count, $1.label) }
  }

  private func classes(_ entry: DirectionCatalogue.Entry) -> [[String: Any]] {
    let key = ClassKey(names: catalogue.classNames)
    var start = 0
    return classCounts(entry.row.images).map { label, count in
      defer { start += count }
      let colour = key.colour(label)
      return [
        "start": start, "count": count,
        "colour": String(format: "#%02x%02x%02x", colour.red, colour.green, colour.blue),
      ]
    }
  }

  private func strips(_ entry: DirectionCatalogue.Entry) -> [[String: Any]] {
    let images = entry.row.images
    let top = Array(images.prefix(catalogue.sprites.topColumns))
    var strips = [
      strip(
        entry, firstColumn: 0, top,
        title: top.count < images.count
          ? "top \(images.count), the first \(top.count)" : "top \(images.count)",
        scores: images.first.flatMap(\.score).map { (Double($0), Double(images.last?.score ?? $0)) })
    ]
    var column = catalogue.sprites.topColumns
    for stratum in entry.row.strata ?? [] {
      strips.append(
        strip(
          entry, firstColumn: column, stratum.images,
          title: stratum.kind == .bottom ? "lowest \(stratum.size.count)" : stratum.kind.rawValue,
          scores: (Double(stratum.highest), Double(stratum.lowest))))
      column += stratum.images.count
    }
    return strips
  }

  /// Tiles beside each other, in pieces that fit the width of a phone.
  private func strip(
    _ entry: DirectionCatalogue.Entry, firstColumn: Int, _ images: [GalleryRankings.Image], title: String,
    scores: (highest: Double, lowest: Double)?
  ) -> [String: Any] {
    let sprites = catalogue.sprites
    let pieceLength = max(1, 300 / sprites.tileWidth)
    let pieces = stride(from: 0, to: images.count, by: pieceLength).map { start in
      "--tiles:\(min(pieceLength, images.count - start));--column:\(firstColumn + start);--row:\(entry.sheetRow)"
    }
    let classes = classCounts(images).map { "\($0.count) \(catalogue.classNames[$0.label])" }
    let range = scores.map {
      let (highest, lowest) = (Numbers.threeDigits($0.highest), Numbers.threeDigits($0.lowest))
      return highest == lowest ? highest : "\(highest) to \(lowest)"
    }
    return [
      "title": title, "scores": range ?? "", "style": styleName(entry.sheet), "pieces": pieces,
      "words": "\(entry.row.id), \(title): \(classes.joined(separator: ", "))",
    ]
  }
}
