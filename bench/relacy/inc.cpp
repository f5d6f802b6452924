// Two threads that each lock and unlock one mutex N times, and count: scenarios/classic/inc.ts. Every schedule, one after the other.
#include <relacy/relacy.hpp>

#ifndef N
#define N 4
#endif

struct Inc : rl::test_suite<Inc, 2> {
  rl::mutex mutex;
  rl::var<int> count;

  void before() { VAR(count) = 0; }

  void thread(unsigned) {
    for (int i = 0; i < N; i++) {
      mutex.lock($);
      VAR(count) = VAR(count) + 1;
      mutex.unlock($);
    }
  }
};

int main() {
  rl::test_params params;
  params.search_type = rl::sched_full;
  rl::simulate<Inc>(params);
}
