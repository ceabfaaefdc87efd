/**
 * The loop of a member: {@link io.larch.engine.loop.EngineAgent} is the table of contents of a
 * turn, {@link io.larch.engine.loop.EngineBuilder} makes all rooms of what the directories hold and
 * wires them, {@link io.larch.engine.loop.EngineThread} runs the turns where the engine has a
 * thread of its own. When and where what was written becomes durable is {@link
 * io.larch.engine.loop.Durability}.
 *
 * <p>Turns run on the engine thread; recovery on the one that starts the member, and waking it is
 * for any. Knows all rooms; nobody but the face knows it.
 *
 * <p>Read first: {@link io.larch.engine.loop.EngineAgent#doWork}.
 */
package io.larch.engine.loop;
