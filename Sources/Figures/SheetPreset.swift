/// The format for which a contact sheet is laid out.
public enum SheetPreset: String, CaseIterable, Codable, Sendable {
  /// As large as its content.
  case screen
  /// A4 pages, 210×297 mm, portrait, at 150 pixels per inch.
  case a4
  /// Pages with aspect ratio 16:9.
  case slide

  /// Size of every page in pixels; nil if the content determines it.
  public var extent: (width: Int, height: Int)? {
    switch self {
    case .screen: nil
    case .a4: (1240, 1754)
    case .slide: (1920, 1080)
    }
  }

  /// The paper size of a PDF page: a slide is 13⅓ inches wide, as in presentation programs.
  public var pixelsPerInch: Int {
    switch self {
    case .screen: 96
    case .a4: 150
    case .slide: 144
    }
  }

  /// For sentences: "an A4 page".
  public var words: String {
    switch self {
    case .screen: "the screen"
    case .a4: "an A4 page"
    case .slide: "a slide"
    }
  }
}
