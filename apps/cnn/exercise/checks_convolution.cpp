/// Tasks 1.2 and 2.3: convolution. The same checks for the loops and for the product of matrices.
#include "apps/cnn/exercise/samples.h"

namespace glassbox::cnn::exercise {
namespace convolution_laws {

using Convolve = Functions::Convolution;

Tensor no_bias(const Layer& it) { return torch::zeros_like(it.bias); }

void values(const Convolve& conv) {
  const Tensor x = image({1, 2, 3, 4, 5, 6, 7, 8, 9}, 3, 3), weight = image({1, 2, 3, -4}, 2, 2);
  const Layer plain = {x, weight, numbers({0.5}, {1}), {}, 1, 0}, padded = {x, weight, plain.bias, {}, 2, 1};
  expect_close("y", conv(x, weight, plain.bias, 1, 0), image({-2.5, -0.5, 3.5, 5.5}, 2, 2), 1e-8, shown(plain));
  expect_close("y", conv(x, weight, plain.bias, 2, 1), image({-3.5, -5.5, -19.5, 5.5}, 2, 2), 1e-8, shown(padded));

  const Layer channels = {numbers({1, 2, 3, 4, 5, 6, 7, 8}, {1, 2, 2, 2}),
                          numbers({1, -1, 2, 0, 0, 3, -1, 1}, {2, 2, 2, 1}),
                          numbers({10, -1}, {2}),
                          {},
                          1,
                          0};
  expect_close("y", conv(channels.x, channels.weight, channels.bias, 1, 0), numbers({18, 20, 10, 13}, {1, 2, 1, 2}),
               1e-8, shown(channels));
}

/// One pixel of 1 among zeros shows the kernel, turned by half: what lies right of the pixel sees it on its left.
void a_single_one(const Convolve& conv) {
  const Tensor weight = image({1, 2, 3, 4, 5, 6}, 2, 3), bias = numbers({0}, {1});
  for (const int64_t row : {1, 2}) {
    Tensor x = torch::zeros({1, 1, 4, 5}, torch::kFloat64);
    x[0][0][row][2] = 1;
    Tensor want = torch::zeros({1, 1, 3, 3}, torch::kFloat64);
    want.narrow(2, row - 1, 2).copy_(weight.flip({2, 3}));
    expect_close("y", conv(x, weight, bias, 1, 0), want, 1e-10, shown({x, weight, bias, {}, 1, 0}));
  }
}

void linear_in_x(const Convolve& conv) {
  for (const LayerSizes& sizes : layer_sizes()) {
    const Layer it = some_layer(sizes);
    const Tensor other = some(it.x.sizes()), bias = no_bias(it);
    const auto y = [&](const Tensor& x) { return conv(x, it.weight, bias, it.stride, it.padding); };
    const Tensor of_x = y(it.x), of_other = y(other);
    expect_form("y", of_x, it.g.sizes(), torch::kFloat64, shown(it));
    expect_form("y", of_other, it.g.sizes(), torch::kFloat64, shown(it));
    expect_close("y of 2 x - 3 u (bias 0), against 2 y of x - 3 y of u", y(2 * it.x - 3 * other) + 1,
                 2 * of_x - 3 * of_other + 1, 1e-8, {{"x", it.x}, {"u", other}, {"weight", it.weight}});
  }
}

/// In the valid area. A shift by one to the left and up.
void commutes_with_translation(const Convolve& conv) {
  for (const LayerSizes& sizes : layer_sizes()) {
    const Layer it = some_layer({sizes.n, sizes.c, sizes.h + sizes.kernel_h, sizes.w + sizes.kernel_w, sizes.o,
                                 sizes.kernel_h, sizes.kernel_w, 1, 0});
    const int64_t h = it.x.size(2), w = it.x.size(3);
    const Tensor before = conv(it.x.narrow(2, 0, h - 1).narrow(3, 0, w - 1), it.weight, it.bias, 1, 0);
    const Tensor after = conv(it.x.narrow(2, 1, h - 1).narrow(3, 1, w - 1), it.weight, it.bias, 1, 0);
    const at::IntArrayRef whole = it.g.sizes();
    const std::vector<int64_t> shape = {whole[0], whole[1], whole[2] - 1, whole[3] - 1};
    expect_form("y", before, shape, torch::kFloat64, shown(it));
    expect_form("y of the shifted x", after, shape, torch::kFloat64, shown(it));
    if (shape[2] < 2 || shape[3] < 2) continue;
    expect_close("y of x shifted by one to the left and up, against y shifted",
                 after.narrow(2, 0, shape[2] - 1).narrow(3, 0, shape[3] - 1),
                 before.narrow(2, 1, shape[2] - 1).narrow(3, 1, shape[3] - 1), 1e-10, shown(it));
  }
}

/// A convolution of a 4 x 4 image is a matrix of [Ho Wo, 16] whose rows are the kernel, moved on: most numbers are 0,
/// and the same few stand everywhere.
void agrees_with_toeplitz(const Convolve& conv) {
  for (const auto& [kernel_h, kernel_w] : {std::pair<int64_t, int64_t>{2, 2}, {3, 3}, {2, 3}, {3, 1}, {4, 4}}) {
    const Layer it = some_layer({1, 1, 4, 4, 1, kernel_h, kernel_w, 1, 0});
    const int64_t out_h = 5 - kernel_h, out_w = 5 - kernel_w;
    const Tensor matrix = torch::zeros({out_h, out_w, 4, 4}, torch::kFloat64);
    for (int64_t p = 0; p < out_h; ++p) {
      for (int64_t q = 0; q < out_w; ++q)
        matrix[p][q].narrow(0, p, kernel_h).narrow(1, q, kernel_w).copy_(it.weight[0][0]);
    }
    const Tensor want = torch::mv(matrix.view({out_h * out_w, 16}), it.x.flatten()).view(it.g.sizes()) + it.bias;
    expect_close("y, against the Toeplitz matrix times x", conv(it.x, it.weight, it.bias, 1, 0), want, 1e-10,
                 shown(it));
  }
}

void channels_add_up(const Convolve& conv) {
  for (const LayerSizes& sizes : layer_sizes()) {
    const Layer it = some_layer(sizes);
    Tensor sum = it.bias.view({1, -1, 1, 1}).expand(it.g.sizes());
    for (int64_t c = 0; c < sizes.c; ++c) {
      const Tensor part = conv(it.x.narrow(1, c, 1), it.weight.narrow(1, c, 1), no_bias(it), it.stride, it.padding);
      expect_form("y of one channel", part, it.g.sizes(), torch::kFloat64, shown(it));
      sum = sum + part;
    }
    expect_close("y, against its channels one by one, added up with the bias",
                 conv(it.x, it.weight, it.bias, it.stride, it.padding), sum, 1e-8, shown(it));
  }
}

void images_are_apart(const Convolve& conv) {
  for (const LayerSizes& sizes : layer_sizes()) {
    const Layer it = some_layer(sizes);
    const Tensor all = conv(it.x, it.weight, it.bias, it.stride, it.padding);
    expect_form("y", all, it.g.sizes(), torch::kFloat64, shown(it));
    for (int64_t n = 0; n < sizes.n; ++n) {
      expect_close(as_text("y of image ", n, " alone"),
                   conv(it.x.narrow(0, n, 1), it.weight, it.bias, it.stride, it.padding), all.narrow(0, n, 1), 1e-10,
                   shown(it));
    }
  }
}

void padding_is_zeros(const Convolve& conv) {
  for (const LayerSizes& sizes : layer_sizes()) {
    const Layer it = some_layer(sizes);
    const int64_t p = it.padding;
    const Tensor framed = torch::constant_pad_nd(it.x, {p, p, p, p});
    const Tensor want = conv(framed, it.weight, it.bias, it.stride, 0);
    expect_form("y of x with zeros around it", want, it.g.sizes(), torch::kFloat64, shown(it));
    expect_close("y, against y of x with zeros around it and padding 0",
                 conv(it.x, it.weight, it.bias, it.stride, it.padding), want, 1e-10, shown(it));
  }
}

void stride_skips(const Convolve& conv) {
  for (const LayerSizes& sizes : layer_sizes()) {
    const Layer it = some_layer(sizes);
    const Tensor dense = conv(it.x, it.weight, it.bias, 1, it.padding);
    const Tensor want = conv2d(it.x, it.weight, it.bias, 1, it.padding);
    expect_form("y with stride 1", dense, want.sizes(), torch::kFloat64, shown(it));
    expect_close(as_text("y, against every ", it.stride, ". row and column of y with stride 1"),
                 conv(it.x, it.weight, it.bias, it.stride, it.padding),
                 dense.slice(2, 0, dense.size(2), it.stride).slice(3, 0, dense.size(3), it.stride), 1e-10, shown(it));
  }
}

void agrees(const Convolve& conv) {
  for (const LayerSizes& sizes : layer_sizes()) {
    const Layer it = some_layer(sizes);
    expect_close("y", conv(it.x, it.weight, it.bias, it.stride, it.padding),
                 conv2d(it.x, it.weight, it.bias, it.stride, it.padding), 1e-10, shown(it));
  }
}

void refuses(const Convolve& conv) {
  const auto call = [&conv](at::IntArrayRef x, at::IntArrayRef weight, int64_t stride, int64_t padding) {
    expect_refused(as_text("x ", x, ", weight ", weight, ", stride ", stride, ", padding ", padding),
                   [&] { conv(some(x), some(weight), some({weight[0]}), stride, padding); });
  };
  call({1, 2, 3, 3}, {1, 1, 2, 2}, 1, 0);
  call({1, 1, 3, 3}, {1, 2, 2, 2}, 1, 0);
  call({1, 1, 3, 3}, {1, 1, 4, 1}, 1, 0);
  call({1, 1, 3, 3}, {1, 1, 1, 4}, 2, 0);
  call({1, 1, 3, 3}, {1, 1, 2, 2}, 0, 0);
}

std::vector<Check> checks_of(const std::string& task, const std::string& name, Convolve Functions::*member) {
  std::vector<Check> checks;
  const auto add = [&](const std::string& title, const std::string& law, void (*hold)(const Convolve&)) {
    checks.push_back({task, title, law, [=](const Functions& f) { hold(f.*member); }});
  };
  add("values by hand", "A 3 x 3 image, with and without padding; two channels in and out: with paper and pencil.",
      values);
  add("a single 1", "An image of zeros with a single 1 gives the kernel, turned by half a turn.", a_single_one);
  add("linear", "Of twice x less three times u it gives twice y less three times y of u.", linear_in_x);
  add("commutes with translation", "A shifted image gives the shifted result, away from the edge.",
      commutes_with_translation);
  add("the Toeplitz matrix", "Of a 4 x 4 image it is one matrix times the 16 pixels.", agrees_with_toeplitz);
  add("channels add up", "The channels' results, one by one, add up to the result of all, with the bias once.",
      channels_add_up);
  add("images are apart", "An image's result is the same alone and in a batch.", images_are_apart);
  add("padding is zeros", "Padding is the same as zeros around the image.", padding_is_zeros);
  add("stride skips", "Stride s gives every s-th row and column of what stride 1 gives.", stride_skips);
  add("agrees with LibTorch", "Odd sizes, kernels and images that are not square, strides, padding; to 1e-10.", agrees);
  add("refuses what does not fit", "Channels that differ, kernels that fit nowhere: a UserError, not numbers.",
      refuses);
  const auto call = [member](const Functions& f, const Tensors& in) {
    return Tensors{(f.*member)(in[0], in[1], in[2], 2, 1)};
  };
  const auto examples = [] { return Tensors{some({2, 2, 3, 2}), some({2, 2, 2, 3}), some({2})}; };
  checks.push_back(keeps_its_contract(Pure{task, name, {"x", "weight", "bias"}, {"y"}, call, examples}));
  return checks;
}

}  // namespace convolution_laws

std::vector<Check> direct_convolution_checks() {
  return convolution_laws::checks_of("1.2", "conv2d_direct", &Functions::conv2d_direct);
}

std::vector<Check> matrix_convolution_checks() {
  return convolution_laws::checks_of("2.3", "conv2d_im2col", &Functions::conv2d_im2col);
}

}  // namespace glassbox::cnn::exercise
