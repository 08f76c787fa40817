import ArgumentParser
import Directions
import Foundation
import Lab
import Networks

/// Which layer is read, on which images.
package struct FeatureOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Layer: a name that intrigue inspect lists, or input for the pixels. Default: the feature layer.",
      valueName: "NAME"))
  package var layer: String?

  @Option(
    help: ArgumentHelp(
      "What makes a unit of each map: mean, max or centre; none: each place is a unit.", valueName: "NAME"))
  package var pooling: MapPooling = .mean

  @Option(
    help: ArgumentHelp(
      "Read the layer before (pre) or after (post) its activation. Default: as it is named.",
      valueName: "SIDE"))
  package var activation: ActivationReading?

  @Option(
    help: ArgumentHelp(
      "held-out, or training: the images that the network was fitted to; the results then say so.",
      valueName: "NAME"))
  package var split: ImageSplit = .heldOut

  @Option(help: ArgumentHelp("Folder of cached features.", valueName: "FOLDER"), completion: .directory)
  package var cache = FeatureCache.defaultFolder.relativePath

  @Flag(help: "Hold features in memory and do not cache them.")
  package var noCache = false

  package init() {}

  /// nil: features are not kept.
  package var featureCache: FeatureCache? { noCache ? nil : FeatureCache(folder: URL(filePath: cache)) }
}
