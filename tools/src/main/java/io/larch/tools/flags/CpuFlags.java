package io.larch.tools.flags;

import io.larch.tools.cpus.CpuList;
import io.larch.tools.cpus.UsableCpus;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** The flags about the CPUs of the threads that serve. */
final class CpuFlags {
    private static final String ENGINE = "engine-cpu";
    private static final String EDGES = "edge-cpus";

    private final FlagSet flags;
    private final List<Remark> remarks;
    private final Supplier<UsableCpus> usable;

    /**
     * @param usable asked only when a flag is given.
     */
    CpuFlags(final FlagSet flags, final List<Remark> remarks, final Supplier<UsableCpus> usable) {
        this.flags = flags;
        this.remarks = remarks;
        this.usable = usable;
    }

    ServerConfig.Cpus cpus() throws ExitException {
        if (!flags.isSet(ENGINE) && !flags.isSet(EDGES)) {
            return ServerConfig.Cpus.ANY;
        }
        final OptionalInt engine =
                flags.isSet(ENGINE)
                        ? OptionalInt.of(CpuList.one(flags.text(ENGINE)))
                        : OptionalInt.empty();
        final List<Integer> edges =
                flags.isSet(EDGES) ? CpuList.parse(flags.text(EDGES)) : List.of();
        checkTogether(engine, edges);
        final UsableCpus cpus = usable.get();
        if (engine.isPresent()) {
            check(ENGINE, cpus, engine.getAsInt());
        }
        for (final int edge : edges) {
            check(EDGES, cpus, edge);
        }
        if (!flags.text("proxy").equals("off")) {
            remarks.add(
                    Remark.warning(
                            "-%s and -%s have no effect on a proxy, which has no engine"
                                    .formatted(ENGINE, EDGES)));
        }
        return new ServerConfig.Cpus(engine, edges);
    }

    private void checkTogether(final OptionalInt engine, final List<Integer> edges)
            throws ExitException {
        if (!edges.isEmpty() && flags.text("threads").equals("fused")) {
            throw flags.contradiction(
                    "-%s needs threads of the edge's own, which -threads=fused has not: -%s is for the one thread"
                            .formatted(EDGES, ENGINE),
                    EDGES,
                    "threads");
        }
        if (engine.isPresent() && edges.contains(engine.getAsInt())) {
            throw flags.contradiction(
                    "-%s has CPU %d, which is that of -%s"
                            .formatted(EDGES, engine.getAsInt(), ENGINE),
                    ENGINE,
                    EDGES);
        }
    }

    private void check(final String flag, final UsableCpus usable, final int cpu)
            throws ExitException {
        final Optional<String> objection = usable.objection(cpu);
        if (objection.isPresent()) {
            throw flags.contradiction("-" + flag + ": " + objection.get(), flag);
        }
    }
}
