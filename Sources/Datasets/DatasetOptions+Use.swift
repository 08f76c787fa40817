import Foundation
import Storage

/// Options that the data at hand have no use for.
extension DatasetOptions {
  /// - Parameter place: Named in the error.
  /// - Throws: ``FileError`` when an option asks for what is not done to images of this format.
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

  /// On a share or a seed that was given and did not choose the images held out.
  func remark(onUnusedSplitOf dataset: Dataset) -> DatasetRemark? {
    let usual = DatasetOptions()
    guard !dataset.isSplitHere, heldOutFraction != usual.heldOutFraction || seed != usual.seed else {
      return nil
    }
    return DatasetRemark(
      text: "--held-out and --split-seed were not used, because the data have a test part of "
        + "\(dataset.heldOut.count) images", count: dataset.heldOut.count, example: nil)
  }
}
