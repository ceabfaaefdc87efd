#!/usr/bin/env python3
"""Sums the samples of `perf script -F comm,ip,sym,dso` by what the thread was doing: in the kernel by the call that it was in, in Java by the
package of the innermost frame that is Larch's, Netty's or Chronicle's."""
import collections
import re
import sys

CALLS = [
    ("sendto|sendmsg|writev|sys_write", "kernel: to send"),
    ("recv|sys_read", "kernel: to receive"),
    ("epoll", "kernel: to wait for sockets"),
    ("msync|fsync|fdatasync|pwrite", "kernel: the disk"),
    ("futex", "kernel: threads"),
    ("page_fault|madvise|mmap", "kernel: memory"),
]


def part(thread, stack):
    if re.match(r"C[12] |VM |GC ", thread):
        return "Java: compilers and collector"
    if "kernel" in stack[0][1]:
        names = " ".join(name for name, _ in stack)
        return next((part for pattern, part in CALLS if re.search(pattern, names)), "kernel: other")
    for name, _ in stack:
        if "openhft" in name:
            return "Chronicle Map"
        larch = re.search(r"\bio\.larch\.((?:[a-z0-9]+\.)+)[A-Z]", name)
        if larch:
            return larch[1].rstrip(".")
        if "io.netty." in name:
            return "Netty"
    return "other: " + ("Java" if "map" in stack[0][1] else stack[0][1].split("/")[-1])


counts = collections.Counter()
thread, stack = "", []
for line in list(sys.stdin) + [""]:
    if not line.strip():
        if stack:
            counts[part(thread, stack)] += 1
        stack = []
    elif not line[0].isspace():
        thread = line.strip()
    else:
        frame = re.match(r"\s*[0-9a-f]+ (.*) \((.*)\)$", line)
        if frame:
            stack.append((frame[1], frame[2]))
total = sum(counts.values())
for name, count in counts.most_common():
    if count * 100 >= total:
        print(f"{100 * count / total:5.1f} %  {name}")
