#include "common/train/keeper.h"

#include <nlohmann/json.hpp>

#include "common/base/error.h"
#include "common/base/stop.h"

namespace glassbox {
namespace {

/// The epoch of a line of metrics.jsonl.
int64_t epoch_of(const std::string& line, const RunFolder& run) {
  const auto json = nlohmann::json::parse(line, nullptr, /*allow_exceptions=*/false);
  const bool fine = json.is_object() && json.contains("epoch") && json["epoch"].is_number_integer();
  require(fine, "reading ", run.file("metrics.jsonl").string(),
          ": want a JSON object with an epoch in every line, got \"", line.substr(0, 60), "\"; take that line out");
  return json["epoch"].get<int64_t>();
}

}  // namespace

Keeper::Keeper(const Task& task, const FitConfig& config, Ema& ema, RunFolder& run)
    : task_(task), config_(config), ema_(ema), run_(run) {}

NamedTensors Keeper::state_tensors() const {
  NamedTensors tensors;
  for (const auto& [name, tensor] : state_dict(task_.model)) tensors["model." + name] = tensor;
  tensors.merge(task_.optimizer.state());
  tensors.merge(ema_.state());
  return tensors;
}

Progress Keeper::resume() {
  if (!run_.has("checkpoints/state.safetensors")) {
    run_.replace_metrics({});
    return {};
  }
  const std::string source = run_.state().string();
  const Checkpoint state = load_safetensors(run_.state());
  const auto text = state.metadata.find("progress");
  require(text != state.metadata.end(), "reading ", source, ": want the saved progress in its metadata, found none");
  const Progress now = Progress::from_json(text->second, source);
  copy_tensors(state_tensors(), state.tensors, source);
  std::vector<std::string> done;
  for (const std::string& line : run_.metrics()) {
    if (epoch_of(line, run_) < now.epoch) done.push_back(line);
  }
  run_.replace_metrics(done);
  return now;
}

Checkpoint Keeper::weights(const Progress& now) {
  const EmaScope averaged(ema_);
  Checkpoint checkpoint{state_dict(task_.model), task_.about};
  for (auto& [name, tensor] : checkpoint.tensors) tensor = tensor.detach().clone();
  checkpoint.metadata["epoch"] = std::to_string(now.epoch);
  return checkpoint;
}

void Keeper::take_best(const Progress& now) {
  best_ = weights(now);
  best_on_disk_ = false;
}

void Keeper::save_if_due(const Progress& now) {
  const std::chrono::duration<double> since = std::chrono::steady_clock::now() - saved_at_;
  const bool stop = stop_requested();
  if (stop || since.count() >= config_.save_seconds) save(now);
  if (stop)
    throw Interrupted(
        as_text("stopped in epoch ", now.epoch, " after ", now.batch, " of ", task_.train.batches(), " batches"));
}

void Keeper::save(const Progress& now) {
  Checkpoint state{state_tensors(), task_.about};
  state.metadata["progress"] = now.to_json();
  for (const auto& [name, tensor] : state.tensors) {
    require(!tensor.is_floating_point() || torch::isfinite(tensor).all().item<bool>(), name,
            " became NaN or infinite in epoch ", now.epoch, ", by step ", now.step, "; nothing was saved since then",
            run_.has("checkpoints/state.safetensors") ? ", the last good checkpoint is " + run_.last().string()
                                                      : std::string(),
            ". Lower optimizer.learning_rate, or set train.clip_gradient_norm");
  }
  if (!best_on_disk_) save_safetensors(run_.best(), best_);
  best_on_disk_ = true;
  save_safetensors(run_.last(), weights(now));
  save_safetensors(run_.state(), state);
  saved_at_ = std::chrono::steady_clock::now();
}

}  // namespace glassbox
