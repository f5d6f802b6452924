/* One thread looks for the last zero of an array from the right, N others each set one element from the one before it:
   scenarios/classic/lastzero.ts. */
#ifndef N
#define N 3
#endif

byte array[N + 1];

active proctype reader() {
  byte at = N;
  do
  :: array[at] != 0 -> at--
  :: array[at] == 0 -> break
  od
}

active [N] proctype writer() {
  byte before = array[_pid - 1];
  array[_pid] = before + 1
}
