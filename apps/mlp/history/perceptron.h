/// The perceptron (Rosenblatt 1958): it learns from mistakes alone, and stops if there are none left.
/// N samples, F inputs. Labels are +1 and -1. All arithmetic is float64.
#pragma once

#include <torch/types.h>

#include <vector>

#include "common/classify/labelled.h"

namespace glassbox::mlp {

/// A perceptron: it answers +1 where weight'x + bias > 0.
struct Perceptron {
  torch::Tensor weight;  ///< [F]
  torch::Tensor bias;    ///< []

  torch::Tensor sums(const torch::Tensor& x) const { return torch::mv(x, weight) + bias; }  ///< [N]
  int64_t mistakes(const torch::Tensor& x, const torch::Tensor& y) const;
  Perceptron copy() const { return {weight.clone(), bias.clone()}; }
};

/// How it learned.
struct PerceptronCourse {
  Perceptron last;    ///< when it stopped
  Perceptron pocket;  ///< the one with the fewest mistakes at the end of a pass (Gallant 1990); scored and kept
  int64_t pocket_pass = 0;
  std::vector<int64_t> mistakes_of_pass;  ///< updates in pass 1, 2, ...
  std::vector<int64_t> wrong_after_pass;  ///< samples on the wrong side at the end of it
  std::vector<Perceptron> moments;        ///< after each of the first kMoments mistakes
  bool converged = false;                 ///< a whole pass without a mistake

  static constexpr size_t kMoments = 60;
  int64_t mistakes() const;  ///< of all passes together
};

/// Starts from zero weights and looks at every sample once a pass, in an order drawn from `seed`, with the student's
/// perceptron_update(), until a pass has no mistake or `most_passes` are done.
/// x [N, F], y int64 [N]. Throws Interrupted when a stop was requested.
PerceptronCourse learn_perceptron(const torch::Tensor& x, const torch::Tensor& y, int64_t most_passes, uint64_t seed);

/// Novikoff (1962): with every |(x, 1)| <= R and some unit vector that separates with margin gamma, a perceptron makes
/// at most (R / gamma)^2 mistakes, however many samples there are.
struct NovikoffBound {
  double radius = 0;
  double margin = 0;           ///< the largest there is; 0: none was found
  bool hulls_overlap = false;  ///< a mixture of the samples is 0: it is certain that nothing separates
  double mistakes() const { return margin > 0 ? (radius / margin) * (radius / margin) : 0; }
};

/// Decides whether any plane separates, by the samples y (x, 1): it does just where their convex hull leaves out 0
/// (Gordan 1873), and the distance of the hull from 0 is the largest margin. The point of the hull next to 0 is found
/// by non-negative least squares (Lawson and Hanson 1974). A margin below 1e-9 counts as 0, a hull nearer than 1e-9
/// too.
NovikoffBound novikoff_bound(const torch::Tensor& x, const torch::Tensor& y);

/// All samples of a set with two classes: x float64 [N, F] normalised, y int64 [N], -1 for class 0 and +1 for class 1.
struct SignedSamples {
  torch::Tensor x, y;
};
SignedSamples signed_samples(const LabelledDataset& data);

}  // namespace glassbox::mlp
