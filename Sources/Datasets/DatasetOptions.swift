import Tensors

/// How to read custom images. Catalogue sets use only `classes`.
public struct DatasetOptions: Equatable, Codable, Sendable {
  /// Height and width in pixels.
  public struct Size: Equatable, Codable, Sendable {
    public var height: Int
    public var width: Int

    public init(height: Int, width: Int) {
      precondition(height > 0 && width > 0, "extents must be positive, got \(height)×\(width)")
      self.height = height
      self.width = width
    }
  }

  /// Channels of the images of a folder.
  public enum Colour: String, CaseIterable, Codable, Sendable {
    /// Grey when every image is grey, RGB otherwise (a grey image then has three equal channels).
    case automatic
    case grey
    case rgb
  }

  /// The meaning of the axes of a four-dimensional array of images. Three axes are always N×H×W.
  public enum ArrayLayout: String, CaseIterable, Codable, Sendable {
    /// N×C×H×W, as in PyTorch.
    case channelsFirst = "channels-first"
    /// N×H×W×C, as in Pillow and TensorFlow.
    case channelsLast = "channels-last"
  }

  /// Individual settings, to distinguish those given from defaults.
  public enum Setting: CaseIterable, Sendable {
    case size, colour, arrayLayout, heldOutFraction, seed, classes
  }

  /// The size to which the images of a folder are resized; nil if all must have the same size.
  public var size: Size?
  public var colour: Colour
  /// Nil to infer it from the shape, when exactly one of the two layouts has 1 or 3 channels.
  public var arrayLayout: ArrayLayout?
  /// The fraction of each class that is held out where the data come without a test part.
  public var heldOutFraction: Double
  /// Determines which images are held out.
  public var seed: UInt64
  /// Names of the classes to read, in the order of their labels; nil for all.
  public var classes: [String]?

  public init(
    size: Size? = nil, colour: Colour = .automatic, arrayLayout: ArrayLayout? = nil,
    heldOutFraction: Double = 0.2,
    seed: UInt64 = 1, classes: [String]? = nil
  ) {
    precondition(
      heldOutFraction > 0 && heldOutFraction < 1,
      "heldOutFraction must be inside (0, 1), got \(heldOutFraction)")
    self.size = size
    self.colour = colour
    self.arrayLayout = arrayLayout
    self.heldOutFraction = heldOutFraction
    self.seed = seed
    self.classes = classes
  }
}

extension DatasetOptions: Checked {
  public func check() throws(CheckFailure) {
    try require(
      0 < heldOutFraction && heldOutFraction < 1, "heldOutFraction",
      "expected a number between 0 and 1, found \(heldOutFraction)")
  }
}

extension DatasetOptions.Size: Checked {
  public func check() throws(CheckFailure) {
    for (name, extent) in [("height", height), ("width", width)] {
      try require((1...4096).contains(extent), name, "expected 1 to 4096 pixels, found \(extent)")
    }
  }
}
