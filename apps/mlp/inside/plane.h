/// What can be shown of a network with two inputs: its decision everywhere in the plane, and what each unit sees of it.
#pragma once

#include <string>
#include <vector>

#include "apps/mlp/inside/looks.h"
#include "common/classify/labelled.h"
#include "common/report/html.h"

namespace glassbox::mlp {

/// The part of the plane that is shown, in the file's own units, and at most 1,000 of the test points in it.
struct Plane {
  DatasetInfo info;
  double x0, y0, x1, y1;           ///< the box of all test points and a tenth around it
  torch::Tensor inputs;            ///< float32 [P, 2], normalised: the points as the network gets them
  std::vector<ClassPoint> points;  ///< the same P points in the file's units
};
Plane plane_of(const LabelledDataset& test);

/// A chart of the plane with the points, and no surface yet.
DecisionChart empty_chart(const Plane& plane, const Text& title);

/// side x side points of the plane, row by row from the top, normalised: float32 [side * side, 2].
torch::Tensor plane_grid(const Plane& plane, int64_t side);

/// The surface as it is, the surface over training as a film, heat maps of all hidden units, and the plane as the
/// hidden layers bend it. `looks` may be empty.
void add_plane(HtmlPage& page, MlpImpl& model, const LabelledDataset& test, const std::vector<Look>& looks);

/// The grid lines of the plane and the test points, as a hidden layer sees them; -1 is the plane itself. With two units
/// they are the axes; with more, the two principal components are. Adds nothing for a layer of one unit.
void add_bent_grid(HtmlPage& page, MlpImpl& model, const Plane& plane, int64_t layer);

}  // namespace glassbox::mlp
