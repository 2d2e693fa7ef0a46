/// Generated points in the plane, for networks small enough to be looked through.
#pragma once

#include <string>

#include "common/base/random.h"
#include "common/classify/labelled.h"

namespace glassbox {

/// `samples` points float32 [samples, 2], the classes in turn, moved by normal noise of standard deviation `noise`:
///   xor      the corners of the unit square; class 1 where exactly one coordinate is 1
///   and, or  the same corners; class 1 where both are 1, where at least one is
///   moons    two half circles that interlock (2 classes)
///   circles  one circle of radius 1 inside another of radius 2 (2 classes)
///   spirals  `classes` arms of one and a half turns around the origin
///   blobs    `classes` normal clouds on a circle of radius 3
/// Throws std::logic_error for another name.
LabelledDataset make_toy(const std::string& name, int64_t samples, double noise, int64_t classes, Rng rng);

}  // namespace glassbox
