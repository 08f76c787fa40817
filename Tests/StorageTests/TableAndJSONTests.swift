import Foundation
import Storage
import Testing

@Suite struct CSVWriterTests {
  @Test("Fields with commas, quotes and line ends are quoted and nothing else is")
  func quotes() {
    var table = CSVWriter(columns: ["name", "value", "note, long"])
    table.append(["plain", 1, "a \"b\""])
    table.append(["two\nlines", Float(0.1), ""])
    table.append(["café", Double(1) / 3, "x\r"])
    #expect(
      table.text == """
        name,value,"note, long"
        plain,1,"a ""b\"""
        "two\nlines",0.1,
        café,0.3333333333333333,"x\r"

        """)
  }

  @Test("A text that a spreadsheet would run carries an apostrophe, a number never does, whatever its sign")
  func marks() {
    var table = CSVWriter(columns: ["=name", "value"])
    table.append(["=1+1", -1])
    table.append(["-1", Float(-0.5)])
    table.append(["'t Zand", Double?.none])
    table.append([" \u{FEFF}＠SUM(A1)", Double?.some(-1e-9)])
    table.append(["\tx", UInt64(3)])
    table.append(["a=b", true])
    #expect(
      table.text
        == "'=name,value\n'=1+1,-1\n'-1,-0.5\n''t Zand,\n' \u{FEFF}＠SUM(A1),-1e-09\n'\tx,3\na=b,true\n")
  }

  @Test("A single empty field is not an empty line")
  func single() {
    var table = CSVWriter(columns: ["x"])
    table.append([""])
    #expect(table.text == "x\n\"\"\n")
  }
}

@Suite struct JSONFileTests {
  private struct Run: Codable, Equatable {
    var seed = 7
    var epsilon: Float = 0.1
    var names = ["a/b", "é"]
    var note: String?
  }

  @Test("A value is written with sorted keys and short numbers, and read back")
  func roundTrip() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "run.json")
      try JSONFile.write(Run(), to: file)
      let text = try String(contentsOf: file, encoding: .utf8)
      #expect(
        text == """
          {
            "epsilon" : 0.1,
            "names" : [
              "a/b",
              "é"
            ],
            "seed" : 7
          }

          """)
      #expect(try JSONFile.read(Run.self, from: file) == Run())
    }
  }

  @Test("NaN is refused and the old file stays")
  func nonFinite() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "run.json")
      try JSONFile.write(Run(), to: file)
      let error = #expect(throws: FileError.self) { try JSONFile.write(Run(epsilon: .nan), to: file) }
      #expect(error?.problem.contains("nan at epsilon") == true, "\(String(describing: error))")
      #expect(try JSONFile.read(Run.self, from: file) == Run())
    }
  }

  @Test(
    "A broken file is refused with one sentence",
    arguments: [
      ("", "is not JSON"), ("{", "is not JSON"), ("{}", "lacks the key"),
      ("{\"seed\": \"x\", \"epsilon\": 1, \"names\": []}", "at seed"),
      ("{\"seed\": 1, \"epsilon\": 1, \"names\": [1]}", "at names[0]"),
      ("[1]", "at the top"), ("{\"seed\": null, \"epsilon\": 1, \"names\": []}", "has null at seed"),
      ("{\"seed\": 1.5, \"epsilon\": 1, \"names\": []}", "is not JSON of the expected form"),
    ])
  func refuses(text: String, problem: String) throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "run.json")
      try AtomicFile.write(text, to: file)
      let error = #expect(throws: FileError.self) { try JSONFile.read(Run.self, from: file) }
      #expect(error?.problem.contains(problem) == true, "\(String(describing: error))")
    }
  }
}

@Suite struct FileContentsTests {
  @Test("A file larger than memory is refused before memory is taken")
  func sparse() throws {
    try withTemporaryFolder { folder in
      let file = folder.appending(path: "sparse")
      try Data().write(to: file)
      // A hole: it takes no room on the disk. Not every file system can hold one.
      guard truncate(file.path, 1 << 42) == 0 else { return }
      let error = #expect(throws: FileError.self) { try FileContents.read(file) }
      #expect(
        error?.problem.hasPrefix("is too large: its content needs at least 4398.0 GB of memory, and") == true)
    }
  }

  @Test("A missing file, a folder and a device are refused with their names")
  func refuses() throws {
    try withTemporaryFolder { folder in
      let absent = folder.appending(path: "absent")
      #expect(throws: FileError(file: absent, problem: "does not exist")) { try FileContents.read(absent) }
      #expect(throws: FileError(file: folder, problem: "is a folder: expected a file")) {
        try FileContents.read(folder)
      }
      let device = URL(filePath: "/dev/zero")
      #expect(throws: FileError(file: device, problem: "is not a regular file")) {
        try FileContents.read(device)
      }
    }
  }
}
