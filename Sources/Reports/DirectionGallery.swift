import Directions
import Figures
import Foundation
import GalleryRoom
import Lab
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

  /// nil where the run has none: it was blind, or made by an earlier version.
  ///
  /// - Parameter place: Folder below that of the run, with a slash; or nothing.
  /// - Throws: ``FileError`` where the catalogue cannot be read or contradicts itself.
  static func read(_ folder: RunFolder, place: String, prefix: String) throws -> DirectionGallery? {
    guard try folder.has(place + fileName) else { return nil }
    let file = folder.file(place + fileName)
    let catalogue = try JSONFile.read(DirectionCatalogue.self, from: file)
    if let problem = problem(of: catalogue) { throw FileError(file: file, problem: problem) }
    let gallery = DirectionGallery(catalogue: catalogue, place: place, prefix: prefix)
    for name in gallery.files where try !folder.has(name) {
      throw FileError(
        file: folder.file(name), problem: "is not there, and \(file.lastPathComponent) shows it")
    }
    return gallery
  }

  /// What a page could not be made of.
  private static func problem(of catalogue: DirectionCatalogue) -> String? {
    let sprites = catalogue.sprites
    let sides = 1...DirectionCatalogue.Sprites.largestSide
    guard sides.contains(sprites.tileWidth), sides.contains(sprites.tileHeight),
      (1...max(1, sprites.columns)).contains(sprites.topColumns),
      sides.contains(sprites.columns.multipliedReportingOverflow(by: sprites.tileWidth).partialValue)
    else {
      return
        "has sprite sheets of \(sprites.columns) tiles of \(sprites.tileWidth)×\(sprites.tileHeight) pixels side by side"
    }
    let classes = catalogue.classNames.indices
    for entry in catalogue.entries {
      let row = entry.row
      let images = row.images + (row.strata ?? []).flatMap(\.images)
      let labels =
        images.map(\.label) + [row.agreement.topClass, entry.selectivity.topClass].compactMap(\.self)
      if let label = labels.first(where: { !classes.contains($0) }) {
        return "speaks of class \(label) of \(classes.count) at direction \(row.id)"
      }
      guard (0...catalogue.entries.count).contains(entry.sheet),
        (0..<sprites.rowsPerSheet).contains(entry.sheetRow)
      else { return "puts direction \(row.id) into row \(entry.sheetRow) of sprite sheet \(entry.sheet)" }
      if let statistics = row.statistics, statistics.histogram.counts.isEmpty {
        return "has an empty histogram of direction \(row.id)"
      }
    }
    let ids = Set(catalogue.entries.map(\.row.id))
    guard ids.count == catalogue.entries.count,
      ids.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } })
    else { return "has two directions of one name, or a name that is not made of letters and digits" }
    let neighbours = catalogue.entries.flatMap(\.neighbours).map(\.id)
    return neighbours.first { !ids.contains($0) }.map { "names a neighbour \($0) that it does not have" }
  }

  func anchor(of id: String) -> String { "\(prefix)_\(id)" }

  /// In the run folder.
  var files: [String] { catalogue.sheetNames.map { place + $0 } }

  var anchors: [String: String] {
    Dictionary(catalogue.entries.map { ($0.row.id, anchor(of: $0.row.id)) }) { first, _ in first }
  }

  /// Of a sprite sheet, from 0.
  private func styleName(_ sheet: Int) -> String { "sprite-\(prefix)_\(sheet + 1)" }

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
        "\(neurons) neurons and \(others) \(catalogue.family.words), each ranked over \(catalogue.imageCount) images. "
        + "Histogram: all scores, heights as square roots, the line at the last of the top \(catalogue.topCount). Bar: "
        + "classes of the top images. κ: label agreement, 0 for random images, 1 for one class. Below the top, "
        + "images are drawn at random from each group of ranks.",
      "entries": catalogue.entries.map(content),
    ]
  }

  private func content(_ entry: DirectionCatalogue.Entry) -> [String: Any] {
    [
      "anchor": anchor(of: entry.row.id), "id": entry.row.id,
      "kind": (entry.isNeuron ? .neurons : catalogue.family).singular,
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
    let counts = classCounts(entry.row.images)
    let named = counts.prefix(5).map { "\($0.count) \(catalogue.classNames[$0.label])" }
    let rest = counts.dropFirst(5).reduce(0) { $0 + $1.count }
    facts.append(
      "top \(agreement.imageCount): " + (named + (rest > 0 ? ["\(rest) others"] : [])).joined(separator: ", ")
    )
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
        + "\(Numbers.threeDigits(Double(statistics.maximum))); the last of the top \(entry.row.images.count) has "
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
        "start": start, "count": count, "words": "\(count) \(catalogue.classNames[label])",
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
