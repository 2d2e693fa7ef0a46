#include "common/exercise/check.h"

#include <c10/util/Exception.h>
#include <torch/types.h>
#include <torch/utils.h>

namespace glassbox::exercise {

Verdict verdict_of(const std::function<void()>& hold) {
  const torch::NoGradGuard by_hand;
  torch::manual_seed(1);
  try {
    hold();
    return {};
  } catch (const NotWritten& gap) {
    return {Outcome::not_written, gap.what()};
  } catch (const Broken& broken) {
    return {Outcome::broken, broken.what()};
  } catch (const c10::Error& error) {
    const std::string text = error.what_without_backtrace();
    return {Outcome::broken, "LibTorch refused a step of it: " + text.substr(0, text.find('\n'))};
  } catch (const std::exception& error) {
    return {Outcome::broken, as_text("it threw an exception: ", error.what())};
  } catch (...) {
    return {Outcome::broken, "it threw something that is no std::exception"};
  }
}

}  // namespace glassbox::exercise
