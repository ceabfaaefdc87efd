/*
 * The first and the later requests of a member, on one connection, one after the other:
 *
 *   cold PORT DELAY_MS STEADY [BEGAN_NS]
 *
 * Waits for the first 200 on /version (tells how long it took since BEGAN_NS of the wall clock), then DELAY_MS, then
 * measures 1,000 PUTs of new keys, 1,000 GETs of them, and STEADY of each, of which the last 5,000 count. Compiled
 * ahead, so that nothing of what it tells is its own first time. STEADY below 0: asks for no key.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now(int clock) { struct timespec t; clock_gettime(clock, &t); return t.tv_sec * 1e6 + t.tv_nsec / 1e3; }
static int by(const void *a, const void *b) { double x = *(double *)a, y = *(double *)b; return x < y ? -1 : x > y; }

static int dial(int port) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(fd, (void *)&to, sizeof to) < 0) { close(fd); return -1; }
    return fd;
}

/* Sends one request; the status of its reply. Replies end with their Content-Length, or as chunks. */
static int ask(int fd, const char *text, int length) {
    static char in[65536];
    int got = 0;
    if (write(fd, text, length) != length) return -1;
    for (;;) {
        int n = read(fd, in + got, sizeof in - 1 - got);
        if (n <= 0) return -1;
        in[got += n] = 0;
        char *body = strstr(in, "\r\n\r\n");
        if (!body) continue;
        char *len = strcasestr(in, "content-length:");
        if (len && len < body) { if (got >= body + 4 - in + atoi(len + 15)) break; }
        else if (got >= 5 && !memcmp(in + got - 5, "0\r\n\r\n", 5)) break;
    }
    return atoi(in + 9);
}

static double *run(int fd, const char *verb, int count) {
    double *us = malloc(count * sizeof *us);
    char text[512];
    for (int i = 0; i < count; i++) {
        int n = verb[0] == 'P'
            ? sprintf(text,
                      "PUT /v2/keys/bench/k%d HTTP/1.1\r\nHost: x\r\n"
                      "Content-Type: application/x-www-form-urlencoded\r\n"
                      "Content-Length: 70\r\n\r\nvalue=%064d",
                      i % 1000, i)
            : sprintf(text, "GET /v2/keys/bench/k%d HTTP/1.1\r\nHost: x\r\n\r\n", i % 1000);
        double t = now(CLOCK_MONOTONIC);
        int status = ask(fd, text, n);
        us[i] = now(CLOCK_MONOTONIC) - t;
        if (status != 200 && status != 201) { fprintf(stderr, "status %d\n", status); exit(1); }
    }
    return us;
}
/* The q-th part of what was measured, in its order of size. */
static double p(double *us, int n, double q) {
    double *sorted = malloc(n * sizeof *sorted);
    memcpy(sorted, us, n * sizeof *sorted);
    qsort(sorted, n, sizeof *sorted, by);
    double value = sorted[(int)(q * (n - 1))];
    free(sorted);
    return value;
}

int main(int argc, char **argv) {
    int port = atoi(argv[1]), delay = atoi(argv[2]), steady = atoi(argv[3]);
    double start = argc > 4 ? atof(argv[4]) / 1e3 : now(CLOCK_REALTIME);
    const char *version = "GET /version HTTP/1.1\r\nHost: x\r\n\r\n";
    int fd = -1;
    for (;;) {
        if (fd < 0) fd = dial(port);
        if (fd >= 0) { if (ask(fd, version, strlen(version)) == 200) break; close(fd); fd = -1; }
        if (now(CLOCK_REALTIME) - start > 60e6) { fprintf(stderr, "never ready\n"); return 1; }
        usleep(1000);
    }
    double first = now(CLOCK_REALTIME) - start;
    close(fd);
    if (steady < 0) { printf("first200 %.0f ms\n", first / 1e3); return 0; }
    usleep(delay * 1000);
    fd = dial(port);
    double *a = run(fd, "PUT", 1000);
    double *g = run(fd, "GET", 1000);
    printf("first200 %.0f ms; put1000 p50 %.0f p90 %.0f p99 %.0f by 200",
           first / 1e3, p(a, 1000, .5), p(a, 1000, .9), p(a, 1000, .99));
    for (int i = 0; i < 1000; i += 200) printf(" %.0f", p(a + i, 200, .5));
    printf("; get1000 p50 %.0f", p(g, 1000, .5));
    if (steady > 0) {
        double *b = run(fd, "PUT", steady), *h = run(fd, "GET", steady);
        int last = steady < 5000 ? steady : 5000;
        double s = p(b + steady - last, last, .5), t = p(h + steady - last, last, .5);
        printf("; steady put %.0f get %.0f; ratio put %.2f get %.2f", s, t, p(a, 1000, .5) / s, p(g, 1000, .5) / t);
    }
    printf("\n");
}
