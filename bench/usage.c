/* Linked to SPIN's and Relacy's checkers: as they end they tell their CPU time in microseconds and the most memory that they had, in KiB. */
#include <stdio.h>
#include <sys/resource.h>

__attribute__((destructor)) static void tell(void) {
  struct rusage used;
  getrusage(RUSAGE_SELF, &used);
  long micros = (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000000L + used.ru_utime.tv_usec + used.ru_stime.tv_usec;
  fprintf(stderr, "\nusage: %ld us, %ld KiB\n", micros, used.ru_maxrss);
}
