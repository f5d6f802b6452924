// N philosophers, each takes its own fork, then its neighbour's: scenarios/classic/dining.ts. Every schedule until the deadlock.
#include <relacy/relacy.hpp>

#ifndef N
#define N 3
#endif

struct Dining : rl::test_suite<Dining, N> {
  rl::mutex forks[N];

  void thread(unsigned place) {
    rl::mutex& first = forks[place];
    rl::mutex& second = forks[(place + 1) % N];
    first.lock($);
    second.lock($);
    second.unlock($);
    first.unlock($);
  }
};

int main() {
  rl::test_params params;
  params.search_type = rl::sched_full;
  rl::simulate<Dining>(params);
}
