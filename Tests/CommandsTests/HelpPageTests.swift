import ArgumentParser
import Datasets
import Escapes
import Networks
import Testing

@testable import Commands

@Suite struct HelpPageTests {
  private struct Root: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "tool", abstract: "Does things.", discussion: "Example: tool paint red", version: "1.2.3",
      subcommands: [Paint.self, Gallery.self])
  }

  private struct Gallery: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show a gallery.", aliases: ["show"])
  }

  private struct Paint: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Paint a wall.",
      discussion: """
        Example: tool paint red --epsilon 8/255 --colour grey --coats 3 --on the-northern-wall-of-the-house

        Two coats are usual.
          oil: dries slowly, and is the right choice for a wall that is in the sun for most of the day
        """)

    enum Tone: String, CaseIterable, ExpressibleByArgument { case light, dark }

    struct Coats: ParsableArguments {
      @Option(
        name: [.customLong("colour"), .customLong("color")],
        help: ArgumentHelp("Colour of the wall. It may be grey.", valueName: "NAME"))
      var colour: String?
      @Option(help: ArgumentHelp("Number of coats.", valueName: "N")) var coats = 2
      @Option(help: ArgumentHelp("How light it is.", valueName: "NAME")) var tone: Tone = .light
      @Option(help: ArgumentHelp("Tone of the frame: light or dark.", valueName: "NAME")) var frame: Tone?
    }

    @Argument(help: ArgumentHelp("The wall.", valueName: "WALL")) var wall: String
    @Option(help: ArgumentHelp("Largest thickness.", valueName: "EPSILON")) var epsilon: Epsilon
    @Option(name: [.customShort("o"), .customLong("on")], help: ArgumentHelp("Place.", valueName: "FOLDER"))
    var place: String?
    @OptionGroup(title: "Coats") var coats: Coats
    @Flag(inversion: .prefixedNo, help: "Dry it.") var dry = true
    @Flag(help: .hidden) var secret = false
  }

  private func page(_ arguments: String..., columns: Int = 80) throws -> String? {
    try HelpPage(for: arguments, of: Root.self, columns: columns)?.text
  }

  @Test("In full, a page has the discussion and every option with its values and its default")
  func full() throws {
    let expected = """
      OVERVIEW: Paint a wall.

      Example: tool paint red --epsilon 8/255 --colour grey --coats 3 --on \\
          the-northern-wall-of-the-house

      Two coats are usual.
        oil: dries slowly, and is the right choice for a wall that is in the sun for
          most of the day

      USAGE: tool paint [<options>] --epsilon <EPSILON> <WALL>

      ARGUMENTS:
        <WALL>                  The wall.

      COATS:
        --colour <NAME>         Colour of the wall. It may be grey.
        --coats <N>             Number of coats. (default: 2)
        --tone <NAME>           How light it is. (values: light, dark; default: light)
        --frame <NAME>          Tone of the frame: light or dark.

      OPTIONS:
        --epsilon <EPSILON>     Largest thickness.
        -o, --on <FOLDER>       Place.
        --dry/--no-dry          Dry it. (default: --dry)
        -h, --help              Explain the command in short (-h) or in full (--help).
      """
    let shown = try page("paint", "--help")
    #expect(shown == expected, "\(shown ?? "")")
    #expect(try page("help", "paint") == expected)
    #expect(try page("paint", "--coats", "3", "--help") == expected)
  }

  @Test("In short, a page has the example and a line for each option")
  func short() throws {
    let text = try #require(try page("paint", "-h"))
    #expect(text.hasPrefix("Paint a wall.\n\nExample: tool paint red"))
    #expect(!text.contains("usual"))
    #expect(text.contains("\n  --colour <NAME>         Colour of the wall\n"))
    #expect(text.contains("\n  --coats <N>             Number of coats (default: 2)\n"))
    #expect(text.hasSuffix("\n\nDetails: tool paint --help"))
  }

  @Test("Lines are no longer than the terminal", arguments: [40, 60, 80, 100])
  func columns(columns: Int) throws {
    for arguments in [["paint", "-h"], ["paint", "--help"], ["-h"], []] {
      let text = try #require(try HelpPage(for: arguments, of: Root.self, columns: columns)?.text)
      for line in text.split(separator: "\n") {
        #expect(TerminalText.columns(of: line) <= columns, "\(line)")
      }
    }
  }

  @Test("A program without a command lists its commands; what asks for no help has no page")
  func root() throws {
    let text = try #require(try page())
    #expect(
      text.contains(
        "SUBCOMMANDS:\n  paint                   Paint a wall\n  gallery, show           Show a gallery\n"))
    #expect(try page("paint", "red") == nil)
    #expect(try page("paint", "--", "-h") == nil)
    #expect(try page("---completion", "paint", "--", "--on", "0", "0", "-h") == nil)
    #expect(throws: ValidationError.self) { try page("help", "galery") }
    #expect(throws: ValidationError.self) { try page("galery", "--help") }
  }

  @Test(
    "A misspelt word is named, with the nearest one of the same command",
    arguments: [
      (["galery"], "tool has no command galery: did you mean gallery?"),
      (["shwo", "--top", "3"], "tool has no command shwo: did you mean show?"),
      (["nonsense"], "tool has no command nonsense"),
      (["help", "pant"], "tool has no command pant: did you mean paint?"),
      (["paint", "red", "--epsilonn", "0.1"], "unknown option --epsilonn: did you mean --epsilon?"),
      (["paint", "--eps=0.1"], "unknown option --eps: did you mean --epsilon?"),
      (["paint", "-coats", "2"], "unknown option -coats: did you mean --coats?"),
      (["paint", "--coast", "2"], "unknown option --coast: did you mean --coats?"),
      (["paint", "--colr", "red"], "unknown option --colr: did you mean --color?"),
      (["paint", "--thick"], "unknown option --thick"),
      (["paint", "-x"], "unknown option -x"),
    ])
  func misspelt(arguments: [String], sentence: String) {
    #expect(Misspelling(in: arguments, of: Root.self)?.sentence == sentence)
  }

  @Test(
    "Words that are known, values and negative numbers are not misspelt",
    arguments: [
      ["gallery"], ["show"], ["paint", "red", "--epsilon", "0.1"], ["paint", "--no-dry", "-oplace", "-3"],
      ["paint", "--", "--epsilonn"], ["paint", "--color", "grey", "--help"], ["paint", "--secret"], [],
      ["paint", "--generate-completion-script"],
    ])
  func correct(arguments: [String]) { #expect(Misspelling(in: arguments, of: Root.self) == nil) }

  @Test("American spellings are values, and an epsilon is shown as it was written")
  func spellings() {
    #expect(MapPooling(argument: "center") == .centre && MapPooling(argument: "centre") == .centre)
    #expect(
      DatasetOptions.Colour(argument: "gray") == .grey && DatasetOptions.Colour(argument: "grey") == .grey)
    #expect(Epsilon(argument: "8/255")?.defaultValueDescription == "8/255")
  }
}
