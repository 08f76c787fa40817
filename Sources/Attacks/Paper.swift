import Lab

/// The paper that an attack was published in, as a bibliography has it.
package struct Paper: Hashable, Sendable {
  package let citation: Citation
  /// As BibTeX joins them: `Madry, Aleksander and Makelov, Aleksandar`.
  private let authors: String
  private let title: String
  private let venue: String
  private let isInJournal: Bool
  private let year: Int
  private let arXiv: String

  init(
    _ key: String, authors: String, title: String, venue: String, isInJournal: Bool = false, year: Int,
    arXiv: String
  ) {
    citation = Citation(rawValue: key)
    (self.authors, self.title, self.venue, self.isInJournal) = (authors, title, venue, isInJournal)
    (self.year, self.arXiv) = (year, arXiv)
  }

  /// `Croce, Hein (2020), arXiv:2003.01690`; of more than three authors the first.
  package var text: String {
    let names = authors.split(separator: " and ").map { $0.prefix { $0 != "," } }
    let shown = names.count > 3 ? "\(names[0]) et al." : names.joined(separator: ", ")
    return "\(shown) (\(year)), arXiv:\(arXiv)"
  }

  var bibTeX: String {
    """
    @\(isInJournal ? "article" : "inproceedings"){\(citation.rawValue),
      author = {\(authors)},
      title = {\(title)},
      \(isInJournal ? "journal" : "booktitle") = {\(venue)},
      year = {\(year)},
      note = {arXiv:\(arXiv)}
    }

    """
  }
}

extension Paper {
  static let intriguingProperties = Paper(
    "szegedy2014intriguing",
    authors:
      "Szegedy, Christian and Zaremba, Wojciech and Sutskever, Ilya and Bruna, Joan and Erhan, Dumitru "
      + "and Goodfellow, Ian and Fergus, Rob",
    title: "Intriguing properties of neural networks",
    venue: "International Conference on Learning Representations", year: 2014, arXiv: "1312.6199")

  static let explainingAndHarnessing = Paper(
    "goodfellow2015explaining",
    authors: "Goodfellow, Ian J. and Shlens, Jonathon and Szegedy, Christian",
    title: "Explaining and harnessing adversarial examples",
    venue: "International Conference on Learning Representations", year: 2015, arXiv: "1412.6572")

  /// The two papers that the program is about.
  static let ofEverything: Set<Paper> = [intriguingProperties, explainingAndHarnessing]
}
