import Directions
import Foundation
import Storage
import Tensors

/// Directions that a file holds: the rows of a `.npy` of floats, as wide as the layer.
struct SavedBasis: Sendable {
  let name: String
  /// `[count, units]`.
  let matrix: Tensor

  /// More rows are a set of features rather than a basis.
  static let rowLimit = 4096

  /// - Throws: ``FileError`` where the file is no such array.
  init(_ file: URL, unitCount: Int) throws {
    let array = try NPYFile(contentsOf: file)
    guard array.shape.count == 2, array.shape[1] == unitCount, (1...Self.rowLimit).contains(array.shape[0]),
      case .floats(let elements) = array.elements
    else {
      throw FileError(
        file: file,
        problem:
          "holds an array of shape \(array.shape): expected 1 to \(Self.rowLimit) rows of \(unitCount) floats, "
          + "one for each unit of the layer")
    }
    matrix = Tensor(shape: array.shape, elements: elements)
    guard matrix.firstNonFiniteIndex == nil else {
      throw FileError(file: file, problem: "has a value that is not finite")
    }
    name = file.lastPathComponent
  }

  /// Those in a folder, by names that say so.
  static func found(in folder: URL, unitCount: Int) -> [SavedBasis] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.sorted().filter { name in
      name.utf8.suffix(4).elementsEqual(".npy".utf8)
        && ["basis", "bases", "directions"].contains { name.contains($0) }
    }.compactMap { try? SavedBasis(folder.appending(path: $0), unitCount: unitCount) }
  }
}
