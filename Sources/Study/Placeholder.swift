import FlyingFox
import GRDB
