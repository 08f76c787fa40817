import Figures

/// What a gallery draws besides its rows of top images, and in which format.
public struct GalleryPresentation: Codable, Equatable, Sendable {
  /// A sheet for each direction that goes down through its scores: ``Strata``.
  public var hasStrata: Bool
  /// A sheet for each direction with its best images of every class: ``ClassTop``.
  public var hasClasses: Bool
  /// Nothing but a sheet on which neurons and random directions cannot be told apart, and its key.
  public var isBlind: Bool
  public var preset: SheetPreset
  /// A PDF of every sheet besides its PNG.
  public var hasPDF: Bool

  /// - Precondition: A blind gallery has neither strata nor classes, which name their directions.
  public init(
    hasStrata: Bool = false, hasClasses: Bool = false, isBlind: Bool = false,
    preset: SheetPreset = .screen, hasPDF: Bool = false
  ) {
    precondition(!isBlind || !(hasStrata || hasClasses), "a blind gallery names no direction")
    self.hasStrata = hasStrata
    self.hasClasses = hasClasses
    self.isBlind = isBlind
    self.preset = preset
    self.hasPDF = hasPDF
  }
}
