import Datasets
import Directions
import Figures
import Foundation
import Images
import Networks
import Tensors

/// Draws the rows of a gallery as contact sheets: what stands on them comes from the rankings alone.
struct GallerySheet {
  enum Block: CaseIterable { case neurons, randomDirections }

  let rankings: GalleryRankings
  /// The images that were ranked.
  let images: LabelledImages

  func sheet(of blocks: [Block]) -> ContactSheet {
    ContactSheet(caption: caption(of: blocks), classNames: rankings.classNames, blocks: blocks.map(block))
  }

  /// The sheet of two blocks, for a check of its extent before there is anything to draw.
  static func blank(rowCount: Int, topCount: Int, shape: ImageShape) -> ContactSheet {
    let blank = Bitmap(
      width: shape.width, height: shape.height, channels: 1,
      samples: [UInt8](repeating: 0, count: shape.width * shape.height))
    let row = ContactSheet.Row(
      id: "", tiles: Array(repeating: .init(image: blank), count: topCount), meanImage: blank)
    var control = row
    control.isControl = true
    let block = ContactSheet.Block(title: " ", rows: Array(repeating: row, count: rowCount) + [control])
    return ContactSheet(caption: FigureCaption(title: " "), classNames: [], blocks: [block, block])
  }

  // MARK: Rows

  func rows(of block: Block) -> [GalleryRankings.Row] {
    block == .neurons ? rankings.neurons : rankings.randomDirections
  }

  /// Random images for the foot of a block.
  func control(of block: Block) -> ContactSheet.Row {
    row(rankings.randomImages[block == .neurons ? 0 : 1], isControl: true)
  }

  private func block(_ block: Block) -> ContactSheet.Block {
    switch block {
    case .neurons:
      let compared = rankings.agreement.neurons
      return ContactSheet.Block(
        title: "Single neurons: highest ⟨φ(x), eᵢ⟩",
        subtitle: neuronChoice
          + mean(
            compared, compared.count == rankings.liveUnitCount ? "all \(compared.count)" : "\(compared.count)"
          ),
        rows: rows(of: block).map { row($0) } + [control(of: block)])
    case .randomDirections:
      return ContactSheet.Block(
        title: "\(rankings.family.title): highest \(rankings.family.score)",
        subtitle:
          directionChoice
          + mean(
            rankings.agreement.randomDirections, "\(rankings.agreement.randomDirections.count) such"),
        rows: rows(of: block).map { row($0) } + [control(of: block)])
    }
  }

  /// "8 of the 121 live neurons (of 128), a random sample, seed 1".
  private var neuronChoice: String {
    let (shown, live, units) = (rankings.neurons.count, rankings.liveUnitCount, rankings.features.unitCount)
    let total = live < units ? " (of \(units))" : ""
    if let order = selectedOrder {
      let compared = rankings.agreement.neurons.count
      return
        "the \(shown) of \(compared == live ? "the \(live)" : "\(compared)") live neurons\(total) with the \(order) κ"
    }
    if selects(.neurons) { return "\(shown) of the \(units) neurons, selected by name" }
    return shown < live
      ? "\(shown) of the \(live) live neurons\(total), a random sample, seed \(rankings.seed)"
      : "all \(live) live neurons\(total)"
  }

  /// "8 directions, uniform on the unit sphere, seed 1".
  private var directionChoice: String {
    let count = rankings.randomDirections.count
    let (family, origin) = (rankings.family, rankings.family.origin(seed: rankings.seed))
    if let order = selectedOrder {
      let compared = rankings.agreement.randomDirections.count
      return "the \(count) of \(compared) \(family.words) with the \(order) κ, \(origin)"
    }
    return "\(count) direction\(count == 1 ? "" : "s"), "
      + (selects(.randomDirections) ? "selected by name, " : "") + origin
  }

  private var selectedOrder: String? {
    switch rankings.selection {
    case .best: "highest"
    case .worst: "lowest"
    default: nil
    }
  }

  /// Whether the rows of a block are something else than a sample.
  func selects(_ block: Block) -> Bool {
    block == .neurons
      ? rankings.selection?.selectsUnits ?? false : rankings.selection?.selectsDirections ?? false
  }

  private func mean(_ group: AgreementComparison.Group, _ words: String) -> String {
    group.mean.map { String(format: "; mean κ of \(words): %.2f", $0) } ?? ""
  }

  func row(_ row: GalleryRankings.Row, isControl: Bool = false) -> ContactSheet.Row {
    let statistics = row.statistics
    var classCounts = [Int](repeating: 0, count: rankings.classNames.count)
    for image in row.images { classCounts[image.label] += 1 }
    let (mean, deviation) = summary(of: row.images.map(\.imageIndex))
    return ContactSheet.Row(
      id: isControl ? "random images" : row.id, agreement: row.agreement.kappa, mean: statistics?.mean,
      standardDeviation: statistics?.standardDeviation, tailGap: statistics?.tailGap,
      activeShare: statistics?.positive.value, isDead: statistics?.isDead ?? false, isControl: isControl,
      histogram: statistics.map(histogram),
      classCounts: classCounts, tiles: row.images.map(tile), meanImage: mean, deviationImage: deviation)
  }

  private func histogram(_ statistics: ActivationStatistics) -> ContactSheet.Histogram {
    ContactSheet.Histogram(
      counts: statistics.histogram.counts,
      threshold: statistics.histogram.position(of: statistics.topThreshold))
  }

  func tile(_ image: GalleryRankings.Image) -> ContactSheet.Tile {
    ContactSheet.Tile(
      image: bitmap(images.tensor(of: [image.imageIndex]).elements),
      caption: image.score.map { Numbers.threeDigits(Double($0)) } ?? "", classIndex: image.label,
      isMisclassified: image.prediction.label != image.label)
  }

  /// Mean and standard deviation (n − 1) of the images, pixel by pixel; no deviation of a single one.
  func summary(of indices: [Int]) -> (mean: Bitmap?, deviation: Bitmap?) {
    guard !indices.isEmpty else { return (nil, nil) }
    let pixels = images.tensor(of: indices)
    let length = pixels.rowLength
    let columns = (0..<length).map { pixel in indices.indices.map { pixels.elements[$0 * length + pixel] } }
    let deviations = columns.compactMap { Statistics.standardDeviation($0).map(Float.init) }
    return (
      bitmap(columns.compactMap { Statistics.mean($0).map(Float.init) }),
      deviations.isEmpty ? nil : bitmap(deviations)
    )
  }

  private func bitmap(_ values: [Float]) -> Bitmap {
    Bitmap(
      planar: values, channels: images.shape.channels, height: images.shape.height, width: images.shape.width)
  }

  // MARK: Words

  private func caption(of blocks: [Block]) -> FigureCaption {
    let (neurons, random) = ("excite single neurons most", "lie furthest along \(rankings.family.words)")
    let words =
      switch blocks {
      case [.neurons]: "Images that \(neurons)"
      case [.randomDirections]: "Images that \(random)"
      default: "Images that \(neurons), and images that \(random)"
      }
    return caption(title: words, footer: footer(blocks), selection: selection(of: blocks))
  }

  /// How the rows of these blocks were chosen, "Neurons selected by name"; nil for a sample.
  func selection(of blocks: [Block]) -> String? {
    let selected = blocks.filter(selects)
    guard !selected.isEmpty, let remark = rankings.selection?.remark else { return nil }
    let subject =
      selected.count == blocks.count
      ? "Rows" : selected == [.neurons] ? "Neurons" : rankings.family.title
    return "\(subject) \(remark)"
  }

  /// What every sheet of these rankings says of images, network and choice.
  ///
  /// - Parameter pairs: For the text chunks; nil: the seed.
  func caption(
    title: String, footer: [String], selection: String?, pairs: [FigureCaption.Pair]? = nil
  ) -> FigureCaption {
    let r = rankings
    let marks = [
      selection == nil ? nil : "selected", r.split == .training ? "training images" : nil,
    ].compactMap { $0 }
    let seen = r.split == .training ? ": the network was fitted to them; asked for by name" : ""
    return FigureCaption(
      title: title + (marks.isEmpty ? "" : " (\(marks.joined(separator: ", ")))"),
      subtitle:
        "\(r.dataName), \(r.imageCount) \(r.split == .training ? "TRAINING images" : r.split.words)\(seen) · "
        + "\(r.modelName), \(r.features.words)"
        + (selection.map { " · \($0); no sample" } ?? ""),
      footer: footer,
      text: [
        .init(key: "Data checksum", value: r.dataChecksum), .init(key: "Split", value: r.split.rawValue),
        .init(key: "Model checksum", value: r.modelChecksum), .init(key: "Layer", value: r.features.layer),
      ] + (selection.map { [.init(key: "Rows", value: $0)] } ?? [])
        + (pairs ?? [.init(key: "Seed", value: String(r.seed))])
        + [.init(key: "Software", value: "Intrigue \(r.toolVersion)")])
  }

  private func footer(_ blocks: [Block]) -> [String] {
    [
      dataLine,
      scoreLine(ties: ties(blocks)),
    ] + blocks.map { directionLine($0, highestOnly: true) } + selectionLine(blocks) + [chanceLine]
      + remarkLines + [
        "Intrigue \(rankings.toolVersion); all numbers in rankings.json, all images in rankings.csv."
      ]
  }

  var dataLine: String {
    let r = rankings
    let accuracy =
      r.correct.value.map { ", of which the network classifies \(Numbers.percent($0)) rightly" } ?? ""
    return
      "Data: \(r.dataName), \(r.imageCount) \(r.split.words)\(accuracy); checksum \(r.dataChecksum.prefix(12)). "
      + "Model: \(r.modelName), checksum \(r.modelChecksum.prefix(12)); \(r.features.words)."
  }

  private func scoreLine(ties: String) -> String {
    let r = rankings
    return
      "Score: ⟨φ(x), d⟩, φ(x) the layer’s values for image x; k = \(r.topCount) images a row, highest score first, "
      + "equal scores by image number. Ties at rank \(r.topCount): \(ties)."
  }

  /// - Parameter highestOnly: The sheet shows the upper end of the directions and no other part.
  func directionLine(_ block: Block, highestOnly: Bool = false) -> String {
    let r = rankings
    switch block {
    case .neurons:
      let choice =
        selects(.neurons)
        ? r.selection?.remark ?? "" : "drawn at random from the live ones, seed \(r.seed)"
      return
        "Neurons: d = eᵢ, the i-th coordinate axis\(r.features.numbering.map { ", \($0)" } ?? ""); \(choice). "
        + "Dead (above 0 for fewer than \(r.topCount) images): \(list(r.deadUnits)). "
        + "Constant: \(list(r.constantUnits))."
    case .randomDirections:
      let choice = selects(.randomDirections) ? r.selection?.remark.map { "; \($0)" } ?? "" : ""
      return
        "\(r.family.title): \(r.family.recipe(dimension: r.features.unitCount, seed: r.seed))"
        + (highestOnly ? "; the highest scores only, as for neurons" : "") + "\(choice)."
    }
  }

  func selectionLine(_ blocks: [Block]) -> [String] {
    guard let selection = selection(of: blocks) else { return [] }
    let order =
      selectedOrder == nil
      ? ""
      : " Equal κ in random order. Of many rows the extreme ones owe part of their κ to chance: "
        + "compare the means, not these rows."
    return ["\(selection): they are no sample of the layer.\(order)"]
  }

  var chanceLine: String {
    let r = rankings
    let chance = r.chancePurity.value * Double(r.topCount)
    return String(
      format:
        "Chance: for random images κ is 0 on average and the most frequent class has %.1f of %d images. ",
      chance, r.topCount)
      + "Grey row: such images, drawn with seed \(r.seed). "
      + "Means of κ describe one network and one draw of directions; they are no test."
  }

  var remarkLines: [String] { rankings.remarks.map { "Note: \($0)." } }

  private func ties(_ blocks: [Block]) -> String {
    let rows = blocks.flatMap(rows)
    let tied = rows.compactMap { row in
      row.statistics.flatMap { $0.tiesAtLastRank > 1 ? "\(row.id) (\($0.tiesAtLastRank) images)" : nil }
    }
    return list(tied)
  }

  /// The first few by name, the others as a number.
  private func list(_ names: [String]) -> String {
    let limit = 12
    guard !names.isEmpty else { return "none" }
    let rest = names.count > limit ? " and \(names.count - limit) more" : ""
    return names.prefix(limit).joined(separator: ", ") + rest
  }
}
