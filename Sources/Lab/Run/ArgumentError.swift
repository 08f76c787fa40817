/// Arguments that turn out wrong only beside the model and the data: the program then ends with the exit code of wrong
/// arguments, without the usage.
public protocol ArgumentError: Error {
  /// Other arguments would do; otherwise files or data are at fault.
  var isAboutArguments: Bool { get }
}

extension ArgumentError {
  public var isAboutArguments: Bool { true }
}
