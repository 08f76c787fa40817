import Foundation

/// Recognises files commonly mistaken for others by their first bytes, with advice on what to do.
public enum ForeignFile {
  /// The problem with a file that is not what was expected: a clause that follows its name; nil if the first bytes are
  /// not recognised.
  ///
  /// - Parameter expected: What was expected, stated if there is no other advice.
  public static func problem(of data: Data, expected: String) -> String? {
    guard let problem = beginnings.first(where: { data.starts(with: $0.bytes) })?.problem else { return nil }
    return problem.contains(": ") ? problem : "\(problem): expected \(expected)"
  }

  /// The problem with any file that is only a pointer to its content, as a clause; nil if it is not.
  static func problem(ofPointer data: Data) -> String? {
    data.count > 1024 ? nil : pointers.first { data.starts(with: $0.bytes) }?.problem
  }

  private static let pointers: [(bytes: [UInt8], problem: String)] = [
    (
      Array("version https://git-lfs.github.com/spec/".utf8),
      "is a pointer of Git LFS, not the file itself: fetch the files with git lfs pull"
    ),
    (
      Array("/annex/objects/".utf8),
      "is a pointer of git-annex, not the file itself: fetch the files with git annex get"
    ),
  ]

  private static let beginnings: [(bytes: [UInt8], problem: String)] = [
    ([0x80, 0x02], pickle), ([0x80, 0x03], pickle), ([0x80, 0x04], pickle), ([0x80, 0x05], pickle),
    (
      Array("PK\u{03}\u{04}".utf8),
      "is a zip archive, such as torch.save and numpy.savez write: unpack it, or save what it holds with "
        + "safetensors.torch.save_file(model.state_dict(), …) or numpy.save"
    ),
    (
      [0x89] + Array("HDF".utf8),
      "is an HDF5 file, as Keras and h5py write: save what it holds as .safetensors or .npy"
    ),
    (Array("\u{93}NUMPY".unicodeScalars.map { UInt8($0.value) }), "is a NumPy array"),
    ([0x1F, 0x8B], "is compressed with gzip: unpack it with gunzip"),
    (Array("RIFF".utf8), "is a RIFF file, such as WebP: save it as PNG"),
    (Array("BM".utf8), "is a Windows bitmap: save it as PNG"),
    (Array("GIF8".utf8), "is a GIF: save it as PNG"),
    ([0x49, 0x49, 0x2A, 0x00], "is a TIFF: save it as PNG"),
    ([0x4D, 0x4D, 0x00, 0x2A], "is a TIFF: save it as PNG"),
    ([0x89] + Array("PNG".utf8), "is a PNG image"),
    ([0xFF, 0xD8, 0xFF], "is a JPEG image"),
    (Array("%PDF-".utf8), "is a PDF: save its pages as PNG"),
    (Array("<!DOCTYPE html".utf8), page), (Array("<!doctype html".utf8), page), (Array("<html".utf8), page),
  ]

  private static let pickle =
    "is a Python pickle, such as torch.save and pickle.dump write: save it with "
    + "safetensors.torch.save_file(model.state_dict(), …), or arrays with numpy.save"
  private static let page = "is a web page, perhaps an error that a download left: fetch it again"
}
