import Figures
import Lab

/// Why a gallery of this layer and these images cannot be made as asked.
public enum GalleryError: ArgumentError, Equatable, CustomStringConvertible {
  case tooManyNeurons(asked: Int, units: Int, layer: String)
  case topBeyondImages(asked: Int, images: Int, split: ImageSplit)
  case featuresTooLarge(images: Int, units: Int, layer: String)
  case sheetTooLarge(width: Int, height: Int, limit: Int)
  case pageTooSmall(preset: SheetPreset, topCount: Int)
  case noSuchUnit(number: Int, units: Int, layer: String)
  case noSuchDirection(family: DirectionFamily, number: Int, count: Int)
  case otherLetter(Character, family: DirectionFamily)
  case noAgreement(selection: RowSelection)
  case tellsSolution(folder: String, file: String)
  case noLiveUnit(layer: String, dead: Int, constant: Int, topCount: Int)

  /// Other arguments would do; otherwise the network is at fault.
  public var isAboutArguments: Bool {
    if case .noLiveUnit = self { false } else { true }
  }

  public var description: String {
    switch self {
    case .tooManyNeurons(let asked, let units, let layer):
      "\(asked) neurons were asked for: layer \(layer) has \(units) units"
    case .topBeyondImages(let asked, let images, let split):
      "the top \(asked) were asked for: there are \(images) \(split.words)"
    case .featuresTooLarge(let images, let units, let layer):
      "layer \(layer) has \(units) units: its values for \(images) images need "
        + "\((images * units) >> 28) GiB or more, the limit is \(FeatureCache.memoryLimit >> 28); "
        + "choose a later layer"
    case .sheetTooLarge(let width, let height, let limit):
      "the contact sheet would be \(width)×\(height) pixels, the limit is \(limit) each way: "
        + "show fewer rows or fewer images in a row"
    case .pageTooSmall(let preset, let topCount):
      "rows of \(topCount) images do not fit on \(preset.words): show fewer images in a row"
    case .noSuchUnit(let number, let units, let layer):
      "neuron n\(number) was asked for: layer \(layer) has \(units) units, n0 to n\(units - 1)"
    case .noSuchDirection(let family, let number, let count):
      "direction \(family.letter)\(number) was asked for: there are \(count) of the family \(family.words), "
        + "numbered from 0 but for those left out"
    case .otherLetter(let letter, let family):
      "rows \(letter)… were asked for: \(family.words) are called \(family.letter)…"
    case .noAgreement(let selection):
      "the \(selection.text) rows are those of the \(selection == .best ? "highest" : "lowest") label agreement κ, "
        + "which needs two images in a row and two classes"
    case .tellsSolution(let folder, let file):
      "\(folder) holds \(file) of an open gallery, which would tell the solution of a blind one: "
        + "choose another folder"
    case .noLiveUnit(let layer, let dead, let constant, let topCount):
      "no unit of layer \(layer) is alive: \(dead) are above 0 for fewer than \(topCount) images, "
        + "\(constant) are constant"
    }
  }
}
