import ArgumentParser

/// The parts of a run, in the order in which they are measured.
enum Section: String, CaseIterable, ExpressibleByArgument {
  case rows, startup, scaling
}
