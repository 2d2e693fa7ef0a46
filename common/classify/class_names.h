/// The names of classes: their order, and what looks like a mistake in them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace glassbox {

/// In numeric order if all are numbers, else in that of the alphabet.
void sort_classes(std::vector<std::string>& classes);

/// A sentence about names that differ in case alone ("Rose" and "rose"); empty if there are none.
std::string warn_of_case(const std::vector<std::string>& classes);

/// A sentence about the classes that have no sample in the training part, by the `counts` of its samples; empty if each
/// has one.
std::string warn_of_untrained(const std::vector<std::string>& classes, const std::vector<int64_t>& counts);

}  // namespace glassbox
