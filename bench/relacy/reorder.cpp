// N threads set a, then b; one looks whether it sees both or neither: scenarios/classic/reorder.ts. Every schedule until it sees one.
#include <relacy/relacy.hpp>

#ifndef N
#define N 2
#endif

struct Reorder : rl::test_suite<Reorder, N + 1> {
  rl::atomic<int> a;
  rl::atomic<int> b;

  void before() {
    a.store(0, rl::memory_order_seq_cst);
    b.store(0, rl::memory_order_seq_cst);
  }

  void thread(unsigned place) {
    if (place < N) {
      a.store(1, rl::memory_order_seq_cst);
      b.store(-1, rl::memory_order_seq_cst);
      return;
    }
    bool neither = a.load(rl::memory_order_seq_cst) == 0 && b.load(rl::memory_order_seq_cst) == 0;
    bool both = neither || (a.load(rl::memory_order_seq_cst) == 1 && b.load(rl::memory_order_seq_cst) == -1);
    RL_ASSERT(both);
  }
};

int main() {
  rl::test_params params;
  params.search_type = rl::sched_full;
  rl::simulate<Reorder>(params);
}
