/// Who does the work.
enum Side: String, CaseIterable {
  case intrigue = "Intrigue"
  /// At its best settings.
  case peer = "PyTorch"
  /// As people write it first; see ``Workload/hasPlainPeer``.
  case plainPeer = "PyTorch, plain"
}
