/// What reading an image assumed or ignored, although the image is valid.
public enum ImageNote: Hashable, Sendable {
  /// Rotated or flipped by its EXIF orientation, as every viewer does.
  case turned
  /// Transparent pixels were composited over white.
  case composited
  /// Samples of 16 bits were rounded to 8.
  case rounded
  /// A flaw in the file that affects no pixel, in the words of the library that read it.
  case oddity(String)
}

/// An image with what was assumed or ignored when reading it.
public struct ReadImage: Equatable, Sendable {
  public var bitmap: Bitmap
  public var notes: Set<ImageNote>
}
