import Figures

extension GallerySheet {
  /// The rows of both blocks and both sets of random images, in the key's order, without anything but pictures.
  ///
  /// Names, scores and statistics are left out because neurons and random directions differ in them; classes and κ
  /// because they answer the question that the sheet asks. The seed is left out too: with the model it is the key.
  ///
  /// - Parameter keyChecksum: SHA-256 of `key.json`, so that nobody can change the key after the judging.
  func blind(_ key: GalleryKey, keyChecksum: String) -> ContactSheet {
    let rows = zip(key.rows, key.shuffledRows).map { entry, row in
      let (mean, deviation) = summary(of: row.images.map(\.imageIndex))
      return ContactSheet.Row(
        id: entry.row, tiles: row.images.map { ContactSheet.Tile(image: tile($0).image) }, meanImage: mean,
        deviationImage: deviation)
    }
    let middle = (rows.count + 1) / 2
    let blocks = [rows[..<middle], rows[middle...]].filter { !$0.isEmpty }.map { part in
      ContactSheet.Block(
        title: "Rows \(part[part.startIndex].id) to \(part[part.endIndex - 1].id)", rows: Array(part))
    }
    let r = rankings
    return ContactSheet(
      caption: caption(
        title: "What do the images of a row have in common?",
        footer: [
          dataLine,
          "Rows: \(counted(r.neurons.count, "single neuron")), \(directions) and "
            + "\(counted(r.randomImages.count, "set")) of random images, in random order; "
            + "k = \(r.topCount) images a row, highest score first. Names, scores, classes and label agreement are "
            + "hidden. Name what the images share before looking at the key.",
        ] + (selection(of: Block.allCases).map { ["\($0): they are no sample of the layer."] } ?? [])
          + remarkLines + [
            "Solution: key.json, SHA-256 \(keyChecksum). Intrigue \(r.toolVersion)."
          ],
        selection: selection(of: Block.allCases),
        pairs: [.init(key: "Key checksum", value: keyChecksum)]),
      classNames: [], blocks: blocks)
  }

  private var directions: String {
    let count = rankings.randomDirections.count
    return rankings.family == .sphere
      ? counted(count, "random direction") : "\(count) of \(rankings.family.words)"
  }

  private func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
