/* N threads set a, then b; one looks whether it sees both or neither, reading as C's && and || do: scenarios/classic/reorder.ts. */
#ifndef N
#define N 2
#endif

short a;
short b;

active [N] proctype setter() {
  a = 1;
  b = -1
}

active proctype checker() {
  short seen;
  seen = a;
  if
  :: seen == 0 ->
    seen = b;
    if
    :: seen == 0 -> goto done
    :: else -> skip
    fi
  :: else -> skip
  fi;
  seen = a;
  if
  :: seen == 1 -> seen = b; assert(seen == -1)
  :: else -> assert(false)
  fi;
done:
  skip
}
