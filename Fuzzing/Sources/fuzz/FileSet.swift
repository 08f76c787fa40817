import Foundation

/// Several files as one input: the length of each as four bytes, lowest first, then its bytes.
struct FileSet {
  var files: [Data]

  init(_ files: [Data]) { self.files = files }

  /// Takes what is there: a length beyond the end means the rest.
  init(_ data: Data) {
    files = []
    var rest = Data(data)
    while let length = rest.littleEndian32(at: 0) {
      rest = Data(rest.dropFirst(4))
      files.append(rest.prefix(Int(length)))
      rest = Data(rest.dropFirst(Int(length)))
    }
  }

  var data: Data { files.reduce(into: Data()) { $0 += UInt32($1.count).littleEndianData + $1 } }

  subscript(number: Int) -> Data { files.indices.contains(number) ? files[number] : Data() }
}
