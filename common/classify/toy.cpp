#include "common/classify/toy.h"

#include <cmath>

namespace glassbox {
namespace {

constexpr double kPi = 3.14159265358979323846;

struct Point {
  double x, y;
};

Point xor_corner(int64_t label, Rng& rng) {
  const double first = double(rng.below(2));
  return {first, label == 1 ? 1 - first : first};
}

Point and_corner(int64_t label, Rng& rng) {
  if (label == 1) return {1, 1};
  const int64_t corner = rng.below(3);  // (0, 0), (0, 1) or (1, 0)
  return {double(corner / 2), double(corner % 2)};
}

Point or_corner(int64_t label, Rng& rng) {
  const Point opposite = and_corner(1 - label, rng);  // OR is AND with 0 and 1 exchanged
  return {1 - opposite.x, 1 - opposite.y};
}

Point moon(int64_t label, Rng& rng) {
  const double angle = kPi * rng.uniform();
  if (label == 0) return {std::cos(angle), std::sin(angle)};
  return {1 - std::cos(angle), 0.5 - std::sin(angle)};
}

Point circle(int64_t label, Rng& rng) {
  const double angle = 2 * kPi * rng.uniform(), radius = label == 0 ? 1 : 2;
  return {radius * std::cos(angle), radius * std::sin(angle)};
}

Point spiral(int64_t label, int64_t classes, Rng& rng) {
  const double along = 0.1 + 0.9 * rng.uniform();
  const double angle = 3 * kPi * along + 2 * kPi * double(label) / double(classes);
  return {2 * along * std::cos(angle), 2 * along * std::sin(angle)};
}

Point blob(int64_t label, int64_t classes) {
  const double angle = 2 * kPi * double(label) / double(classes);
  return {3 * std::cos(angle), 3 * std::sin(angle)};
}

Point draw(const std::string& name, int64_t label, int64_t classes, Rng& rng) {
  if (name == "xor") return xor_corner(label, rng);
  if (name == "and") return and_corner(label, rng);
  if (name == "or") return or_corner(label, rng);
  if (name == "moons") return moon(label, rng);
  if (name == "circles") return circle(label, rng);
  if (name == "spirals") return spiral(label, classes, rng);
  if (name == "blobs") return blob(label, classes);
  throw std::logic_error("make_toy: no toy data called " + name);
}

}  // namespace

LabelledDataset make_toy(const std::string& name, int64_t samples, double noise, int64_t classes, Rng rng) {
  torch::Tensor points = torch::empty({samples, 2}), labels = torch::empty({samples}, torch::kInt64);
  auto at = points.accessor<float, 2>();
  auto label_at = labels.accessor<int64_t, 1>();
  for (int64_t i = 0; i < samples; ++i) {
    const int64_t label = i % classes;
    const Point point = draw(name, label, classes, rng);
    at[i][0] = float(point.x + noise * rng.normal());
    at[i][1] = float(point.y + noise * rng.normal());
    label_at[i] = label;
  }
  DatasetInfo info;
  info.name = name;
  for (int64_t label = 0; label < classes; ++label) info.classes.push_back(std::to_string(label));
  info.sample_shape = {2};
  info.columns = {"x", "y"};
  info.source = "generated";
  info.licence = "none needed";
  return LabelledDataset(points, labels, std::move(info));
}

}  // namespace glassbox
