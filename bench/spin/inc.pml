/* Two threads that each lock and unlock one mutex N times, and count: scenarios/classic/inc.ts. */
#ifndef N
#define N 4
#endif

bool locked;
byte count;

active [2] proctype thread() {
  byte i;
  for (i : 1 .. N) {
    atomic { !locked -> locked = true };
    count++;
    locked = false
  }
}
