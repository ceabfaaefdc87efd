/** What a member counts and times of its own work. Owned by the engine thread; told the time. */
package io.larch.engine.stats;
