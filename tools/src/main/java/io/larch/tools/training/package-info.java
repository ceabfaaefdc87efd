/**
 * A short life of a small cluster that the launcher runs once per build, so that the JVM can
 * archive the classes which a member loads and later starts are faster.
 *
 * <p>The main thread starts and asks the members; it ends with the launcher that began it and
 * leaves nothing behind then. May know all that the server is made of; nobody knows it but the
 * launcher.
 *
 * <p>Read first: {@code TrainingRun}.
 */
package io.larch.tools.training;
