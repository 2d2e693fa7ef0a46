/// EXPECT_ERROR_HAS: a UserError is thrown and its message holds every given text. Messages are API: test them.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <string>

#include "common/base/error.h"

namespace glassbox {

template <typename Run>
testing::AssertionResult throws_error_with(const Run& run, std::initializer_list<std::string> texts) {
  try {
    run();
  } catch (const UserError& error) {
    const std::string message = error.what();
    for (const std::string& text : texts) {
      if (message.find(text) == std::string::npos) {
        return testing::AssertionFailure() << "the message\n  " << message << "\nlacks\n  " << text;
      }
    }
    return testing::AssertionSuccess();
  } catch (const std::exception& error) {
    return testing::AssertionFailure() << "want a UserError, got another exception: " << error.what();
  }
  return testing::AssertionFailure() << "want a UserError, got none";
}

/// The whole message of the UserError that `run` throws; "" and a failed test if there is none.
template <typename Run>
std::string error_of(const Run& run) {
  try {
    run();
  } catch (const UserError& error) {
    return error.what();
  }
  ADD_FAILURE() << "want a UserError, got none";
  return "";
}

}  // namespace glassbox

/// EXPECT_ERROR_HAS(read_config(text), "positive_iou", "want a number in [0, 1], got 2 (number)");
#define EXPECT_ERROR_HAS(expression, ...) \
  EXPECT_TRUE(::glassbox::throws_error_with([&] { static_cast<void>(expression); }, {__VA_ARGS__}))
