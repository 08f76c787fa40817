import CLAPACK

extension LinearAlgebra {
  /// The processor for which OpenBLAS chose its kernels when it was loaded, such as `SkylakeX` or, capped by
  /// OPENBLAS_CORETYPE, `Haswell`.
  public static var core: String { String(cString: openblas_get_corename()) }
}
