// Two threads take two locks in opposite orders, and count: scenarios/classic/deadlock01.ts. Every schedule until the deadlock.
#include <relacy/relacy.hpp>

struct Crossed : rl::test_suite<Crossed, 2> {
  rl::mutex locks[2];
  rl::var<int> counter;

  void before() { VAR(counter) = 0; }

  void thread(unsigned place) {
    locks[place].lock($);
    locks[1 - place].lock($);
    VAR(counter) = VAR(counter) + 1;
    locks[1 - place].unlock($);
    locks[place].unlock($);
  }
};

int main() {
  rl::test_params params;
  params.search_type = rl::sched_full;
  rl::simulate<Crossed>(params);
}
