import Directions
import Figures

extension GallerySheet {
  /// One direction from its highest scores to its lowest.
  func strata(of row: GalleryRankings.Row, in block: Block) -> StrataSheet {
    StrataSheet(
      caption: caption(
        title: "\(name(of: row, in: block)): images from its highest scores to its lowest",
        footer: [
          dataLine,
          "Score: ⟨φ(x), d⟩, φ(x) the layer’s values for image x. All \(rankings.imageCount) images in one order, highest "
            + "score first, equal scores by image number in the top \(rankings.topCount) and in random order below. "
            + "Groups are ranks of this order: equal counts of images, not equal widths of scores; percentiles are a "
            + "hundredth of all images around them. Images of a group are drawn at random, seed \(rankings.seed), and "
            + "stand by rank. Zeros: the direction is never negative and 0 for three images or more, of which all are "
            + "drawn from.",
          directionLine(block),
        ] + selectionLine([block]) + [
          "Grey row: \(rankings.topCount) random images, drawn with seed \(rankings.seed); for such images κ is 0 on average."
        ] + remarkLines + [
          "Intrigue \(rankings.toolVersion); all numbers in rankings.json, all images in strata.csv."
        ],
        selection: selection(of: [block])),
      classNames: rankings.classNames, row: self.row(row),
      groups: (row.strata ?? []).map(group), control: control(of: block))
  }

  /// "Neuron n042", "Random direction r007" or "Direction p003 (principal components)".
  func name(of row: GalleryRankings.Row, in block: Block) -> String {
    switch (block, rankings.family) {
    case (.neurons, _): "Neuron \(row.id)"
    case (.randomDirections, .sphere): "Random direction \(row.id)"
    case (.randomDirections, let family): "Direction \(row.id) (\(family.words))"
    }
  }

  private func group(_ stratum: GalleryRankings.Stratum) -> StrataSheet.Group {
    let counted =
      switch stratum.kind {
      case .top, .random, .bottom: "\(stratum.kind.rawValue) \(stratum.images.count)"
      case .justBelow, .percentile95, .percentile75, .median, .zeros: stratum.kind.rawValue
      }
    let (highest, lowest) = (
      Numbers.threeDigits(Double(stratum.highest)), Numbers.threeDigits(Double(stratum.lowest))
    )
    let share = stratum.size.value.map { " (\(Numbers.percent($0)))" } ?? ""
    return StrataSheet.Group(
      title: counted,
      lines: [
        highest == lowest ? "score \(highest)" : "scores \(highest) to \(lowest)",
        "\(stratum.size.count) images\(share)",
        "ranks \(stratum.firstRank) to \(stratum.firstRank + stratum.size.count - 1)",
      ], tiles: stratum.images.map(tile))
  }
}
