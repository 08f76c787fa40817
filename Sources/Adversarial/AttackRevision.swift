/// Version of the attacks' results.
public enum AttackRevision {
  /// Incremented when an attack, its random draws or the judging gives different numbers than before: results of
  /// another revision are recomputed.
  public static let current = 2
}
