/// The commit that the program was built from.
public enum Commit {
  /// As `git describe --always --dirty` says it; `unknown` without git or without its folder.
  ///
  /// Never inlined, and a module of its own: another commit compiles this module and links, and nothing that reads it.
  @inline(never) public static var text: String { writtenCommit() }
}
