/// Which numbers the attacks give.
public enum AttackRevision {
  /// Raised when an attack, a random draw of it or the judging gives other numbers than before: what was measured with
  /// another is measured again.
  public static let current = 2
}
