import ArgumentParser
import Foundation
import Networks

/// Which instructions may be used: an option of every command that computes with networks or matrices.
package struct InstructionSetOption: ParsableArguments {
  @Option(
    help:
      "Widest instructions to compute with: \(InstructionSet.allCases.map(\.rawValue).joined(separator: ", ")). Machines with the same library versions give the same bytes under the same limit."
  )
  var instructionSet: InstructionSet = .automatic

  package init() {}

  /// Puts the limit into force: arguments are read before anything computes. Libraries that read the environment when
  /// they are loaded need the program to start anew for that, and it comes here again.
  package func validate() throws {
    do {
      try instructionSet.checkSupport()
      try Restart.unlessSet(
        instructionSet.variables(beside: ProcessInfo.processInfo.environment))
      try instructionSet.limitProcess()
    } catch let error as InstructionSetError {
      throw ValidationError("\(error)")
    }
  }
}

extension InstructionSet: ExpressibleByArgument {}
