/// How a stored image has to be rotated or flipped to be upright (EXIF 2.3, tag 0x0112): where its row 0 and column 0
/// belong.
///
///     1 top, left    2 top, right    3 bottom, right    4 bottom, left
///     5 left, top    6 right, top    7 right, bottom    8 left, bottom
struct Orientation: Equatable {
  /// 1 to 8.
  let number: Int

  static let upright = Orientation(number: 1)

  /// Whether width and height are swapped.
  var isTransposed: Bool { number >= 5 }
}

extension Bitmap {
  /// Stored image, turned upright.
  func turned(_ orientation: Orientation) -> Bitmap {
    guard orientation != .upright else { return self }
    let (newWidth, newHeight) = orientation.isTransposed ? (height, width) : (width, height)
    let (isFromRight, isFromBottom) =
      switch orientation.number {
      case 2: (true, false)
      case 3: (true, true)
      case 4: (false, true)
      case 6: (false, true)
      case 7: (true, true)
      case 8: (true, false)
      default: (false, false)
      }
    let turned = [UInt8](unsafeUninitializedCapacity: samples.count) { buffer, count in
      for row in 0..<newHeight {
        for column in 0..<newWidth {
          // If transposed, the row of the upright image is a column of the stored one.
          let (seenRow, seenColumn) = orientation.isTransposed ? (column, row) : (row, column)
          let storedRow = isFromBottom ? height - 1 - seenRow : seenRow
          let storedColumn = isFromRight ? width - 1 - seenColumn : seenColumn
          for channel in 0..<channels {
            buffer[(row * newWidth + column) * channels + channel] =
              samples[(storedRow * width + storedColumn) * channels + channel]
          }
        }
      }
      count = samples.count
    }
    return Bitmap(width: newWidth, height: newHeight, channels: channels, samples: turned)
  }
}
