package io.larch.engine.sim;

import io.larch.engine.disk.Directory;
import io.larch.engine.disk.DirectoryLockedException;
import io.larch.engine.disk.DiskFile;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A directory in memory. Changes of names are durable in the order in which they were made: a crash
 * keeps a prefix of those since the last sync.
 */
final class SimDirectory implements Directory {
    private final String name;
    private final SimDisk disk;
    private TreeMap<String, SimFile> names = new TreeMap<>();

    /** What the disk is sure to have, and what may come on top of it. */
    private TreeMap<String, SimFile> durableNames = new TreeMap<>();

    private final List<Change> changes = new ArrayList<>();
    private boolean isLocked;

    /** A creation has no {@code from}, a deletion no {@code to}. */
    private record Change(String from, String to, SimFile file) {
        void apply(final TreeMap<String, SimFile> to) {
            if (from != null) {
                to.remove(from);
            }
            if (this.to != null) {
                to.put(this.to, file);
            }
        }
    }

    SimDirectory(final String name, final SimDisk disk) {
        this.name = name;
        this.disk = disk;
    }

    void unlock() {
        isLocked = false;
    }

    void crash(final SplittableRandom random) {
        final int kept = random.nextInt(changes.size() + 1);
        for (int i = 0; i < kept; i++) {
            changes.get(i).apply(durableNames);
        }
        changes.clear();
        names = new TreeMap<>(durableNames);
        names.values().forEach(file -> file.crash(random));
        isLocked = false;
    }

    void tear(final SplittableRandom random) {
        names.values().forEach(file -> file.tear(random));
    }

    String flip(final SplittableRandom random) {
        if (names.isEmpty()) {
            return null;
        }
        int at = random.nextInt(names.size());
        for (final var each : names.entrySet()) {
            if (at-- == 0) {
                final int position = each.getValue().flip(random);
                return position < 0 ? null : name + "/" + each.getKey() + " at " + position;
            }
        }
        return null;
    }

    void wipe() {
        names.clear();
        durableNames.clear();
        changes.clear();
        isLocked = false;
    }

    @Override
    public void prepare() throws IOException {
        disk.touch();
    }

    @Override
    public Closeable lock() {
        if (isLocked) {
            throw new DirectoryLockedException("locked: " + name);
        }
        isLocked = true;
        return () -> isLocked = false;
    }

    @Override
    public List<String> list() {
        return new ArrayList<>(names.keySet());
    }

    @Override
    public DiskFile create(final String file) throws IOException {
        disk.touch();
        if (names.containsKey(file)) {
            throw new IOException("exists: " + file);
        }
        final SimFile created = new SimFile(disk);
        change(new Change(null, file, created));
        return created;
    }

    @Override
    public DiskFile open(final String file) throws IOException {
        final SimFile found = names.get(file);
        if (found == null) {
            throw new IOException("no such file: " + file);
        }
        return found;
    }

    @Override
    public void rename(final String from, final String to) throws IOException {
        disk.touch();
        final SimFile file = names.get(from);
        if (file == null) {
            throw new IOException("no such file: " + from);
        }
        change(new Change(from, to, file));
    }

    @Override
    public void delete(final String file) throws IOException {
        final SimFile found = names.get(file);
        if (found != null) {
            disk.touch();
            disk.give(found.length());
            change(new Change(file, null, null));
        }
    }

    @Override
    public void sync() throws IOException {
        disk.force();
        changes.forEach(each -> each.apply(durableNames));
        changes.clear();
    }

    @Override
    public String describe() {
        return name;
    }

    private void change(final Change change) {
        change.apply(names);
        changes.add(change);
    }
}
