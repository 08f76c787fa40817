/// What reading an image assumed or left out, although the image is as it should be.
public enum ImageNote: Hashable, Sendable {
  /// Turned as the camera's note of its orientation says, as every viewer does.
  case turned
  /// Transparent pixels were composited over white.
  case composited
  /// Samples of 16 bits were rounded to 8.
  case rounded
  /// Something in the file that touches no pixel, in the words of the library that read it.
  case oddity(String)
}

/// An image with what was assumed or left out on the way.
public struct ReadImage: Equatable, Sendable {
  public var bitmap: Bitmap
  public var notes: Set<ImageNote>
}
