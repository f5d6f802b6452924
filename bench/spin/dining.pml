/* N philosophers, each takes its own fork, then its neighbour's: scenarios/classic/dining.ts. The deadlock is an invalid end state. */
#ifndef N
#define N 3
#endif

bool taken[N];

active [N] proctype philosopher() {
  byte second = (_pid + 1) % N;
  atomic { !taken[_pid] -> taken[_pid] = true };
  atomic { !taken[second] -> taken[second] = true };
  taken[second] = false;
  taken[_pid] = false
}
