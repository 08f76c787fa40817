import Images
import Storage

extension Chart {
  /// A confusion matrix: true classes as rows, predicted classes as columns, counts in cells.
  ///
  /// The data file has one line per cell. Class names come last in it: gnuplot reads only the numbers before them, so
  /// no name can interfere.
  ///
  /// - Parameter counts: `counts[true][predicted]`, square, one row and column per class name.
  public static func confusionMatrix(title: String, classNames: [String], counts: [[Int]]) -> Chart {
    precondition(!classNames.isEmpty, "a confusion matrix has at least one class")
    precondition(
      counts.count == classNames.count && counts.allSatisfy { $0.count == classNames.count },
      "\(classNames.count) classes need a square of counts, got rows of \(counts.map(\.count))")
    let largest = max(1, counts.joined().max() ?? 1)
    // The picture is as wide as its title: two long names would make it far too wide.
    let title = ChartFrame.titleFont.truncated(title, toWidth: 1000)
    let area = PlotArea(title: title, classNames: classNames, largest: largest)
    let last = Double(classNames.count) - 0.5
    let tics = area.names.enumerated().map { Gnuplot.tic($1, at: $0) }.joined(separator: ", ")
    // Dark cells get white numbers.
    let numbers: ChartCode =
      "data skip 1 using 2:1:($3 > 0 ? sprintf('%d', $3) : ''):($3 > \(largest) / 2.0 ? 0xFFFFFF : 0x1A1A1A)"
      + " with labels font 'DejaVu Sans,8' textcolor rgb variable notitle"
    let script: [ChartCode] =
      [
        "set title \(text: title) font 'DejaVu Sans Bold,12'",
        "set palette defined (0 '#FFFFFF', 0.02 '#E3EEF6', 0.25 '#9CC3DE', 1 '#0B4F82')",
        "set cbrange [0:\(largest)]",
        "set cblabel 'images' offset 1",
        "set border linecolor rgb '#5A5A5A'",
        "set tics scale 0 textcolor rgb '#1A1A1A'",
        "set xtics rotate by \(area.isCrowded ? 90 : 45) right (\(tics))",
        "set ytics (\(tics))",
        "set xrange [-0.5:\(last)]",
        "set yrange [\(last):-0.5]",
      ] + area.placement + [
        "plot data skip 1 using 2:1:3 with image notitle" + (area.isCrowded ? "" : continuation + numbers)
      ]
    let cells: [[any CSVValue]] = classNames.indices.flatMap { row in
      classNames.indices.map { column -> [any CSVValue] in
        [row, column, counts[row][column], classNames[row], classNames[column]]
      }
    }
    let heading = ["true index", "predicted index", "count", "true class", "predicted class"]
    return Chart(script: script, table: [heading] + cells, width: area.width, height: area.height)
  }

  /// The size of a matrix in pixels and of the room for its names; gnuplot's own estimate clips long slanted names.
  private struct PlotArea {
    let names: [String]
    let isCrowded: Bool
    /// Script lines that position matrix, colour scale and axis names.
    let placement: [ChartCode]
    let width: Int
    let height: Int

    init(title: String, classNames: [String], largest: Int) {
      // gnuplot's 10 and 12 points are 13 and 16 pixels high.
      let font = Font(.sans, size: 13)
      names = classNames.map { font.truncated($0, toWidth: 170) }
      isCrowded = classNames.count > 25
      let numberWidth = Font(.sans, size: 11).width(of: String(largest)) + 10
      let cell = isCrowded ? 17 : max(40, numberWidth)
      let side = max(classNames.count * cell, 160)
      let nameWidth = names.map(font.width(of:)).max() ?? 0
      let left = nameWidth + 50
      let right = 50 + font.width(of: String(largest)) + 70
      let top = 48
      let bottom = 56 + (isCrowded ? nameWidth : Int(0.75 * Double(nameWidth)))
      let titleWidth = ChartFrame.titleFont.width(of: title)
      // The title is centred over the matrix: its overhang on each side must fit there.
      let overhang = max(0, (titleWidth - side) / 2 + 16)
      let (leftRoom, rightRoom) = (max(left, overhang), max(right, overhang))
      let (width, height) = (leftRoom + side + rightRoom, top + side + bottom)
      (self.width, self.height) = (width, height)
      func x(_ position: Int) -> ChartCode { "screen \(Gnuplot.share(position, of: width))" }
      func y(_ position: Int) -> ChartCode { "screen \(Gnuplot.share(position, of: height))" }
      placement = [
        "set lmargin at \(x(leftRoom))",
        "set rmargin at \(x(leftRoom + side))",
        "set tmargin at \(y(bottom + side))",
        "set bmargin at \(y(bottom))",
        "set colorbox user origin \(x(leftRoom + side + 16)), \(y(bottom)) size \(x(18)), \(y(side))",
        "set label 'true class' at \(x(leftRoom - nameWidth - 28)), \(y(bottom + side / 2)) center rotate by 90",
        "set label 'predicted class' at \(x(leftRoom + side / 2)), \(y(20)) center",
      ]
    }
  }
}
