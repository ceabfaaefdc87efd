package io.larch.engine.application;

/** What the engine has to do with a command, whatever it means to its application. */
public enum CommandKind {
    /** Changes state: goes through the log, is answered when it is applied. */
    WRITE,
    /** Reads state: answered here, after a quorum was heard where the command asks for that. */
    READ,
    /** Asks to be told of changes, of this member, until it is cancelled or ended. */
    WATCH,
    /** Not a command that this build knows. */
    UNKNOWN
}
