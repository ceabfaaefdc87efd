package io.larch.engine.apply;

import io.larch.engine.application.Result;
import io.larch.engine.codec.CommandEnvelope;

/** Told what became of the commands of the log; some of them somebody here waits for. */
public interface CommandOutcomes {
    /** Whether somebody waits for what becomes of a command that is about to be applied. */
    boolean isAwaited(CommandEnvelope command);

    /** A client's command was applied. The result is valid during the call. */
    void applied(CommandEnvelope command, Result result);

    /** One of the cluster's own commands was applied. */
    void settled(CommandEnvelope command);

    /** A command is in the log once more, and was not to take effect again. */
    void repeated(CommandEnvelope command);
}
