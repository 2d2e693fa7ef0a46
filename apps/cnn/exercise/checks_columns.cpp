/// Tasks 2.1 and 2.2: an image as columns, and back.
#include "apps/cnn/exercise/samples.h"

namespace glassbox::cnn::exercise {
namespace columns_laws {

// ---- 2.1 ----

void column_values(const Functions& f) {
  const Tensor x = image({1, 2, 3, 4, 5, 6}, 2, 3);
  const Window small = {1, 2, 1, 0}, padded = {2, 2, 2, 1};
  expect_close("columns", f.im2col(x, small), numbers({1, 2, 4, 5, 2, 3, 5, 6}, {1, 2, 4}), 1e-8,
               shown({{"x", x}}, small));
  expect_close("columns", f.im2col(x, padded), numbers({0, 0, 0, 5, 0, 0, 4, 6, 0, 2, 0, 0, 1, 3, 0, 0}, {1, 4, 4}),
               1e-8, shown({{"x", x}}, padded));
  const Tensor two = numbers({1, 2, 3, 4}, {1, 2, 1, 2});
  expect_close("columns", f.im2col(two, small), numbers({1, 2, 3, 4}, {1, 4, 1}), 1e-8, shown({{"x", two}}, small));
}

/// Cuts each patch out of the image with zeros around it.
void a_column_is_a_patch(const Functions& f) {
  for (const Sight& it : some_sights()) {
    const Window& w = it.window;
    const Tensor framed = torch::constant_pad_nd(it.x, {w.padding, w.padding, w.padding, w.padding});
    const int64_t out_h = (framed.size(2) - w.kernel_h) / w.stride + 1,
                  out_w = (framed.size(3) - w.kernel_w) / w.stride + 1;
    const Tensor columns = f.im2col(it.x, w);
    const Inputs in = shown({{"x", it.x}}, w);
    expect_form("columns", columns, {it.x.size(0), it.x.size(1) * w.kernel_h * w.kernel_w, out_h * out_w},
                torch::kFloat64, in);
    for (int64_t p = 0; p < out_h; ++p) {
      for (int64_t q = 0; q < out_w; ++q) {
        const Tensor patch = framed.narrow(2, p * w.stride, w.kernel_h).narrow(3, q * w.stride, w.kernel_w);
        expect_close(as_text("column ", p * out_w + q, ", against what the window sees there"),
                     columns.select(2, p * out_w + q), patch.flatten(1), 0, in);
      }
    }
  }
}

void a_window_of_one(const Functions& f) {
  const Tensor x = some({2, 3, 2, 4});
  const Window one = {1, 1, 1, 0};
  expect_close("columns of a window of one pixel", f.im2col(x, one), x.flatten(2), 0, shown({{"x", x}}, one));
}

void im2col_agrees(const Functions& f) {
  for (const Sight& it : some_sights()) {
    expect_close("columns", f.im2col(it.x, it.window), columns_of(it.x, it.window), 0, shown({{"x", it.x}}, it.window));
  }
}

void im2col_refuses(const Functions& f) {
  for (const Window& it : {Window{4, 1, 1, 0}, Window{1, 4, 2, 0}, Window{2, 2, 0, 0}, Window{2, 2, 1, -1}}) {
    expect_refused("an image of 3 x 3, " + show(shown({}, it)), [&] { f.im2col(some({1, 1, 3, 3}), it); });
  }
}

// ---- 2.2 ----

Tensor back(const Functions& f, const Sight& it, const Tensor& columns) {
  const Tensor got = f.col2im(columns, it.x.size(2), it.x.size(3), it.window);
  expect_form("the image", got, it.x.sizes(), columns.scalar_type(), shown({{"columns", columns}}, it.window));
  return got;
}

void image_values(const Functions& f) {
  const Tensor columns = numbers({1, 2, 3, 4, 5, 6, 7, 8}, {1, 2, 4});  // of a window of 1 x 2 on 2 x 3 pixels
  const Window small = {1, 2, 1, 0}, padded = {2, 2, 2, 1};
  expect_close("the image", f.col2im(columns, 2, 3, small), image({1, 7, 6, 3, 11, 8}, 2, 3), 1e-8,
               shown({{"columns", columns}}, small));
  const Tensor more = torch::arange(1.0, 17.0, torch::kFloat64).view({1, 4, 4});
  expect_close("the image", f.col2im(more, 2, 3, padded), image({13, 10, 14, 7, 4, 8}, 2, 3), 1e-8,
               shown({{"columns", more}}, padded));
}

/// With ones in all columns a pixel counts the windows that see it.
void counts_windows(const Functions& f) {
  for (const Sight& it : some_sights()) {
    const Window& w = it.window;
    const Tensor got = back(f, it, torch::ones_like(columns_of(it.x, w)));
    const Tensor want = torch::zeros_like(it.x);
    for (int64_t top = -w.padding; top + w.kernel_h <= it.x.size(2) + w.padding; top += w.stride) {
      for (int64_t left = -w.padding; left + w.kernel_w <= it.x.size(3) + w.padding; left += w.stride) {
        const int64_t row = std::max<int64_t>(top, 0), column = std::max<int64_t>(left, 0);
        const int64_t rows = std::min(top + w.kernel_h, it.x.size(2)) - row,
                      columns = std::min(left + w.kernel_w, it.x.size(3)) - column;
        if (rows > 0 && columns > 0) want.narrow(2, row, rows).narrow(3, column, columns).add_(1);
      }
    }
    expect_close("columns of ones: the windows that see a pixel", got, want, 1e-10,
                 shown({{"height", torch::tensor(it.x.size(2))}, {"width", torch::tensor(it.x.size(3))}}, w));
  }
}

/// <im2col x, u> = <x, col2im u> for every x and u: what makes it the transpose.
void is_the_transpose(const Functions& f) {
  for (const Sight& it : some_sights()) {
    const Tensor columns = columns_of(it.x, it.window), u = some(columns.sizes());
    expect_close("the sum of x times the image of u, against the sum of x's columns times u",
                 (it.x * back(f, it, u)).sum() + 100, (columns * u).sum() + 100, 1e-8,
                 shown({{"x", it.x}, {"u", u}}, it.window));
  }
}

void col2im_agrees(const Functions& f) {
  for (const Sight& it : some_sights()) {
    const Window& w = it.window;
    const Tensor columns = some(columns_of(it.x, w).sizes());
    const Tensor want = torch::col2im(columns, {it.x.size(2), it.x.size(3)}, {w.kernel_h, w.kernel_w}, {1, 1},
                                      {w.padding, w.padding}, {w.stride, w.stride});
    expect_close("the image", back(f, it, columns), want, 1e-10, shown({{"columns", columns}}, w));
  }
}

const Window kContractWindow = {2, 3, 2, 1};

}  // namespace columns_laws

std::vector<Check> im2col_checks() {
  using namespace columns_laws;
  const auto call = [](const Functions& f, const Tensors& in) { return Tensors{f.im2col(in[0], kContractWindow)}; };
  return {{"2.1", "values by hand", "2 x 3 pixels, with and without padding; two channels.", column_values},
          {"2.1", "a column is a patch",
           "Column p Wo + q holds what the window sees at row p, column q of its positions.", a_column_is_a_patch},
          {"2.1", "a window of one pixel", "It sees the image as it is.", a_window_of_one},
          {"2.1", "agrees with LibTorch", "Odd sizes, any window, stride and padding; exactly.", im2col_agrees},
          {"2.1", "refuses what does not fit", "A window that fits nowhere: a UserError, not numbers.", im2col_refuses},
          keeps_its_contract(Pure{"2.1", "im2col", {"x"}, {"columns"}, call, [] {
                                    return Tensors{some({2, 2, 3, 2})};
                                  }})};
}

std::vector<Check> col2im_checks() {
  using namespace columns_laws;
  const auto call = [](const Functions& f, const Tensors& in) {
    return Tensors{f.col2im(in[0], 3, 2, kContractWindow)};
  };
  return {
      {"2.2", "values by hand", "2 x 3 pixels, with and without padding.", image_values},
      {"2.2", "counts windows", "Of columns of ones every pixel counts the windows that see it.", counts_windows},
      {"2.2", "is the transpose", "Sum of (im2col x) u = sum of x (col2im u), for every x and u.", is_the_transpose},
      {"2.2", "agrees with LibTorch", "Odd sizes, any window, stride and padding; to 1e-10.", col2im_agrees},
      keeps_its_contract(Pure{"2.2", "col2im", {"columns"}, {"the image"}, call, [] {
                                return Tensors{some({2, 12, 2})};
                              }})};
}

}  // namespace glassbox::cnn::exercise
