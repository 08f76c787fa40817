import ArgumentParser
import Commands
import Datasets
import Networks

/// Random changes of training images. What is not given suits the architecture.
struct AugmentationOptions: ParsableArguments {
  @Flag(inversion: .prefixedNo, help: "Mirror training images at random.")
  var flips: Bool?

  @Option(help: ArgumentHelp("Largest random shift of training images, in pixels.", valueName: "N"))
  var crop: Int?

  @Option(help: ArgumentHelp("Largest random rotation of training images, in degrees.", valueName: "DEGREES"))
  var rotate: Double?

  @Option(
    help: ArgumentHelp(
      "Corrupt training images at random, or leave them, with kinds separated by commas: \(Corruption.Kind.allCases.map(\.rawValue).joined(separator: ", ")).",
      valueName: "LIST"))
  var corrupt: String?

  @Option(
    help: ArgumentHelp(
      "Standard deviation of Gaussian noise added to training images, not clipped: for intrigue smooth.",
      valueName: "SIGMA"))
  var noise: Float?

  func validate() throws {
    try require("--crop", crop, in: 0...64)
    try require("--rotate", rotate, in: 0...180)
    try requireNotNegative("--noise", noise)
    if let noise { try checkRadius(noise, written: "\(noise)", name: "--noise") }
    _ = try parsedCorruptions()
  }

  private func parsedCorruptions() throws -> [Corruption.Kind]? {
    guard let corrupt else { return nil }
    return try corrupt.split(separator: ",", omittingEmptySubsequences: false).map { name in
      guard let kind = Corruption.Kind(rawValue: String(name)) else {
        let known = Corruption.Kind.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("--corrupt takes a list of \(known), separated by commas, got \(corrupt)")
      }
      return kind
    }
  }

  func apply(to augmentation: inout Augmentation) throws {
    if let flips { augmentation.flips = flips }
    if let crop { augmentation.cropPadding = crop }
    if let rotate { augmentation.rotation = rotate }
    if let kinds = try parsedCorruptions() { augmentation.corruptions = kinds }
    if let noise { augmentation.noise = noise }
  }
}
