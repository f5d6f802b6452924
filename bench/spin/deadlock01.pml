/* Two threads take two locks in opposite orders, and count: scenarios/classic/deadlock01.ts. The deadlock is an invalid end state. */
bool taken[2];
byte counter;

active [2] proctype thread() {
  byte second = 1 - _pid;
  atomic { !taken[_pid] -> taken[_pid] = true };
  atomic { !taken[second] -> taken[second] = true };
  counter++;
  taken[second] = false;
  taken[_pid] = false
}
