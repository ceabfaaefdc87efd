package io.larch.tools.doctor;

import io.larch.tools.flags.ServerConfig;
import java.util.List;

/** Looks at one side of a machine. */
@FunctionalInterface
interface Check {
    /**
     * Looks, for a second or two at most, and changes nothing.
     *
     * @param config of the member that is to run here.
     */
    List<Finding> look(ServerConfig config, Machine machine);
}
