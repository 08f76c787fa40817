import Foundation
import Storage
import Testing

@Suite struct ChecksumTests {
  @Test(
    "SHA-256 gives the answers of FIPS 180-4",
    arguments: [
      ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
      ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
      (
        "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
        "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
      ),
    ])
  func sha256(message: String, expected: String) {
    #expect(Checksum.hexadecimal(of: Data(message.utf8)) == expected)
  }

  @Test("MD5 gives the answers of RFC 1321")
  func md5() {
    #expect(Checksum.hexadecimal(of: Data("abc".utf8), .md5) == "900150983cd24fb0d6963f7d28e17f72")
  }

  @Test("A million letters in uneven parts, as bytes and as a file, give the published sum")
  func parts() throws {
    let expected = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    let message = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    var checksum = Checksum()
    var rest = message[...]
    var length = 1
    while !rest.isEmpty {
      checksum.update(Array(rest.prefix(length)))
      rest = rest.dropFirst(length)
      length = length * 3 + 1
    }
    #expect(checksum.hexadecimal() == expected)
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "letters")
      try Data(message + message).write(to: file)
      let twice = Checksum.hexadecimal(of: Data(message + message))
      #expect(try Checksum.hexadecimal(ofFile: file) == twice)
    }
  }

  @Test("A missing file is named")
  func missing() {
    #expect(throws: FileError.self) { try Checksum.hexadecimal(ofFile: URL(filePath: "/no/such/file")) }
  }
}
