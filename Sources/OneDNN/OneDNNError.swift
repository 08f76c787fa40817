import COneDNN

/// A failed call of oneDNN, with what was being built or run.
public struct OneDNNError: Error, Equatable, CustomStringConvertible {
  public let operation: String
  public let status: Int32

  public var description: String {
    let reason =
      switch dnnl_status_t(UInt32(bitPattern: status)) {
      case dnnl_out_of_memory: "out of memory"
      case dnnl_invalid_arguments: "invalid arguments"
      case dnnl_unimplemented: "not implemented on this machine"
      case dnnl_runtime_error: "failed while running"
      default: "status \(status)"
      }
    return "oneDNN, \(operation): \(reason)"
  }
}

/// The only place where a oneDNN status is checked.
func check(_ operation: @autoclosure () -> String, _ status: dnnl_status_t) throws {
  guard status == dnnl_success else {
    throw OneDNNError(operation: operation(), status: Int32(bitPattern: status.rawValue))
  }
}
