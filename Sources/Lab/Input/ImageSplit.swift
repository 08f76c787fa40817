import Datasets

/// Which part of a data set an experiment looks at.
public enum ImageSplit: String, CaseIterable, Codable, Sendable {
  case heldOut = "held-out"
  /// What the network was fitted to: only when asked for by name, and every figure says so.
  case training

  /// For captions: "held-out images".
  public var words: String { "\(rawValue) images" }

  public func images(of dataset: Dataset) -> LabelledImages {
    switch self {
    case .heldOut: dataset.heldOut
    case .training: dataset.training
    }
  }
}
