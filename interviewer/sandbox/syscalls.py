"""The system calls a locked child may make: memory, time, its own pipes. Data only.

No call here takes a path, makes a descriptor, a process, a thread or a socket, or names another
process. What is absent fails with EPERM, so honest code that tries gets an exception to read.
"""

ALLOWED = (
    # the pipes it already holds
    "read",
    "readv",
    "write",
    "writev",
    "lseek",
    "fstat",
    "close",
    "poll",
    "ppoll",
    "select",
    "pselect6",
    # memory
    "brk",
    "mmap",
    "munmap",
    "mremap",
    "mprotect",
    "madvise",
    # signals delivered to itself, locks, scheduling
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "sigaltstack",
    "futex",
    "sched_yield",
    "sched_getaffinity",
    "restart_syscall",
    "getcpu",
    # time
    "clock_gettime",
    "clock_getres",
    "clock_nanosleep",
    "nanosleep",
    "gettimeofday",
    "time",
    # what it is and has used
    "getpid",
    "gettid",
    "getppid",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "getrusage",
    "times",
    "uname",
    "sysinfo",
    "getrandom",
    # the end
    "exit",
    "exit_group",
)
