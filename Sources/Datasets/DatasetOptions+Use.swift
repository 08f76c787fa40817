import Foundation
import Storage

/// Options that do not apply to the data at hand.
extension DatasetOptions {
  /// - Parameter place: Named in the error.
  /// - Throws: ``FileError`` when an option does not apply to images of this format.
  func check(for format: DatasetFormat, in place: URL) throws {
    if format != .imageFolder, size != nil || colour != .automatic {
      throw FileError(
        file: place,
        problem:
          "holds \(format.rawValue), whose images are taken as they are: --resize and --colour are for "
          + "folders of images")
    }
    if format != .arrays, arrayLayout != nil {
      throw FileError(
        file: place, problem: "holds \(format.rawValue): --array-layout is for .npy files")
    }
  }

  /// Remarks on a given held-out fraction or seed that did not choose the held-out images.
  func remark(onUnusedSplitOf dataset: Dataset) -> DatasetRemark? {
    let usual = DatasetOptions()
    guard !dataset.isSplitHere, heldOutFraction != usual.heldOutFraction || seed != usual.seed else {
      return nil
    }
    return DatasetRemark(
      text: "--held-out and --split-seed were not used, because the data have a test part of "
        + "\(dataset.heldOut.count) images", count: dataset.heldOut.count, example: nil)
  }

  /// The settings that apply to the data of this name, as far as known before they are read.
  public static func settings(
    for nameOrPath: String, search: DatasetSearch = .standard()
  ) -> Set<Setting> {
    let format: DatasetFormat? =
      if let entry = DatasetCatalogue.entry(named: nameOrPath) {
        switch search.location(of: entry) {
        case .decodedImages: .imageFolder
        case .published, nil: DatasetFormat(entry.format)
        }
      } else {
        search.places(of: nameOrPath).first { FolderListing.kind(of: $0) != nil }.flatMap {
          // Loading reports what is wrong there.
          try? DatasetFormat(recognising: $0)
        }
      }
    let own: Set<Setting> =
      switch format {
      case .imageFolder: [.size, .colour]
      case .arrays: [.arrayLayout]
      case .idx, .cifarBinary, nil: []
      }
    return own.union([.heldOutFraction, .seed, .classes])
  }

  /// Adopts `settings` from other options.
  ///
  /// - Returns: The settings that changed.
  public mutating func adopt(_ settings: Set<Setting>, from other: DatasetOptions) -> Set<Setting> {
    func take<Value: Equatable>(_ setting: Setting, _ key: WritableKeyPath<DatasetOptions, Value>) -> Setting?
    {
      guard settings.contains(setting), self[keyPath: key] != other[keyPath: key] else { return nil }
      self[keyPath: key] = other[keyPath: key]
      return setting
    }
    return Set(
      [
        take(.size, \.size), take(.colour, \.colour), take(.arrayLayout, \.arrayLayout),
        take(.heldOutFraction, \.heldOutFraction), take(.seed, \.seed), take(.classes, \.classes),
      ].compactMap(\.self))
  }

  /// `settings` as the command line writes them: "--resize 28x28 --held-out 0.1".
  public func words(for settings: Set<Setting>) -> String {
    Setting.allCases.filter(settings.contains).map { setting in
      switch setting {
      case .size: size.map { "--resize \($0.height)x\($0.width)" } ?? "without --resize"
      case .colour: "--colour \(colour.rawValue)"
      case .arrayLayout: arrayLayout.map { "--array-layout \($0.rawValue)" } ?? "without --array-layout"
      case .heldOutFraction: "--held-out \(heldOutFraction)"
      case .seed: "--split-seed \(seed)"
      case .classes: classes.map { "--classes \($0.joined(separator: ","))" } ?? "without --classes"
      }
    }.joined(separator: " ")
  }
}
