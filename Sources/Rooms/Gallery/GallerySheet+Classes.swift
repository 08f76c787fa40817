import Directions
import Figures

extension GallerySheet {
  /// One direction with its best images of every class.
  func classes(of row: GalleryRankings.Row, in block: Block) -> ContactSheet {
    var sheet = ContactSheet(
      caption: caption(
        title: "\(name(of: row, in: block)): its highest scores within each class",
        footer: [
          dataLine,
          "Score: ⟨φ(x), d⟩, φ(x) the layer’s values for image x; of each class the \(rankings.topCount) images with the "
            + "highest score, equal scores by image number. Best: rank of the class’s first image among all "
            + "\(rankings.imageCount).", directionLine(block),
        ] + selectionLine([block]) + [
          "Grey row: random images of all classes, drawn with seed \(rankings.seed)."
        ] + remarkLines + [
          "Intrigue \(rankings.toolVersion); all numbers in rankings.json, all images in per-class.csv."
        ],
        selection: selection(of: [block])),
      classNames: rankings.classNames,
      blocks: [
        ContactSheet.Block(
          title: block == .neurons
            ? "Highest ⟨φ(x), eᵢ⟩ within each class" : "Highest ⟨φ(x), v⟩ within each class",
          subtitle: row.agreement.kappa.map {
            "\(row.id): κ of its top \(rankings.topCount) over all classes \(String(format: "%.2f", $0))"
          } ?? "", rows: (row.classes ?? []).map(classRow) + [classControl(of: block)])
      ])
    sheet.population = .classOfRow
    return sheet
  }

  private func classRow(_ row: GalleryRankings.ClassRow) -> ContactSheet.Row {
    let (mean, deviation) = summary(of: row.images.map(\.imageIndex))
    return ContactSheet.Row(
      id: rankings.classNames[row.label],
      note: row.bestRank.map { "best of \(row.imageCount): rank \($0)" } ?? "no images", mean: row.mean,
      standardDeviation: row.standardDeviation, activeShare: row.positive.value,
      tiles: row.images.map(tile), meanImage: mean, deviationImage: deviation)
  }

  /// Without κ, which rows of one class do not have.
  private func classControl(of block: Block) -> ContactSheet.Row {
    var control = control(of: block)
    control.agreement = nil
    return control
  }
}
