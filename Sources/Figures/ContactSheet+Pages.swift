import Images

extension ContactSheet {
  /// How a sheet is arranged on a page of fixed size.
  struct PageArrangement: Sendable {
    var extent: (width: Int, height: Int)
    /// Whether blocks are stacked instead of side by side.
    var isStacked: Bool
    var rowGap: Int
    /// The same on all pages, for any content.
    var captionWidth: Int
  }

  /// The sheet as pages of the preset's size; the sheet itself if the preset has none.
  ///
  /// Rows are distributed evenly, in their order, and every page ends with the control rows. Images are enlarged as on
  /// the screen or more; of all arrangements that fit, the one with the fewest pages is chosen, then the one with the
  /// largest images, then the one with blocks side by side. Images are made smaller only if nothing fits.
  ///
  /// - Returns: nil when a page cannot hold a single row of each block.
  public func pages(for preset: SheetPreset) -> [ContactSheet]? {
    guard let extent = preset.extent else { return [self] }
    let usual = ContactSheetLayout(self).scale
    let captionWidth = CaptionedTile.captionWidth(
      of: blocks.flatMap(\.rows).flatMap(\.tiles), key: ClassKey(names: classNames))
    let stackings = blocks.count > 1 ? [false, true] : [false]
    for scales in [Array((usual...3 * usual).reversed()), Array((1..<usual).reversed())] {
      var best: [ContactSheet]?
      for scale in scales {
        for isStacked in stackings {
          for rowGap in [ContactSheetLayout.usualRowGap, 5] {
            var sheet = self
            sheet.scale = scale
            sheet.arrangement = PageArrangement(
              extent: extent, isStacked: isStacked, rowGap: rowGap, captionWidth: captionWidth)
            let limit = best.map { $0.count - 1 } ?? sheet.longestBlock
            if let pages = sheet.fewestPages(limit: limit) { best = pages }
          }
        }
      }
      if let best { return best }
    }
    return nil
  }

  /// Rows of the longest block, control rows excluded; 1 for an empty sheet.
  private var longestBlock: Int {
    max(1, blocks.map { $0.rows.count { !$0.isControl } }.max() ?? 1)
  }

  /// The smallest number of pages, up to `limit`, on which the sheet fits in its present arrangement.
  private func fewestPages(limit: Int) -> [ContactSheet]? {
    func firstFits(_ count: Int) -> Bool { ContactSheetLayout(page(0, of: count)).fits }
    guard limit >= 1, firstFits(limit) else { return nil }
    var (low, high) = (1, limit)
    while low < high {
      let middle = (low + high) / 2
      if firstFits(middle) { high = middle } else { low = middle + 1 }
    }
    // Pages differ in their legend, so the first alone does not decide.
    for count in low...limit {
      let pages = (0..<count).map { page($0, of: count) }
      if pages.allSatisfy({ ContactSheetLayout($0).fits }) { return pages }
    }
    return nil
  }

  /// - Returns: A page with at most as many rows as the first.
  private func page(_ index: Int, of count: Int) -> ContactSheet {
    var page = self
    page.blocks = blocks.map { block in
      let rows = block.rows.filter { !$0.isControl }
      // From the end, so that the first pages get the remainder.
      let end = rows.count - rows.count * (count - 1 - index) / count
      let start = rows.count - rows.count * (count - index) / count
      var part = block
      part.rows = rows[start..<end] + block.rows.filter(\.isControl)
      return part
    }
    if count > 1 {
      let words = "page \(index + 1) of \(count)"
      page.caption.subtitle += page.caption.subtitle.isEmpty ? words : " · " + words
    }
    return page
  }
}
