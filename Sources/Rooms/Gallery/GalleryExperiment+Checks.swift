import Datasets
import Figures
import Foundation
import Images
import Lab

/// What can be known to be wrong before anything is computed.
extension GalleryExperiment {
  /// Everything that can be known to be wrong before there are features.
  package func check(_ space: FeatureSpace, _ images: LabelledImages) throws {
    let rows = configuration.rows
    if rows.namedUnits == nil {
      guard configuration.neuronCount <= space.unitCount else {
        throw GalleryError.tooManyNeurons(
          asked: configuration.neuronCount, units: space.unitCount, layer: space.layer)
      }
    }
    if let number = rows.namedUnits?.first(where: { $0 >= space.unitCount }) {
      throw GalleryError.noSuchUnit(number: number, units: space.unitCount, layer: space.layer)
    }
    if let number = rows.namedDirections?.first(where: { $0 >= RowSelection.directionLimit }) {
      throw GalleryError.noSuchDirection(
        family: configuration.family, number: number, count: RowSelection.directionLimit)
    }
    if let letter = rows.namedLetter, letter != configuration.family.letter {
      throw GalleryError.otherLetter(letter, family: configuration.family)
    }
    if rows == .best || rows == .worst {
      guard configuration.topCount > 1, Set(images.labels).count > 1 else {
        throw GalleryError.noAgreement(selection: rows)
      }
    }
    guard configuration.topCount <= images.count else {
      throw GalleryError.topBeyondImages(
        asked: configuration.topCount, images: images.count, split: configuration.split)
    }
    guard images.count <= FeatureCache.memoryLimit / space.unitCount else {
      throw GalleryError.featuresTooLarge(
        images: images.count, units: space.unitCount, layer: space.layer)
    }
    try checkSize(images)
  }

  func checkSize(_ images: LabelledImages) throws {
    let presentation = configuration.presentation
    let blank = GallerySheet.blank(
      rowCount: max(
        configuration.rows.namedUnits?.count ?? configuration.neuronCount,
        configuration.rows.namedDirections?.count ?? configuration.directionCount),
      topCount: configuration.topCount, shape: images.shape)
    guard presentation.preset == .screen else {
      _ = try pages(blank)
      return
    }
    var sizes = [blank.size]
    if presentation.hasClasses {
      sizes.append(
        GallerySheet.blank(
          rowCount: images.classNames.count, topCount: configuration.topCount, shape: images.shape
        ).size)
    }
    let (width, height) = (sizes.map(\.width).max() ?? 0, sizes.map(\.height).max() ?? 0)
    guard max(width, height) <= Canvas.largestSide else {
      throw GalleryError.sheetTooLarge(width: width, height: height, limit: Canvas.largestSide)
    }
  }

  /// A blind gallery is none where an open one of the same directions lies beside it.
  func checkBlindness(of folder: RunFolder) throws {
    guard configuration.presentation.isBlind else { return }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.url.path)) ?? []
    let open =
      ["gallery", Self.randomName, "rankings", "strata", "per-class", "directions", "sprites"]
      + DirectionFamily.allCases.map(\.rawValue)
    let found = open.lazy.compactMap { start in names.sorted().first { $0.utf8.starts(with: start.utf8) } }
    guard let telling = found.first else { return }
    throw GalleryError.tellsSolution(folder: folder.url.relativePath, file: telling)
  }
}
