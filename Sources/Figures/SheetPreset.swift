/// The format that a contact sheet is laid out for.
public enum SheetPreset: String, CaseIterable, Codable, Sendable {
  /// As large as its content.
  case screen
  /// Pages of 210×297 mm, upright, at 150 pixels an inch.
  case a4
  /// Pages in the proportion 16:9.
  case slide

  /// Width and height of every page in pixels; nil where the content decides.
  public var extent: (width: Int, height: Int)? {
    switch self {
    case .screen: nil
    case .a4: (1240, 1754)
    case .slide: (1920, 1080)
    }
  }

  /// How large a PDF page is on paper: a slide is 13⅓ inches wide, as presentation programs have it.
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
