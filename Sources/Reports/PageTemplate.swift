import Escapes
import Mustache

/// A template whose values are escaped for the language that it is written in, unless the template itself says that a
/// value is code already: `{{{style}}}`, `<%&keys%>`.
struct PageTemplate {
  enum Language: String {
    case html, latex
  }

  private let template: MustacheTemplate

  init(_ text: [UInt8], _ language: Language) throws {
    // swift-mustache's own escape goes by Character: a sign that shares one with a joining scalar would pass.
    MustacheContentTypes.register(Escaped(escape: HTMLText.escaped), named: Language.html.rawValue)
    MustacheContentTypes.register(Escaped { LaTeXText.escaped($0) }, named: Language.latex.rawValue)
    template = try MustacheTemplate(
      string: "{{% CONTENT_TYPE: \(language.rawValue)}}\n" + String(decoding: text, as: UTF8.self))
  }

  func rendered(_ values: [String: Any]) -> String { template.render(values) }

  private struct Escaped: MustacheContentType {
    let escape: @Sendable (String) -> String

    func escapeText(_ text: String) -> String { escape(text) }
  }
}
