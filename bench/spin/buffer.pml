/* A buffer with one place, two producers, two consumers, N items of each, two condition variables that wake their first waiter:
   scenarios/classic/buffer.ts with conditions=2. To wait is to queue and to unlock in one step; a notify that finds nobody does nothing. */
#ifndef N
#define N 1
#endif

bool locked;
bool woken[4];
byte count;
chan notFull = [4] of { byte };
chan notEmpty = [4] of { byte };

inline lock() { atomic { !locked -> locked = true } }

inline unlock() { locked = false }

inline wait(queue) {
  atomic { queue ! _pid; locked = false };
  atomic { woken[_pid] -> woken[_pid] = false };
  lock()
}

inline notifyOne(queue) {
  atomic {
    if
    :: nempty(queue) -> queue ? first; woken[first] = true
    :: empty(queue)
    fi
  }
}

active [2] proctype producer() {
  byte i, first;
  for (i : 1 .. N) {
    lock();
    do
    :: count == 1 -> wait(notFull)
    :: else -> break
    od;
    count++;
    notifyOne(notEmpty);
    unlock()
  }
}

active [2] proctype consumer() {
  byte i, first;
  for (i : 1 .. N) {
    lock();
    do
    :: count == 0 -> wait(notEmpty)
    :: else -> break
    od;
    count--;
    notifyOne(notFull);
    unlock()
  }
}
