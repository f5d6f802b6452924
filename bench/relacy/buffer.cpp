// A buffer with one place, two producers, two consumers, one item each, two condition variables: scenarios/classic/buffer.ts with
// conditions=2. Every schedule, one after the other.
#include <relacy/relacy.hpp>

struct Buffer : rl::test_suite<Buffer, 4> {
  rl::mutex mutex;
  rl::condition_variable_any notFull;
  rl::condition_variable_any notEmpty;
  rl::var<int> count;

  void before() { VAR(count) = 0; }

  void thread(unsigned place) {
    mutex.lock($);
    if (place < 2) {
      while (VAR(count) == 1) notFull.wait(mutex, $);
      VAR(count) = VAR(count) + 1;
      notEmpty.notify_one($);
    } else {
      while (VAR(count) == 0) notEmpty.wait(mutex, $);
      VAR(count) = VAR(count) - 1;
      notFull.notify_one($);
    }
    mutex.unlock($);
  }
};

int main() {
  rl::test_params params;
  params.search_type = rl::sched_full;
  rl::simulate<Buffer>(params);
}
