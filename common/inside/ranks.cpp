#include "common/inside/ranks.h"

#include <cmath>
#include <stdexcept>

namespace glassbox {

torch::Tensor ranks(const torch::Tensor& numbers) {
  const torch::Tensor flat = numbers.detach().to(torch::kCPU, torch::kFloat64).flatten().contiguous();
  const torch::Tensor order = flat.argsort().contiguous();
  const torch::Tensor result = torch::empty_like(flat);
  const double* value = flat.data_ptr<double>();
  const int64_t* place = order.data_ptr<int64_t>();
  double* rank = result.data_ptr<double>();
  for (int64_t begin = 0, end = 0; begin < flat.numel(); begin = end) {
    end = begin + 1;
    while (end < flat.numel() && value[place[end]] == value[place[begin]]) ++end;
    const double mean = double(begin + 1 + end) / 2;  // of the ranks begin + 1 ... end
    for (int64_t i = begin; i < end; ++i) rank[place[i]] = mean;
  }
  return result;
}

double spearman(const torch::Tensor& a, const torch::Tensor& b) {
  if (a.sizes() != b.sizes()) throw std::logic_error("spearman: want two tensors of one shape");
  if (torch::isnan(a).any().item<bool>() || torch::isnan(b).any().item<bool>()) return NAN;
  const torch::Tensor x = ranks(a) - double(a.numel() + 1) / 2, y = ranks(b) - double(b.numel() + 1) / 2;
  const double spread = std::sqrt((x * x).sum().item<double>() * (y * y).sum().item<double>());
  return spread > 0 ? (x * y).sum().item<double>() / spread : NAN;
}

}  // namespace glassbox
