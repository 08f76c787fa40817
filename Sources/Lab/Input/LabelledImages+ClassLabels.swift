import Datasets
import Directions

extension LabelledImages {
  /// Their labels, for what knows no images.
  package var classLabels: ClassLabels { ClassLabels(labels, classCount: classNames.count) }
}
