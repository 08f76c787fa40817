import Images

/// Rows of a chart in groups, each under a heading across a row and a half of its own.
struct ChartRows {
  /// Position of each row, from top to bottom, in units of rows.
  let places: [Double]
  /// Name of each row's group.
  let groups: [String]
  /// Rows with their names.
  let axis: PlotAxis
  /// Room for all rows.
  let height: Int
  private let heads: [(name: String, place: Double)]

  /// - Parameters:
  ///   - groups: At least one, each with at least one row.
  ///   - rowHeight: In pixels.
  ///   - longestName: Row names are truncated at this width, in pixels.
  init(_ groups: [(name: String, rows: [String])], rowHeight: Int, longestName: Int) {
    precondition(!groups.isEmpty && groups.allSatisfy { !$0.rows.isEmpty }, "a chart has rows in every group")
    var places: [Double] = []
    var heads: [(name: String, place: Double)] = []
    var place = 0.0
    for group in groups {
      heads.append((group.name, place + 0.1))
      place += 1
      for _ in group.rows {
        places.append(place)
        place += 1
      }
      place += 0.5
    }
    let last = place - 1.5
    self.places = places
    self.heads = heads
    self.groups = groups.flatMap { group in group.rows.map { _ in group.name } }
    axis = .rows(
      groups.flatMap(\.rows).map { ChartFrame.font.fitted($0, toWidth: longestName) }, at: places, from: -0.8,
      to: last + 0.8)
    height = Int(Double(rowHeight) * (last + 1.6))
  }

  /// Adds the headings, which begin at the left edge of the picture.
  func addHeads(to plot: inout Plot, in frame: ChartFrame) {
    for head in heads {
      plot.elements.append(
        .label(
          Plot.Label(
            text: ChartFrame.bold.fitted(head.name, toWidth: frame.contentWidth), x: .share(0),
            y: .value(head.place), right: frame.left - plot.area.x, font: ChartFrame.bold)))
    }
  }
}
