package io.larch.bench.compare;

/**
 * Who else used the machine during a measurement.
 *
 * @param others CPU time of processes that belong to neither servers nor generator, as a part of
 *     the time of all cores; the kernel's own threads, which write to the disk, are among them.
 * @param stolen CPU time that the host gave to other machines, as a part of the time of all cores.
 */
record Noise(double others, double stolen) {
    private static final double MOST_OTHERS = 0.08;
    private static final double MOST_STOLEN = 0.05;

    /** Whether it was too much to judge by this measurement. */
    boolean isDisturbing() {
        return others > MOST_OTHERS || stolen > MOST_STOLEN;
    }
}
