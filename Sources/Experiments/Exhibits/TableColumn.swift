import Storage
import Tensors

/// A column of a table: its name and its values in one place, so that neither can be exchanged without the other.
struct TableColumn<Row> {
  let name: String
  /// In an article; nil: left out there.
  let heading: String?
  /// See ``ExhibitList/Column/isIdentifier``.
  let isIdentifier: Bool
  let value: (Row) -> any CSVValue

  init(
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
  static func counted<Row>(
    _ name: String, article headings: (String?, String?, String?) = (nil, nil, nil),
    _ share: @escaping (Row) -> Proportion?
  ) -> [TableColumn<Row>] where Element == TableColumn<Row> {
    [
      TableColumn("\(name)_count", article: headings.0) { share($0)?.count },
      TableColumn("\(name)_of", article: headings.1) { share($0)?.total },
      TableColumn(name, article: headings.2) { share($0)?.value },
      TableColumn("\(name)_lower_95") { share($0)?.interval95?.lowerBound },
      TableColumn("\(name)_upper_95") { share($0)?.interval95?.upperBound },
    ]
  }
}
