#pragma once

// All kernels. An umbrella header and not an umbrella folder: compilers notice a header that joins it.
#include "byte_product.h"
#include "exact_product.h"
#include "instruction_sets.h"
#include "linear.h"
#include "narrow.h"
#include "optimizer.h"
#include "pixels.h"
#include "privacy.h"
#include "winograd.h"
