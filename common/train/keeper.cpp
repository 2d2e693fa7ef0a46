#include "common/train/keeper.h"

#include "common/base/error.h"
#include "common/base/json_record.h"
#include "common/base/safetensors.h"
#include "common/base/stop.h"

namespace glassbox {

Keeper::Keeper(std::function<NamedTensors()> state, std::function<NamedTensors()> weights, About about,
               double save_seconds, RunFolder& run)
    : state_(std::move(state)),
      weights_(std::move(weights)),
      about_(std::move(about)),
      save_seconds_(save_seconds),
      run_(run) {}

Progress Keeper::resume(int64_t epochs, int64_t batches) {
  if (!run_.has("checkpoints/state.safetensors")) {
    run_.replace_metrics({});
    return {};
  }
  const std::string source = run_.state().string();
  const auto about = read_safetensors_header(run_.state()).metadata;
  const auto text = about.find("progress");
  require(text != about.end(), "reading ", source, ": want the saved progress in its metadata, found none");
  const Progress now = Progress::from_json(text->second, source);
  now.require_within(epochs, batches, source);
  load_into(state_(), run_.state());
  const std::vector<std::string> lines = run_.metrics();
  const auto records = JsonRecord::from_lines(lines, "reading " + run_.file("metrics.jsonl").string());
  std::vector<std::string> done;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (records[i].whole("epoch", 1, int64_t(9e15)) < now.epoch) done.push_back(lines[i]);
  }
  run_.replace_metrics(done);
  return now;
}

Checkpoint Keeper::copy_of_weights(const Progress& now) const {
  Checkpoint checkpoint{weights_(), about_};
  checkpoint.metadata["epoch"] = std::to_string(now.epoch);
  return checkpoint;
}

void Keeper::take_best(const Progress& now) {
  best_ = copy_of_weights(now);
  best_on_disk_ = false;
}

void Keeper::save_if_due(const Progress& now) {
  const std::chrono::duration<double> since = std::chrono::steady_clock::now() - saved_at_;
  const bool stop = stop_requested();
  if (stop || since.count() >= save_seconds_) save(now);
  if (stop) throw Interrupted(as_text("stopped in epoch ", now.epoch, " after ", now.batch, " batches"));
}

void Keeper::save(const Progress& now) {
  Checkpoint state{state_(), about_};
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
  save_safetensors(run_.last(), copy_of_weights(now));
  save_safetensors(run_.state(), state);
  saved_at_ = std::chrono::steady_clock::now();
}

}  // namespace glassbox
