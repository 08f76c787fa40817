import Datasets
import Directions
import Figures
import Foundation
import Images
import Tensors

/// Draws the rows of a gallery as contact sheets: what stands on them comes from the rankings alone.
struct GallerySheet {
  enum Block { case neurons, randomDirections }

  let rankings: GalleryRankings
  /// The images that were ranked.
  let images: LabelledImages

  func sheet(of blocks: [Block]) -> ContactSheet {
    ContactSheet(caption: caption(of: blocks), classNames: rankings.classNames, blocks: blocks.map(block))
  }

  /// Extents of the sheet of two blocks, for a check before there is anything to draw.
  static func size(rowCount: Int, topCount: Int, shape: ImageShape) -> (width: Int, height: Int) {
    let blank = Bitmap(
      width: shape.width, height: shape.height, channels: 1,
      samples: [UInt8](repeating: 0, count: shape.width * shape.height))
    let row = ContactSheet.Row(
      id: "", tiles: Array(repeating: .init(image: blank), count: topCount), meanImage: blank)
    let block = ContactSheet.Block(title: " ", rows: Array(repeating: row, count: rowCount + 1))
    return ContactSheet(caption: FigureCaption(title: " "), classNames: [], blocks: [block, block]).size
  }

  // MARK: Rows

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
        rows: rankings.neurons.map { row($0) } + [row(rankings.randomImages[0], isControl: true)])
    case .randomDirections:
      return ContactSheet.Block(
        title: "Random directions: highest ⟨φ(x), v⟩",
        subtitle:
          "\(rankings.randomDirections.count) directions, uniform on the unit sphere, seed \(rankings.seed)"
          + mean(
            rankings.agreement.randomDirections, "\(rankings.agreement.randomDirections.count) such"),
        rows: rankings.randomDirections.map { row($0) } + [row(rankings.randomImages[1], isControl: true)])
    }
  }

  /// "8 of the 121 live neurons (of 128), a random sample, seed 1".
  private var neuronChoice: String {
    let (shown, live, units) = (rankings.neurons.count, rankings.liveUnitCount, rankings.features.unitCount)
    let total = live < units ? " (of \(units))" : ""
    return shown < live
      ? "\(shown) of the \(live) live neurons\(total), a random sample, seed \(rankings.seed)"
      : "all \(live) live neurons\(total)"
  }

  private func mean(_ group: AgreementComparison.Group, _ words: String) -> String {
    group.mean.map { String(format: "; mean κ of \(words): %.2f", $0) } ?? ""
  }

  private func row(_ row: GalleryRankings.Row, isControl: Bool = false) -> ContactSheet.Row {
    let statistics = row.statistics
    var classCounts = [Int](repeating: 0, count: rankings.classNames.count)
    for image in row.images { classCounts[image.label] += 1 }
    let (mean, deviation) = summary(of: row.images.map(\.imageIndex))
    return ContactSheet.Row(
      id: isControl ? "random images" : row.id, agreement: row.agreement.kappa, mean: statistics?.mean,
      standardDeviation: statistics?.standardDeviation, tailGap: statistics?.tailGap,
      activeShare: statistics?.positive.value, isControl: isControl, histogram: statistics.map(histogram),
      classCounts: classCounts, tiles: row.images.map(tile), meanImage: mean, deviationImage: deviation)
  }

  private func histogram(_ statistics: ActivationStatistics) -> ContactSheet.Histogram {
    ContactSheet.Histogram(
      counts: statistics.histogram.counts,
      threshold: statistics.histogram.position(of: statistics.topThreshold))
  }

  private func tile(_ image: GalleryRankings.Image) -> ContactSheet.Tile {
    ContactSheet.Tile(
      image: bitmap(images.tensor(of: [image.imageIndex]).elements),
      caption: image.score.map { Numbers.threeDigits(Double($0)) } ?? "", classIndex: image.label,
      isMisclassified: image.prediction.label != image.label)
  }

  /// Mean and standard deviation (n − 1) of the images, pixel by pixel; no deviation of a single one.
  private func summary(of indices: [Int]) -> (mean: Bitmap, deviation: Bitmap?) {
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
    let (neurons, random) = ("excite single neurons most", "lie furthest along random directions")
    let words =
      switch blocks {
      case [.neurons]: "Images that \(neurons)"
      case [.randomDirections]: "Images that \(random)"
      default: "Images that \(neurons), and images that \(random)"
      }
    let title = words + (rankings.split == .training ? " (training images)" : "")
    let r = rankings
    let seen = r.split == .training ? ": the network was fitted to them; asked for by name" : ""
    return FigureCaption(
      title: title,
      subtitle:
        "\(r.dataName), \(r.imageCount) \(r.split == .training ? "TRAINING images" : r.split.words)\(seen) · "
        + "\(r.modelName), \(r.features.words)",
      footer: footer(blocks),
      text: [
        .init(key: "Data checksum", value: r.dataChecksum), .init(key: "Split", value: r.split.rawValue),
        .init(key: "Model checksum", value: r.modelChecksum), .init(key: "Layer", value: r.features.layer),
        .init(key: "Seed", value: String(r.seed)), .init(key: "Software", value: "Intrigue \(r.toolVersion)"),
      ])
  }

  private func footer(_ blocks: [Block]) -> [String] {
    let r = rankings
    let accuracy =
      r.correct.value.map { ", of which the network classifies \(Numbers.percent($0)) rightly" } ?? ""
    var lines = [
      "Data: \(r.dataName), \(r.imageCount) \(r.split.words)\(accuracy); checksum \(r.dataChecksum.prefix(12)). "
        + "Model: \(r.modelName), checksum \(r.modelChecksum.prefix(12)); \(r.features.words).",
      "Score: ⟨φ(x), d⟩, φ(x) the layer’s values for image x; k = \(r.topCount) images a row, highest score first, "
        + "equal scores by image number. Ties at rank \(r.topCount): \(ties(blocks)).",
    ]
    if blocks.contains(.neurons) {
      lines.append(
        "Neurons: d = eᵢ, the i-th coordinate axis\(r.features.numbering.map { ", \($0)" } ?? ""); drawn at random from the live ones, seed \(r.seed). "
          + "Dead (above 0 for fewer than \(r.topCount) images): \(list(r.deadUnits)). "
          + "Constant: \(list(r.constantUnits)).")
    }
    if blocks.contains(.randomDirections) {
      lines.append(
        "Random directions: d = v = g / ‖g‖, g ~ N(0, I) in \(r.features.unitCount) dimensions, seed \(r.seed); "
          + "the highest scores only, as for neurons.")
    }
    let chance = r.chancePurity.value * Double(r.topCount)
    lines.append(
      String(
        format:
          "Chance: for random images κ is 0 on average and the most frequent class has %.1f of %d images. ",
        chance, r.topCount)
        + "Grey row: such images, drawn with seed \(r.seed). "
        + "Means of κ describe one network and one draw of directions; they are no test.")
    lines += r.remarks.map { "Note: \($0)." }
    return lines + ["Intrigue \(r.toolVersion); all numbers in rankings.json, all images in rankings.csv."]
  }

  private func ties(_ blocks: [Block]) -> String {
    let rows = blocks.flatMap { $0 == .neurons ? rankings.neurons : rankings.randomDirections }
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
