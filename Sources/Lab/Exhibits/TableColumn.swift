import Storage
import Tensors

/// A column of a table: its name and its values in one place, so that neither can be exchanged without the other.
package struct TableColumn<Row> {
  package let name: String
  /// In an article; nil: left out there.
  package let heading: String?
  /// See ``ExhibitList/Column/isIdentifier``.
  package let isIdentifier: Bool
  package let value: (Row) -> any CSVValue

  package init(
    _ name: String, article heading: String? = nil, isIdentifier: Bool = false,
    _ value: @escaping (Row) -> any CSVValue
  ) {
    (self.name, self.heading, self.isIdentifier, self.value) = (name, heading, isIdentifier, value)
  }
}

extension Array {
  /// The columns of a share that keeps its denominator and has Wilson's interval; empty what there is not.
  ///
  ///     NAME_count   NAME_of   NAME   NAME_lower_95   NAME_upper_95
  ///
  /// - Parameter headings: In an article: of the count, the total, the share.
  package static func counted<Row>(
    _ name: String, article headings: (String?, String?, String?) = (nil, nil, nil),
    _ share: @escaping (Row) -> Proportion?
  ) -> [TableColumn<Row>] where Element == TableColumn<Row> {
    let headings = [headings.0, headings.1, headings.2, nil, nil]
    return CSVWriter.columns(counted: name).enumerated().map { place, name in
      TableColumn(name, article: headings[place]) { row in
        share(row).map { CSVWriter.fields(counted: $0)[place] } ?? ""
      }
    }
  }
}
