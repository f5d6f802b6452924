// One thread looks for the last zero of an array from the right, N others each set one element from the one before it:
// scenarios/classic/lastzero.ts. Every schedule, one after the other.
#include <relacy/relacy.hpp>

#ifndef N
#define N 3
#endif

struct LastZero : rl::test_suite<LastZero, N + 1> {
  rl::atomic<int> array[N + 1];

  void before() {
    for (auto& each : array) each.store(0, rl::memory_order_seq_cst);
  }

  void thread(unsigned place) {
    if (place == 0) {
      for (int i = N; array[i].load(rl::memory_order_seq_cst) != 0;) i--;
      return;
    }
    int value = array[place - 1].load(rl::memory_order_seq_cst);
    array[place].store(value + 1, rl::memory_order_seq_cst);
  }
};

int main() {
  rl::test_params params;
  params.search_type = rl::sched_full;
  rl::simulate<LastZero>(params);
}
